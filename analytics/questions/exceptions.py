"""What to decide this week: what went wrong, for whom, how much money is at stake, who owns it.

Each finder returns rows of COLUMNS. `money` is comparable: net sales missing against the compared period, receivables
at risk (receivables.worklist), value of stock above the usual, sales out of territory and the gap to the price band
(integrity.summary), money overspent. Thresholds are conventions of this project; those of other questions are theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from analytics.questions import collections, integrity
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, side_by_side
from data.company import Company
from data.scope import Period, Scope
from data.words import N_

COLUMNS = ("kind", "subject", "subject_id", "subject_name", "subject_name_en", "region_id", "region_name",
           "region_name_en", "count", "money", "owner_id", "owner_name", "owner_name_en", "facts")  # fmt: skip
READS = ("collection_action", "territory_exception", "price_exception")  # records that decide what is an exception
A_KIND = 2  # at most so many of one kind, so that one trouble does not hide the others
SHOWN = 6
DROP = 0.30  # sells so much less than in the compared period
SILENT_DAYS, SILENT_GAPS = 45, 3.0  # no order for so many days, and so many of the dealer's usual gaps
OVERSPENT = 1.1  # spent against planned


@dataclass(frozen=True)
class Found:
    """Everything that passes a threshold: rows of COLUMNS, most money first; what they were compared with."""

    frame: pd.DataFrame
    compared: Period | None
    notes: tuple[Note, ...]


@question("exceptions", reads=READS)
def exceptions(company: Company, scope: Scope, shown: int = SHOWN) -> Answer:
    """Exceptions ranked by money at stake, at most A_KIND of a kind.

    Frame `exceptions`: COLUMNS. kind: `drop`, `silent`, `overdue`, `stock`, `territory`, `price`, `overspend`; subject:
    `dealer`, `region` (several dealers of one, for who sees it whole) or `promotion`; count: dealers concerned; facts:
    the numbers that the reason states (`dealers`: money by dealer, where it comes from several).
    Values: money (sum of the rows shown), found (before the cut).
    """
    found = find(company, scope)
    frame = leading(found.frame, shown)
    return answer("exceptions", company, scope, {"exceptions": frame}, definitions=("net_sales", "overdue"),
                  values={"money": float(frame["money"].sum()), "found": len(found.frame)}, compared=found.compared,
                  notes=found.notes)  # fmt: skip


def find(company: Company, scope: Scope) -> Found:
    """All exceptions in scope."""
    computed = company.result("dealer_rhythm") is not None
    found = _found(company, scope, company.ledger.version(READS), computed)
    return Found(found.frame.copy(), found.compared, found.notes)


@lru_cache(maxsize=32)
def _found(company: Company, scope: Scope, _written: int, _computed: bool) -> Found:
    """Kept a while: the Briefing, the action list and the cards of dealers ask for the same."""
    compared, notes = comparable(company, scope)
    context = _Context(company, scope, compared)
    rows = [row for finder in FINDERS for row in finder(context) if row["money"] > 0]
    if context.rhythm is None:
        notes += (Note(N_("The dealers' ordering rhythm is being computed: silent dealers are not listed yet.")),)
    frame = pd.DataFrame([context.complete(row) for row in rows], columns=list(COLUMNS))
    frame["money"] = frame["money"].astype("float64")
    order = ["money", "kind", "subject_id"]
    return Found(frame.sort_values(order, ascending=[False, True, True], ignore_index=True), compared, notes)


def leading(frame: pd.DataFrame, shown: int, each: int = A_KIND) -> pd.DataFrame:
    """The first rows by money, at most `each` of a kind."""
    return frame[frame.groupby("kind").cumcount() < each].head(shown).reset_index(drop=True)


def about(frame: pd.DataFrame, dealer_id: str) -> pd.DataFrame:
    """The exceptions that concern a dealer: those of its own, and those of a region that name it."""
    own = (frame["subject"] == "dealer") & (frame["subject_id"] == dealer_id)
    named = frame["facts"].map(lambda facts: dealer_id in facts.get("dealers", {})).astype(bool)
    return frame[own | ((frame["subject"] == "region") & named)].reset_index(drop=True)


class _Context:
    """What the finders share: the scope, owners, and names."""

    def __init__(self, company: Company, scope: Scope, compared: Period | None) -> None:
        self.company, self.scope, self.compared = company, scope, compared
        store = company.store
        self.depth = store.default_depth(scope)
        self.owners = store.query("dealer_owners", scope, depth=self.depth).set_index("dealer_id")
        self._names: dict[str, dict[str, tuple[str, str | None]]] = {}
        self._owner = self.owners[["region_id", "owner_id"]].to_dict("index")
        tree = store.region_tree.set_index("region_id")
        self.managers = tree["manager_id"]
        if scope.as_of == company.snapshot.as_of:
            self.rhythm = company.result("dealer_rhythm")
        else:
            self.rhythm = store.query("dealer_rhythm", scope)

    def dealer(self, kind: str, dealer_id: str, money: float, **facts: Any) -> dict[str, Any]:
        owner = self._owner.get(dealer_id)
        return {"kind": kind, "subject": "dealer", "subject_id": dealer_id, "count": 1, "money": float(money),
                "region_id": None if owner is None else owner["region_id"],
                "owner_id": None if owner is None else owner["owner_id"], "facts": facts}  # fmt: skip

    def by_region(
        self, kind: str, dealers: pd.DataFrame, facts: Callable[[pd.DataFrame], dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """One row a region with several dealers, that the viewer sees whole; one a dealer for the others.

        dealers: index dealer_id, `money`, and what `facts` reads.
        """
        regions = self.owners["region_id"].reindex(dealers.index)
        viewer = self.scope.entitlement
        for region_id, group in dealers.groupby(regions, dropna=False):
            whole = isinstance(region_id, str) and viewer is not None and self.company.sees_region(viewer, region_id)
            if whole and len(group) > 1:
                yield {"kind": kind, "subject": "region", "subject_id": region_id, "count": len(group),
                       "money": float(group["money"].sum()), "region_id": region_id,
                       "owner_id": self.managers.get(region_id),
                       "facts": facts(group) | {"dealers": _amounts(group["money"])}}  # fmt: skip
                continue
            for dealer_id in group.index:
                one = group.loc[[dealer_id]]
                yield self.dealer(kind, str(dealer_id), one["money"].iloc[0], **facts(one))

    def complete(self, row: dict[str, Any]) -> dict[str, Any]:
        """Add the names of subject, region and owner."""
        for part, grouping in (("subject", row["subject"]), ("region", "region"), ("owner", "employee")):
            if f"{part}_name" in row:
                continue
            id = row[f"{part}_id"]
            row[f"{part}_name"], row[f"{part}_name_en"] = self._named(grouping).get(id, (id, None))
        return row

    def _named(self, grouping: str) -> dict[str, tuple[str, str | None]]:
        """Names by id."""
        if grouping not in self._names:
            names = self.company.store.names(grouping).iloc[:, :2]
            self._names[grouping] = dict(zip(names.index, names.itertuples(index=False, name=None), strict=True))
        return self._names[grouping]


Finder = Callable[[_Context], Iterator[dict[str, Any]]]


def _amounts(money: pd.Series) -> dict[str, float]:
    """Money by dealer, most first."""
    return {str(id): float(amount) for id, amount in money.sort_values(ascending=False).items()}


def _sales(context: _Context) -> Iterator[dict[str, Any]]:
    """Dealers who fell silent (by region, when several) and dealers who buy much less.

    Who bought nothing in the compared period, or gave back more than it bought, has no sales to miss.
    """
    if context.compared is None:
        return
    sold = side_by_side(context.company, context.scope, ("net_sales",), ("dealer",), compared=context.compared)
    sold = sold.set_index("dealer_id")
    sold["money"] = sold["net_sales_compared"] - sold["net_sales"]
    sold = sold[(sold["money"] > 0) & (sold["net_sales_compared"] > 0) & sold.index.isin(context.owners.index)]
    silent = _silent(context)
    quiet = sold[sold.index.isin(silent.index)].join(silent)
    yield from context.by_region("silent", quiet, lambda rows: {"days": int(rows["silent_days"].min())})
    less = sold[~sold.index.isin(silent.index)]
    for dealer_id, row in less[less["money"] >= DROP * less["net_sales_compared"]].iterrows():
        change = -row["money"] / row["net_sales_compared"]
        yield context.dealer("drop", str(dealer_id), row["money"], change_rate=float(change))


def _silent(context: _Context) -> pd.DataFrame:
    """Dealers without an order for longer than their rhythm allows, index dealer_id, column silent_days."""
    if context.rhythm is None or context.rhythm.empty:
        return pd.DataFrame({"silent_days": []})
    rhythm = context.rhythm.set_index("dealer_id")
    days = (pd.Timestamp(context.scope.as_of) - pd.to_datetime(rhythm["last_order"])).dt.days
    allowed = (rhythm["median_gap"].fillna(SILENT_DAYS) * SILENT_GAPS).clip(lower=SILENT_DAYS)
    return days[days > allowed].rename("silent_days").to_frame()


def _overdue(context: _Context) -> Iterator[dict[str, Any]]:
    """Debtors of the worklist with overdue money that is long late or above the limit."""
    work = collections.worklist(context.company, context.scope).frames["worklist"]
    work = work[(work["overdue_long"] > 0) | ((work["overdue"] > 0) & (work["headroom"] < 0))]
    for row in work.to_dict("records"):
        facts = {"overdue": float(row["overdue"]), "days": _whole(row["average_days"])}
        if pd.notna(row["utilisation"]):
            facts["of_limit"] = float(row["utilisation"])
        standing = {name: row[name] for name in (*collections.ACTION, "promise_passed") if isinstance(row[name], str)}
        yield context.dealer("overdue", row["dealer_id"], row["at_risk"], **facts, **standing)


def _integrity(context: _Context) -> Iterator[dict[str, Any]]:
    """What integrity.summary suspects: sales out of territory, prices outside the band, stock loading. Where the line
    runs is headquarters' own: who is not shown its rules is not shown who crossed them."""
    if context.scope.entitlement is not None and not context.scope.entitlement.headquarters:
        return
    part = integrity.summary(context.company, context.scope)
    found = part.frames["suspicions"]
    for row in found[found["kind"] == "territory"].to_dict("records"):
        yield context.dealer("territory", row["dealer_id"], row["money"], share=float(row["share"]),
                             deliveries=int(row["cases"]))  # fmt: skip
    priced = found[~found["kind"].isin(["territory", "loading"])]
    for dealer_id, rows in priced.groupby("dealer_id"):
        yield context.dealer("price", str(dealer_id), rows["money"].sum(), practices=list(rows["kind"]),
                             lines=int(rows["cases"].sum()))  # fmt: skip
    loaded = found[found["kind"] == "loading"].set_index("dealer_id")
    day = part.values["quarter_end"]
    yield from context.by_region("stock", loaded, lambda rows: {"day": day, "above": float(rows["share"].max())})


def _overspend(context: _Context) -> Iterator[dict[str, Any]]:
    """Promotions that cost more than planned."""
    spent = context.company.store.query("promotion_overspend", context.scope)
    spent["over"] = spent["spent"] - spent["planned"]
    for promotion_id, rows in spent.groupby("promotion_id"):
        first, planned, paid = rows.iloc[0], float(rows["planned"].sum()), float(rows["spent"].sum())
        if paid <= planned * OVERSPENT:
            continue
        over = rows.dropna(subset="dealer_id").set_index("dealer_id")["over"]
        over = over[over > 0]
        yield {"kind": "overspend", "subject": "promotion", "subject_id": promotion_id, "count": len(over),
               "subject_name": first["promotion_name"] or promotion_id,
               "subject_name_en": first["promotion_name_en"], "money": paid - planned, "region_id": None,
               "owner_id": first["owner_id"],
               "facts": {"planned": planned, "spent": paid, "dealers": _amounts(over)}}  # fmt: skip


def _whole(value: Any) -> int:
    return 0 if pd.isna(value) else round(float(value))


FINDERS: tuple[Finder, ...] = (_sales, _overdue, _integrity, _overspend)
