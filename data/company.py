"""Company: one home, as every question receives it: store, ledger, stored results and settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from data import records
from data.guards import NotEntitled
from data.ledger import Ledger
from data.running import NotEnoughMemory, QueryTooLong
from data.scope import (
    COMPARISONS,
    FILTERS,
    FIRST_YEAR,
    KEYS,
    LAST_YEAR,
    LOCAL,
    Entitlement,
    Period,
    Scope,
    ScopeError,
    fiscal_year_start,
    latest_full_month_end,
    parse_period,
    period_before,
    year_before,
)
from data.settings import Settings, default_home
from data.store import Store
from data.vintages import Vintages
from data.warehouse import Damaged, NoSnapshot, Snapshot, SnapshotDamaged, Warehouse, WarehouseBusy
from data.warehouse.damage import nothing_left

__all__ = [
    "Company",
    "Damaged",
    "NoSnapshot",
    "NotEnoughMemory",
    "NotEntitled",
    "QueryTooLong",
    "Snapshot",
    "SnapshotDamaged",
    "Warehouse",
    "WarehouseBusy",
    "open_warehouse",
    "serving",
]


def open_warehouse(home: Path, settings: Settings | None = None) -> Warehouse:
    """The snapshots of that home, for building, importing and rolling back."""
    return Warehouse(home, settings or Settings.load(home))


def serving(warehouse: Warehouse) -> Snapshot:
    """The snapshot that serves. Raises NoSnapshot, which says whether nothing came in yet or nothing is left."""
    snapshot = warehouse.current()
    if snapshot is None:
        broken = warehouse.damaged()
        says = f"no data in {warehouse.home}: run `qudao demo`, or `qudao import FILES...`"
        raise NoSnapshot(nothing_left(broken) if broken else says)
    return snapshot


class Company:
    """One company at one snapshot. Cheap to open; `Company.open` again picks up a newer snapshot.

    query_seconds: how long a query may take; None (for work that nobody waits for): as long as it needs.
    """

    def __init__(self, home: Path, settings: Settings, snapshot: Snapshot, query_seconds: float | None = None) -> None:
        self.home, self.settings, self.snapshot, self.query_seconds = home, settings, snapshot, query_seconds

    @classmethod
    def open(cls, home: Path | None = None) -> Company:
        """The company of that home, by default QUDAO_HOME or the user's data directory. Raises NoSnapshot when nothing
        was imported or built yet."""
        home = home or default_home()
        warehouse = open_warehouse(home)
        return cls(home, warehouse.settings, serving(warehouse))

    @cached_property
    def store(self) -> Store:
        return Store(self.snapshot, self.settings, self.query_seconds)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.home)

    @cached_property
    def vintages(self) -> Vintages:
        return Vintages(self.home, self.snapshot)

    def result(self, name: str, *, where: tuple[str, str] | None = None,
               months: Period | None = None) -> pd.DataFrame | None:  # fmt: skip
        """A stored result of analytics.refresh for this snapshot, or its rows with a value (column, value) and those
        whose `month` begins in a period; None until it is computed."""
        path = self.snapshot.results / f"{name}.parquet"
        kept: list[tuple[str, str, Any]] = [(where[0], "==", where[1])] if where else []
        if months:
            kept += [("month", ">=", pd.Timestamp(months.start)), ("month", "<=", pd.Timestamp(months.end))]
        try:
            return pd.read_parquet(path, filters=kept or None)
        except FileNotFoundError:
            return None
        except pa.ArrowInvalid:  # the disk damaged it: it is computed anew
            path.replace(path.with_suffix(".damaged"))
            return None

    def has_results(self, names: Sequence[str]) -> bool:
        """All of these stored results are there for this snapshot."""
        return all((self.snapshot.results / f"{name}.parquet").exists() for name in names)

    def records(self, kind: str) -> pd.DataFrame:
        """What people wrote: the standing record of each subject (see data.records.frame), oldest first."""
        return records.frame(kind, self.ledger.latest(kind))

    def shows_nothing(self, entitlement: Entitlement) -> bool:
        """The viewer's lists name no dealer, or no product, that the data hold."""
        if not entitlement.restricted:
            return False
        products = bool(entitlement.products) and self.seen("product", entitlement).empty
        return products or self.seen("dealer", entitlement).empty

    def sees(self, entitlement: Entitlement, dealer_id: str) -> bool:
        """The viewer may see this dealer."""
        today = self.snapshot.as_of
        scope = Scope(Period(today, today), today, dealer=(dealer_id,), entitlement=entitlement)
        return len(self.store.query("dealer_terms", scope)) > 0

    @staticmethod
    def sees_all(entitlement: Entitlement, _id: str = "") -> bool:
        """The viewer may see everything: what concerns the whole company, a channel or a sales person."""
        return not entitlement.restricted

    def sees_region(self, entitlement: Entitlement, region_id: str) -> bool:
        """The viewer may see all of this region. Who is restricted to dealers or products sees no region whole."""
        if entitlement.dealers or entitlement.products:
            return False
        parents = self.store.region_tree.set_index("region_id")["parent_id"]
        above: object = region_id
        while isinstance(above, str) and entitlement.regions and above not in entitlement.regions:
            above = parents.get(above)
        return isinstance(above, str) and region_id in parents.index

    def nameable(self, entitlement: Entitlement, grouping: str, ids: Sequence[str]) -> tuple[str, ...]:
        """Those of the ids whose names the viewer may read: what `seen` gives, and the regions above the own ones.
        Channels, categories and sales people are known to all."""
        if grouping not in ("region", "dealer", "product"):
            return tuple(ids)
        own = self._seen_and_above(grouping, entitlement)
        return tuple(id for id in ids if id in own)

    def _seen_and_above(self, grouping: str, entitlement: Entitlement) -> set[str]:
        own = set(self.seen(grouping, entitlement))
        if grouping == "region":
            path = self.store.region_path
            own |= set(path.loc[path["region_id"].isin(own), "ancestor_id"])
        return own

    def seen(self, grouping: str, entitlement: Entitlement) -> pd.Index:
        """Ids of a dimension that the viewer may see, in the order of `store.names`: what filters and forms offer.

        Of regions those below the viewer's own, too; categories are those of the products; channels are no secret.
        """
        return self._seen(grouping, replace(entitlement, viewer="", pages=()))

    @lru_cache(maxsize=256)  # noqa: B019  one Company a snapshot, kept as long as the snapshot serves
    def _seen(self, grouping: str, entitlement: Entitlement) -> pd.Index:
        every = pd.Index(self.store.categories) if grouping == "category" else self.store.names(grouping).index
        if not entitlement.restricted or grouping == "channel":
            return every
        if grouping == "region":
            path = self.store.region_path
            if not entitlement.regions:
                return every  # who may see some dealers only: names of regions tell nothing of others
            return every[every.isin(path.loc[path["ancestor_id"].isin(entitlement.regions), "region_id"])]
        today = self.snapshot.as_of
        what = "product" if grouping == "category" else grouping
        found = self.store.query(f"seen_{what}s", Scope(Period(today, today), today, entitlement=entitlement))
        return every[every.isin(found["category" if grouping == "category" else "id"])]

    def foreign(self, scope: Scope) -> str:
        """The first filter of the scope that names what its viewer may not see, empty when there is none.

        A region above the viewer's own is not foreign: the view shows the viewer's part of it.
        """
        viewer = scope.entitlement
        if viewer is None or not viewer.restricted:
            return ""
        foreign = (name for name, ids in scope.filters.items() if not set(ids) <= self._seen_and_above(name, viewer))
        return next(foreign, "")

    # ------------------------------------------------------------------ scopes

    def default_period(self, as_of: dt.date | None = None) -> Period:
        """The latest full picture: the fiscal year up to the last month that the data cover whole on the as-of day."""
        as_of = as_of or self.snapshot.as_of
        end = latest_full_month_end(as_of, self.store.selling_days_left(as_of))
        if end < self.store.sales_span.start:  # less than a month of data
            return Period(min(self.store.sales_span.start, as_of), as_of)
        return Period(fiscal_year_start(end, self.settings.fiscal_year_start), end)

    def scope(self, keys: Mapping[str, str] | None = None, entitlement: Entitlement = LOCAL) -> Scope:
        """Read a scope from text keys (KEYS). Filters accept ids, names and English names. Raises ScopeError."""
        given = {key: text for key, text in (keys or {}).items() if text.strip()}
        for key in given:
            if key not in KEYS:
                raise ScopeError(f"{key}: no such scope key; there are {', '.join(KEYS)}")
        as_of = self.snapshot.as_of
        if "as_of" in given:
            try:
                as_of = dt.date.fromisoformat(given["as_of"].strip())
                if not FIRST_YEAR <= as_of.year <= LAST_YEAR:
                    raise ValueError(as_of)
            except ValueError:
                raise ScopeError(f"as_of: cannot read {given['as_of']!r}; write 2026-06-30") from None
        span = self.store.sales_span
        period = parse_period(
            given.get("period", ""),
            as_of=as_of,
            first=span.start,
            last=span.end,
            default=self.default_period(as_of),
            fiscal_start=self.settings.fiscal_year_start,
        )
        compare = given.get("compare", COMPARISONS[0]).strip()
        if compare not in COMPARISONS:
            raise ScopeError(f"compare: {compare!r} is not one of {', '.join(COMPARISONS)}")
        filters = {
            name: tuple(dict.fromkeys(self.store.resolve(name, v.strip()) for v in given[name].split(",") if v.strip()))
            for name in FILTERS
            if name in given
        }
        return Scope(period, as_of, compare, entitlement=entitlement, **filters)

    def compared(self, scope: Scope) -> Period | None:
        """The period that the scope compares with; None when it compares with the target alone."""
        if scope.compare == "target":
            return None
        if scope.compare == "previous":
            return period_before(scope.period)
        if scope.compare == "selling_days":
            return self._selling_days(scope.period)
        if scope.compare == "lunar":
            return self._lunar(scope.period)
        return year_before(scope.period)

    def _selling_days(self, period: Period) -> Period:
        """Last year from the same date on, until it has had the same number of selling days."""
        days = self.store.calendar
        here = days["date"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))
        wanted = int(days.loc[here, "is_selling_day"].sum())
        plain = year_before(period)
        later = days[(days["date"] >= pd.Timestamp(plain.start)) & days["is_selling_day"]]
        if not wanted or len(later) < wanted:
            return plain
        return Period(plain.start, later["date"].iloc[wanted - 1].date())

    def _lunar(self, period: Period) -> Period:
        """Last year shifted so that both lie equally far from their Spring Festival, when the festival is near.

        Near: the period touches the 60 days on either side of it [convention of this project].
        """
        days = self.store.calendar
        here = days[days["date"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]
        plain = year_before(period)
        near = here[here["days_to_spring_festival"].abs() <= 60]
        if near.empty:
            return plain
        festival = near["spring_festival"].iloc[-1]
        earlier = days.loc[days["spring_festival"] < festival, "spring_festival"]
        if earlier.empty:
            return plain
        shift = festival - earlier.iloc[-1]
        return Period((pd.Timestamp(period.start) - shift).date(), (pd.Timestamp(period.end) - shift).date())
