"""What to decide this week: what went wrong, for whom, how much money is at stake, who owns it.

Each finder returns rows of COLUMNS; `money` is comparable: sales missing against the compared period, money overdue,
value of excess stock, sales out of territory, money overspent. Thresholds are conventions of this project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, side_by_side
from data.company import Company
from data.scope import Period, Scope
from data.words import N_

COLUMNS = ("kind", "subject", "subject_id", "subject_name", "subject_name_en", "region_id", "region_name",
           "region_name_en", "count", "money", "owner_id", "owner_name", "owner_name_en", "facts")  # fmt: skip
A_KIND = 2  # at most so many of one kind, so that one trouble does not hide the others
SHOWN = 6
DROP = 0.30  # sells so much less than in the compared period
SILENT_DAYS, SILENT_GAPS = 45, 3.0  # no order for so many days, and so many of the dealer's usual gaps
FULL_STOCK = 1.4  # days of cover against the usual
AWAY_SHARE, AWAY_LINES = 0.10, 10  # sales out of territory
OVERSPENT = 1.1  # spent against planned


@dataclass(frozen=True)
class Found:
    """Everything that passes a threshold: rows of COLUMNS, most money first; what they were compared with."""

    frame: pd.DataFrame
    compared: Period | None
    notes: tuple[Note, ...]


@question("exceptions")
def exceptions(company: Company, scope: Scope, shown: int = SHOWN) -> Answer:
    """Exceptions ranked by money at stake, at most A_KIND of a kind.

    Frame `exceptions`: COLUMNS. kind: `drop`, `silent`, `overdue`, `stock`, `territory`, `overspend`; subject:
    `dealer`, `region` or `promotion`; count: dealers concerned; facts: the numbers that the reason states (`dealers`:
    money by dealer, where it comes from several).
    Values: money (sum of the rows shown), found (before the cut).
    """
    found = find(company, scope)
    frame = leading(found.frame, shown)
    return answer("exceptions", company, scope, {"exceptions": frame}, definitions=("net_sales", "overdue"),
                  values={"money": float(frame["money"].sum()), "found": len(found.frame)}, compared=found.compared,
                  notes=found.notes)  # fmt: skip


def find(company: Company, scope: Scope) -> Found:
    """All exceptions in scope, those of a region only for who sees the region whole."""
    compared, notes = comparable(company, scope)
    context = _Context(company, scope, compared)
    rows = [row for finder in FINDERS for row in finder(context) if row["money"] > 0]
    viewer = scope.entitlement
    if viewer is not None and (viewer.regions or viewer.dealers or viewer.products):
        rows = [row for row in rows if row["subject"] != "region" or company.sees_region(viewer, row["subject_id"])]
    if context.rhythm is None:
        notes += (Note(N_("The dealers' ordering rhythm is being computed: silent dealers are not listed yet.")),)
    frame = pd.DataFrame([context.complete(row) for row in rows], columns=list(COLUMNS))
    frame["money"] = frame["money"].astype("float64")
    order = ["money", "kind", "subject_id"]
    return Found(frame.sort_values(order, ascending=[False, True, True], ignore_index=True), compared, notes)


def leading(frame: pd.DataFrame, shown: int, each: int = A_KIND) -> pd.DataFrame:
    """The first rows by money, at most `each` of a kind."""
    return frame[frame.groupby("kind").cumcount() < each].head(shown).reset_index(drop=True)


class _Context:
    """What the finders share: the scope, owners, and names."""

    def __init__(self, company: Company, scope: Scope, compared: Period | None) -> None:
        self.company, self.scope, self.compared = company, scope, compared
        store = company.store
        self.depth = store.default_depth(scope)
        self.owners = store.query("dealer_owners", scope, depth=self.depth).set_index("dealer_id")
        tree = store.region_tree.set_index("region_id")
        self.managers = tree["manager_id"]
        if scope.as_of == company.snapshot.as_of:
            self.rhythm = company.result("dealer_rhythm")
        else:
            self.rhythm = store.query("dealer_rhythm", scope)

    def dealer(self, kind: str, dealer_id: str, money: float, **facts: Any) -> dict[str, Any]:
        owner = self.owners.loc[dealer_id] if dealer_id in self.owners.index else None
        return {"kind": kind, "subject": "dealer", "subject_id": dealer_id, "count": 1, "money": float(money),
                "region_id": None if owner is None else owner["region_id"],
                "owner_id": None if owner is None else owner["owner_id"], "facts": facts}  # fmt: skip

    def region(self, kind: str, region_id: str, count: int, money: float, **facts: Any) -> dict[str, Any]:
        return {"kind": kind, "subject": "region", "subject_id": region_id, "count": count, "money": float(money),
                "region_id": region_id, "owner_id": self.managers.get(region_id), "facts": facts}  # fmt: skip

    def complete(self, row: dict[str, Any]) -> dict[str, Any]:
        """Add the names of subject, region and owner."""
        for part, grouping in (("subject", row["subject"]), ("region", "region"), ("owner", "employee")):
            if f"{part}_name" in row:
                continue
            names = self.company.store.names(grouping)
            id = row[f"{part}_id"]
            known = names.loc[id] if id is not None and id in names.index else None
            row[f"{part}_name"] = id if known is None else known.iloc[0]
            row[f"{part}_name_en"] = None if known is None else known.iloc[1]
        return row


Finder = Callable[[_Context], Iterator[dict[str, Any]]]


def _sales(context: _Context) -> Iterator[dict[str, Any]]:
    """Dealers who fell silent (by region, when several) and dealers who buy much less."""
    if context.compared is None:
        return
    sold = side_by_side(context.company, context.scope, ("net_sales",), ("dealer",), compared=context.compared)
    sold = sold.set_index("dealer_id")
    sold["missing"] = sold["net_sales_compared"] - sold["net_sales"]
    sold = sold[(sold["missing"] > 0) & sold.index.isin(context.owners.index)]
    silent = _silent(context)
    quiet = sold[sold.index.isin(silent.index)].join(context.owners["region_id"]).join(silent)
    for region_id, group in quiet.groupby("region_id"):
        days = int(group["silent_days"].min())
        if len(group) > 1:
            yield context.region("silent", str(region_id), len(group), group["missing"].sum(), days=days,
                                 dealers=_amounts(group["missing"]))  # fmt: skip
        else:
            yield context.dealer("silent", str(group.index[0]), group["missing"].sum(), days=days)
    less = sold[~sold.index.isin(silent.index)]
    less = less[less["missing"] >= DROP * less["net_sales_compared"]]
    for dealer_id, row in less.iterrows():
        change = -row["missing"] / row["net_sales_compared"]
        yield context.dealer("drop", str(dealer_id), row["missing"], change_rate=float(change))


def _silent(context: _Context) -> pd.DataFrame:
    """Dealers without an order for longer than their rhythm allows, index dealer_id, column silent_days."""
    if context.rhythm is None or context.rhythm.empty:
        return pd.DataFrame({"silent_days": []})
    rhythm = context.rhythm.set_index("dealer_id")
    days = (pd.Timestamp(context.scope.as_of) - pd.to_datetime(rhythm["last_order"])).dt.days
    allowed = (rhythm["median_gap"].fillna(SILENT_DAYS) * SILENT_GAPS).clip(lower=SILENT_DAYS)
    return days[days > allowed].rename("silent_days").to_frame()


def _overdue(context: _Context) -> Iterator[dict[str, Any]]:
    """Dealers long overdue or over their limit."""
    late = context.company.store.query("overdue_dealers", context.scope)
    for row in late.itertuples():
        limit = None if pd.isna(row.of_limit) else float(row.of_limit)
        yield context.dealer("overdue", row.dealer_id, row.overdue, days=round(row.average_dpd), of_limit=limit)


def _stock(context: _Context) -> Iterator[dict[str, Any]]:
    """Regions whose dealers hold far more stock than usual."""
    days = context.company.store.query("stock_days", context.scope, depth=context.depth)
    for region_id, months in days.groupby("region_id"):
        usual = months["days"].iloc[:-1].median()
        last = months.iloc[-1]
        if len(months) >= 7 and last["days"] > FULL_STOCK * usual:
            excess = last["value"] * (1 - usual / last["days"])
            yield context.region("stock", str(region_id), 0, excess, days=float(last["days"]), usual=float(usual))


def _territory(context: _Context) -> Iterator[dict[str, Any]]:
    """Dealers whose goods go outside their territory, far more often than the network's."""
    sold = context.company.store.query("out_of_territory", context.scope)
    if sold.empty:
        return
    sold["share"] = sold["away_amount"] / sold["net_amount"].where(sold["net_amount"] > 0)
    far = sold[(sold["share"] >= max(AWAY_SHARE, 3 * sold["share"].median())) & (sold["away_lines"] >= AWAY_LINES)]
    for row in far.itertuples():
        yield context.dealer(
            "territory", row.dealer_id, row.away_amount, share=float(row.share), lines=int(row.away_lines)
        )


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


def _amounts(series: pd.Series) -> dict[str, float]:
    """Money by dealer, most first."""
    return {str(id): float(money) for id, money in series.sort_values(ascending=False).items()}


FINDERS: tuple[Finder, ...] = (_sales, _overdue, _stock, _territory, _overspend)
