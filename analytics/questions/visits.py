"""Whether the sales force went where it planned, what came of it, and how it spends its time."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable
from analytics.visits.allocation import NORM, allocation
from data.company import Company
from data.scope import Period, Scope, add_months, month_end
from data.words import N_

MEASURES = ("planned_visits", "planned_visits_done", "visit_coverage", "visits", "unplanned_visits", "strike_rate")
MONTHS = 12  # of the sparklines


def unsplit(scope: Scope) -> tuple[Scope, tuple[Note, ...]]:
    """The scope without its product filters, which do not act on visits, and the note that says so."""
    if not (scope.category or scope.product):
        return scope, ()
    message = N_("Visits are not split by product: the product filter does not act on them.")
    return scope.but(category=(), product=()), (Note(message),)


@question("visits.coverage")
def coverage(company: Company, scope: Scope, by: str = "region") -> Answer:
    """Planned visits done, by region (employee, dealer, channel).

    Frames: `by`: key (and names), then MEASURES; lowest coverage first. `months`: month, then MEASURES, the twelve
    months to the end of the period. Values: the same in all, and `_compared`; dealers (open dealers in scope), imported
    (there are visits at all).
    """
    store, (bare, unread) = company.store, unsplit(scope)
    total = store.measure(bare, MEASURES).iloc[0]
    compared, notes = comparable(company, scope)
    values = {id: total[id] for id in MEASURES}
    if compared:
        before = store.measure(bare, MEASURES, period=compared).iloc[0]
        values |= {f"{id}_compared": before[id] for id in MEASURES}
    if store.has("fact_visit"):
        notes += unread
    else:
        notes += (Note(N_("No visits imported yet: a file with dealer, date and result is needed.")),)
    values["imported"] = store.has("fact_visit")
    values["dealers"] = len(store.query("dealer_owners", scope, depth=1))
    frame = store.measure(bare, MEASURES, (by,)).sort_values("visit_coverage", ignore_index=True)
    frame = frame[frame[["planned_visits", "visits"]].sum(axis=1) > 0].reset_index(drop=True)
    span = Period(add_months(scope.period.end.replace(day=1), 1 - MONTHS), month_end(scope.period.end))
    months = store.measure(bare, MEASURES, ("month",), period=span)
    return answer("visits.coverage", company, scope, {"by": frame, "months": months}, definitions=MEASURES,
                  values=values, compared=compared, notes=notes)  # fmt: skip


@question("visits.time")
def time(company: Company, scope: Scope, by: str = "employee") -> Answer:
    """Hours by activity against the norm of 30/30/20/20, and customers visited: new against existing.

    A person's time counts where the person works, all of it: the question is answered for whole sales people, so not
    for dealers or channels. Frames: `activities`: activity (new, existing, planning, phone), hours, share, norm,
    off (share less norm). `by` (employee or region): key and names, hours, new, existing, planning, phone (shares of
    hours), deviation, new_visits, existing_visits, new_share (of visits to new customers), most deviation first.
    Values: hours, time_deviation, new_visits, existing_visits, new_share, and `_compared`.
    """
    compared, notes = comparable(company, scope)
    notes += unsplit(scope)[1]
    if scope.dealer or scope.channel:
        notes += (Note(N_("Time is told for whole sales people: it is not split by dealer or channel.")),)
    key = "region_id" if by == "region" else "employee_id"
    rows = _hours(company, scope)
    people = _with_visits(allocation(rows, key), rows, key).sort_values("deviation", ascending=False, ignore_index=True)
    names = company.store.names("region" if by == "region" else "employee").reindex(people[key])
    for position, column in enumerate(names.columns):
        people.insert(1 + position, column, names[column].to_numpy())
    values = _all(rows)
    if compared:
        values |= {f"{id}_compared": value for id, value in _all(_hours(company, scope.but(period=compared))).items()}
    whole = allocation(rows)
    shares = whole.iloc[0] if len(whole) else pd.Series(dtype=float)
    activities = pd.DataFrame(
        [{"activity": id, "hours": shares.get("hours", 0.0) * shares.get(id, 0.0), "share": shares.get(id),
          "norm": norm} for id, norm in NORM.items()]
    )  # fmt: skip
    activities["off"] = activities["share"].astype(float) - activities["norm"]
    return answer("visits.time", company, scope, {"activities": activities, "by": people},
                  definitions=("time_deviation",), values=values, compared=compared, notes=notes,
                  verdict="ok" if len(whole) else "insufficient_evidence")  # fmt: skip


def _hours(company: Company, scope: Scope) -> pd.DataFrame:
    """Hours and visits by sales person and activity, of the people who work inside the regions asked for."""
    if scope.dealer or scope.channel or (scope.entitlement and scope.entitlement.dealers):
        return pd.DataFrame({"employee_id": [], "region_id": [], "activity": [], "hours": [], "visits": []})
    frame = company.store.query("working_hours", scope, depth=company.store.default_depth(scope))
    for regions in (scope.region, scope.entitlement.regions if scope.entitlement else ()):
        if regions:
            frame = frame[frame["home_id"].isin(_below(company.store.region_tree, regions))]
    return frame


def _below(tree: pd.DataFrame, regions: Iterable[str]) -> set[str]:
    """The regions and all regions under them."""
    found = set(regions)
    for row in tree.itertuples():  # in order of depth: parents come first
        if row.parent_id in found:
            found.add(row.region_id)
    return found


def _with_visits(shares: pd.DataFrame, rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Add the visits to new and existing customers and the share of the new ones."""
    counted = rows.pivot_table(index=key, columns="activity", values="visits", aggfunc="sum", observed=True)
    for kind in ("new", "existing"):
        known = counted[kind] if kind in counted else pd.Series(dtype=float)
        shares[f"{kind}_visits"] = shares[key].map(known).fillna(0).astype(int)
    both = shares["new_visits"] + shares["existing_visits"]
    shares["new_share"] = shares["new_visits"] / both.where(both > 0)
    return shares


def _all(rows: pd.DataFrame) -> dict[str, float]:
    whole = allocation(rows)
    visits = rows.groupby("activity")["visits"].sum()
    new, existing = int(visits.get("new", 0)), int(visits.get("existing", 0))
    return {
        "hours": float(whole["hours"].sum()),
        "time_deviation": float(whole["deviation"].iloc[0]) if len(whole) else float("nan"),
        "new_visits": new, "existing_visits": existing,
        "new_share": new / (new + existing) if new + existing else float("nan"),
    }  # fmt: skip
