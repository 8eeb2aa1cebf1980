"""Sales out of territory (窜货): who, how much, into which regions, and what the register of exceptions clears."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.integrity import shrinkage, territory
from analytics.questions import integrity_job as job
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.integrity_base import measured, network, seen_dealers, with_names, with_people
from data.company import Company
from data.scope import Scope
from data.words import N_

DEFINITIONS = ("out_of_territory", "out_of_territory_share")


@question("integrity.territory", reads=("territory_exception",), headquarters=True)
def suspects(company: Company, scope: Scope) -> Answer:
    """Sales whose goods went outside the dealer's territory, what the register clears, and whom the rest makes suspect.

    Frame `dealers`: one row a dealer with sales whose destination is known, suspects first, then by shrunk share:
    dealer_id and names, deliveries (documents), away_deliveries (out of territory), suspect_deliveries (of them not
    cleared), amount (net sales), away_amount, cleared_amount, suspect_amount; share (suspect / all deliveries), shrunk,
    at_least, at_most (analytics.integrity.shrinkage), suspected; into_id (region that took most of it) and names,
    into_amount; region_id, owner_id, manager_id and names.
    Frame `flows`: dealer_id, suspected, into_id and names, deliveries, quantity, amount: what was not cleared, by
    region that it went to (at the level of the dealer's territory). Frame `months`: month, suspected (money of
    suspects), other (not cleared, of dealers whom nothing makes suspect), cleared. Frame `register`: the exceptions
    (see `register`), with `clears` (deliveries) and `clears_amount`.
    Values: amount, away_amount = cleared_amount + suspect_amount, suspected_amount (of the suspects), suspected_share
    (of their own net sales), dealers (suspects), judged, limit (the share that makes suspect), usual (mean share of the
    network), measured_*. Cannot tell where no dealer at all has a territory.
    """
    cells = job.cells(company, job.TERRITORY, scope)
    whole = cells if scope == network(scope) else job.cells(company, job.TERRITORY, network(scope))
    given = bool(whole["assigned"].any())  # else a territory would be our guess, and a suspicion as well
    notes = _notes(company, scope, cells, given)
    known = register(company, scope)
    judged = _judged(company, cells, known)
    prior = _prior(company, network(scope), whole) if given else None
    if prior is None or cells.empty:
        frames = {
            "dealers": pd.DataFrame(columns=["dealer_id", "suspected"]),
            "register": _effect(company, known, judged),
        }
        values = _totals(judged, cells, frames["dealers"]) | measured("territory")
        return answer("integrity.territory", company, scope, frames, definitions=DEFINITIONS, values=values,
                      notes=notes, verdict="insufficient_evidence")  # fmt: skip
    dealers = territory.suspicion(_dealers(judged, cells), prior)
    named = dealers.loc[dealers["suspected"], "dealer_id"]
    left = judged[~judged["cleared"]]
    flows = left.groupby(["dealer_id", "into_id"], as_index=False)[["deliveries", "quantity", "amount"]].sum()
    flows["suspected"] = flows["dealer_id"].isin(named)
    flows = flows.sort_values("amount", ascending=False, ignore_index=True)
    most = flows.drop_duplicates("dealer_id")[["dealer_id", "into_id", "amount"]]
    dealers = dealers.merge(most.rename(columns={"amount": "into_amount"}), on="dealer_id", how="left")
    dealers = with_names(company, with_people(company, scope, dealers), into="region")
    frames = {
        "dealers": dealers, "flows": with_names(company, flows, dealer="dealer", into="region"),
        "months": _months(judged, named), "register": _effect(company, known, judged),
    }  # fmt: skip
    values = (
        _totals(judged, cells, dealers)
        | {"usual": prior.mean, "limit": territory.SUSPECT_SHARE}
        | measured("territory")
    )
    return answer("integrity.territory", company, scope, frames, definitions=DEFINITIONS, values=values, notes=notes)


@question("integrity.deliveries", reads=("territory_exception",), headquarters=True)
def deliveries(company: Company, scope: Scope, shown: int = 200) -> Answer:
    """The evidence: single deliveries out of territory that no exception clears, newest first.

    Frame `deliveries`: dealer_id and names, day, document_id, into_id (place) and names, lines, quantity, amount,
    batches (numbers joined by a blank, at most five), reason (why no exception clears it: notified_late, not_agreed,
    not_valid, no_exception), exception_id (the one that came nearest). Values: found (before the cut), amount (of all
    found).
    """
    judged = _judged(company, job.cells(company, job.TERRITORY, scope), register(company, scope))
    left = judged[~judged["cleared"]].sort_values(["day", "document_id"], ascending=False, ignore_index=True)
    left = left.drop(columns=["cleared", "into_id", "deliveries", "assigned"]).rename(columns={"place_id": "into_id"})
    frame = with_names(company, left.head(shown), dealer="dealer", into="region")
    return answer("integrity.deliveries", company, scope, {"deliveries": frame}, definitions=DEFINITIONS,
                  values={"found": len(left), "amount": float(left["amount"].sum())})  # fmt: skip


def register(company: Company, scope: Scope) -> pd.DataFrame:
    """The register of exceptions of the dealers in scope: what was imported, and what was recorded on the page.

    Columns: exception_id, dealer_id, region_id, notified_date, agreed_by_id, valid_from, valid_to (Timestamps), source
    (`imported`, `recorded`), at, who, note (of recorded ones), agreed (the local dealer did). Newest notice first.
    """
    store = company.store
    mine = scope.but(channel=(), employee=())  # these choose lines, too: an exception of another dealer's line counts
    imported = store.query("territory_exceptions", mine).assign(source="imported")
    recorded = company.records("territory_exception").rename(columns={"subject": "exception_id"})
    recorded = recorded[recorded["dealer_id"].isin(seen_dealers(company, mine))].assign(source="recorded")
    frame = pd.concat([imported, recorded], ignore_index=True)
    for column in ("notified_date", "valid_from", "valid_to"):
        frame[column] = pd.to_datetime(frame[column])
    frame["agreed"] = territory.agreed(frame, store.region_path, store.territories)
    return frame.sort_values("notified_date", ascending=False, ignore_index=True)


def _judged(company: Company, cells: pd.DataFrame, exceptions: pd.DataFrame) -> pd.DataFrame:
    """The cells out of territory, judged by the register, with into_id: the place at the level of the territory."""
    store, away = company.store, cells[cells["place_id"].notna()]
    judged = territory.judged(away, exceptions, store.region_path, store.territories)
    path = store.region_path
    depth = path[path["region_id"] == path["ancestor_id"]].set_index("region_id")["depth"]
    above = path.set_index(["region_id", "depth"])["ancestor_id"]
    level = pd.MultiIndex.from_arrays([judged["place_id"], judged["territory_id"].map(depth)])
    into = pd.Series(above.reindex(level).to_numpy(), index=judged.index, dtype="object")
    return judged.assign(into_id=into.fillna(judged["place_id"]))


def _prior(company: Company, scope: Scope, cells: pd.DataFrame) -> shrinkage.Prior | None:
    """What is usual among the dealers of a scope, whose sales are the cells."""
    counts = _dealers(_judged(company, cells, register(company, scope)), cells)
    return shrinkage.fit(counts["suspect_deliveries"], counts["deliveries"])


def _dealers(judged: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Counts and money of each dealer."""
    left = judged[~judged["cleared"]]
    whole = cells.groupby("dealer_id")[["deliveries", "amount"]].sum()
    parts = {
        "away_deliveries": judged.groupby("dealer_id")["deliveries"].sum(),
        "away_amount": judged.groupby("dealer_id")["amount"].sum(),
        "cleared_amount": judged[judged["cleared"]].groupby("dealer_id")["amount"].sum(),
        "suspect_deliveries": left.groupby("dealer_id")["deliveries"].sum(),
        "suspect_amount": left.groupby("dealer_id")["amount"].sum(),
    }  # fmt: skip
    return whole.assign(**parts).fillna(0.0).reset_index()


def _months(judged: pd.DataFrame, named: pd.Series) -> pd.DataFrame:
    """Money out of territory by month: of suspects, of others, cleared."""
    kind = pd.Series("other", index=judged.index).mask(judged["dealer_id"].isin(named), "suspected")
    kind = kind.mask(judged["cleared"], "cleared")
    month = judged["day"].dt.to_period("M").dt.start_time.rename("month")
    wide = judged["amount"].groupby([month, kind]).sum().unstack(fill_value=0.0)
    return wide.reindex(columns=["suspected", "other", "cleared"], fill_value=0.0).reset_index()


def _effect(company: Company, exceptions: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """The register with what each exception clears in this view."""
    cleared = judged[judged["cleared"]].groupby("exception_id")[["deliveries", "amount"]].sum()
    frame = exceptions.copy()
    frame["clears"] = cleared["deliveries"].reindex(frame["exception_id"]).fillna(0).to_numpy()
    frame["clears_amount"] = cleared["amount"].reindex(frame["exception_id"]).fillna(0.0).to_numpy()
    late = judged.loc[judged["reason"] == "notified_late", "exception_id"]
    frame["late"] = frame["exception_id"].isin(late)
    return with_names(company, frame, dealer="dealer", region="region", agreed_by="dealer")


def _totals(judged: pd.DataFrame, cells: pd.DataFrame, dealers: pd.DataFrame) -> dict[str, Any]:
    named = dealers[dealers["suspected"].astype(bool)]
    sales, money = (float(named[name].sum()) if len(named) else 0.0 for name in ("amount", "suspect_amount"))
    cleared = float(judged.loc[judged["cleared"], "amount"].sum())
    away = float(judged["amount"].sum())
    return {
        "amount": float(cells["amount"].sum()), "away_amount": away, "cleared_amount": cleared,
        "suspect_amount": away - cleared, "suspected_amount": money,
        "suspected_share": money / sales if sales else float("nan"), "dealers": len(named), "judged": len(dealers),
    }  # fmt: skip


def _notes(company: Company, scope: Scope, cells: pd.DataFrame, given: bool) -> tuple[Note, ...]:
    if cells["assigned"].any():
        return ()
    if len(cells) and not given:
        message = N_(
            "No dealer has a territory, so whether goods left it cannot be told: import the dealers' territories."
        )
        return (Note(message),)
    if len(cells):
        return (Note(N_("No dealer of this view has a territory: its own region counts as such.")),)
    if not company.store.measure(scope, ("orders",)).iloc[0]["orders"]:
        return (Note(N_("There are no sales in this view.")),)
    return (Note(N_("No sale says which region its goods went to: import that, and the dealers' territories.")),)
