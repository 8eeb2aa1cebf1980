"""What is forecast: the levels of the company, the history of each node, and which nodes a scope is made of.

Levels partition the dealers (company, region1, region2 ..., channel, employee) or the products of all (category) or of
the first regions (region1+category); below them all stand the dealers. A node's key is an id; that of region1+category
joins two by JOINT.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.calendar import spring_festivals
from data.company import Company
from data.scope import Period, Scope, add_months, month_end

COMPANY, CHANNEL, EMPLOYEE, CATEGORY, DEALER = "company", "channel", "employee", "category", "dealer"
BY_CATEGORY = "region1+category"
MOST_NODES = 200  # of a level of regions that is still forecast by itself
FESTIVAL_COUNTRIES = ("CN", "HK", "MO", "TW", "SG")
BEFORE, AFTER = range(-28, -3), range(-3, 15)  # days from Spring Festival: stocking up; closed and slow return
JOINT = "\t"  # between two keys: ids that come from names hold slashes, bars and blanks
_OUTSIDE = ""  # key of what has none


@dataclass(frozen=True)
class History:
    """Whole months of net sales.

    `dealers`: one row a dealer, one column a month (its first day), zero where nothing was sold. `category` and
    `by_category`: the same by their keys. `running`: the month that has begun and is not over, or None; `to_date`: its
    sales so far (dealers, categories), in the order of `categories`.
    """

    dealers: pd.DataFrame
    category: pd.DataFrame
    by_category: pd.DataFrame
    mix: pd.DataFrame
    running: dt.date | None
    to_date: pd.DataFrame

    @property
    def months(self) -> list[dt.date]:
        return list(self.dealers.columns)


def whole_months(company: Company, as_of: dt.date) -> tuple[list[dt.date], dt.date | None]:
    """The months that the data cover whole, and the one that is running."""
    store = company.store
    first, calendar = store.sales_span.start, store.calendar
    start = first.replace(day=1)
    early = calendar[(calendar["date"] >= pd.Timestamp(start)) & (calendar["date"] < pd.Timestamp(first))]
    if early["is_selling_day"].any():
        start = add_months(start, 1)
    last = as_of.replace(day=1)
    running = last if store.selling_days_left(as_of) else None
    if running:
        last = add_months(last, -1)
    months = []
    while start <= last:
        months.append(start)
        start = add_months(start, 1)
    return months, running


def history(company: Company, scope: Scope) -> History:
    """The History of everything in the scope up to its as-of day."""
    months, running = whole_months(company, scope.as_of)
    store = company.store
    if not months:
        empty = pd.DataFrame()
        return History(empty, empty, empty, empty, running, empty)
    span = Period(months[0], month_end(months[-1]))

    def wide(by: tuple[str, ...], keys: list[str]) -> pd.DataFrame:
        rows = store.measure(scope, ("net_sales",), (*by, "month"), period=span, depth=1)
        table = rows.assign(key=joined_key(rows, keys)).pivot_table(
            index="key", columns="month", values="net_sales", aggfunc="sum"
        )
        table.columns = [pd.Timestamp(month).date() for month in table.columns]
        return table.reindex(columns=months).fillna(0.0)

    def cut(period: Period) -> pd.DataFrame:
        rows = store.measure(scope, ("net_sales",), ("dealer", "category"), period=period)
        rows["category"] = rows["category"].astype("object").fillna(_OUTSIDE)
        return rows.pivot_table(index="dealer_id", columns="category", values="net_sales", aggfunc="sum").fillna(0.0)

    year = Period(max(span.start, add_months(months[-1], -11)), span.end)
    return History(
        wide(("dealer",), ["dealer_id"]), wide(("category",), ["category"]),
        wide(("region", "category"), ["region_id", "category"]), cut(year), running,
        cut(Period(running, scope.as_of)) if running else pd.DataFrame(),
    )  # fmt: skip


def joined_key(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """The key of a node: its columns joined by JOINT ("" where there is none), also of no rows at all."""
    parts = [rows[column].astype("object").fillna(_OUTSIDE).astype(str) for column in columns]
    return parts[0].str.cat(parts[1:], sep=JOINT) if parts else pd.Series(_OUTSIDE, index=rows.index)


def members(company: Company, scope: Scope) -> pd.DataFrame:
    """Where each dealer belongs: dealer_id, region1, region2 ..., channel, employee ("" where nowhere).

    Only levels with at most MOST_NODES nodes, and regions that split the level above them.
    """
    store = company.store
    profiles = store.query("dealer_profiles", scope, depth=1)
    path = store.region_path.pivot(index="region_id", columns="depth", values="ancestor_id")
    frame = pd.DataFrame({"dealer_id": profiles["dealer_id"].astype(str)})
    before = 1
    for depth in path.columns:
        keys = profiles["region_id"].map(path[depth]).fillna(_OUTSIDE)
        count = int(keys[keys != _OUTSIDE].nunique())
        if before < count <= MOST_NODES:
            frame[f"region{depth}"] = keys
            before = count
    for level, column in ((CHANNEL, "channel_id"), (EMPLOYEE, "owner_id")):
        keys = profiles[column].astype("object").fillna(_OUTSIDE)
        if 1 < keys[keys != _OUTSIDE].nunique() <= MOST_NODES:
            frame[level] = keys
    return frame


def regressors(company: Company, months: list[dt.date]) -> pd.DataFrame | None:
    """Known causes by month: ds, days (logarithm of the selling days), before and after (share of the days around
    Spring Festival that fall in the month, in countries that keep it). None where the calendar does not reach."""
    calendar = company.store.calendar
    days = calendar.groupby("month_start")["is_selling_day"].sum()
    days.index = [pd.Timestamp(month).date() for month in days.index]
    if not set(months) <= set(days.index):
        return None
    frame = pd.DataFrame({"ds": pd.to_datetime(pd.Series(months))})
    frame["days"] = np.log(np.maximum(days.reindex(months).to_numpy(float), 1.0) / 21)
    if company.settings.country in FESTIVAL_COUNTRIES:
        festivals = spring_festivals(range(months[0].year, months[-1].year + 1))
        for name, around in (("before", BEFORE), ("after", AFTER)):
            fall = [(first + dt.timedelta(days=offset)).replace(day=1) for first in festivals for offset in around]
            frame[name] = pd.Series(months).map(pd.Series(fall).value_counts() / len(around)).fillna(0.0).to_numpy()
    return frame


@dataclass(frozen=True)
class Chosen:
    """The nodes that make up a scope: of one level, or dealers. `share`: the categories chosen, where the nodes hold
    more than these (their part is taken from the cells); `dealers`: those in the scope."""

    level: str
    keys: tuple[str, ...]
    dealers: frozenset[str]
    categories: tuple[str, ...] = ()
    partial: bool = False


def chosen(company: Company, scope: Scope, belongs: pd.DataFrame) -> Chosen | None:
    """The coarsest nodes whose union is what the scope holds and its viewer may see; None where only products could
    say it. `belongs`: the result of members() for everybody."""
    viewer = scope.entitlement
    if scope.product or (viewer and viewer.products):
        return None
    narrowed = scope.but(category=())
    seen = frozenset(company.store.query("dealer_terms", narrowed)["dealer_id"].astype(str))
    inside = belongs["dealer_id"].isin(seen)
    if inside.all():
        if scope.category:
            return Chosen(CATEGORY, scope.category, seen, scope.category)
        return Chosen(COMPANY, ("",), seen)
    for level in (name for name in belongs.columns if name != "dealer_id"):
        share = inside.groupby(belongs[level]).mean()
        if _OUTSIDE not in share[share > 0].index and share.isin((0.0, 1.0)).all():
            keys = tuple(share.index[share == 1.0])
            if scope.category and level == "region1":
                both = tuple(f"{key}{JOINT}{category}" for key in keys for category in scope.category)
                return Chosen(BY_CATEGORY, both, seen, scope.category)
            return Chosen(level, keys, seen, scope.category, partial=bool(scope.category))
    return Chosen(DEALER, tuple(sorted(seen & set(belongs["dealer_id"]))), seen, scope.category, bool(scope.category))
