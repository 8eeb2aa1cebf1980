"""The only module that answers readers with SQL. Every query passes the viewer's entitlement here.

Queries name the tables of the schema. Before they run, a CTE of the same name stands in front of each restricted
table: what the entitlement and the scope leave of it. So no query can forget a filter, and none can reach behind.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

import duckdb
import pandas as pd

from data import cubes, measures, running, schema, targets
from data.guards import NotEntitled, guarded, target_needs
from data.scope import Period, Scope, ScopeError, month_end
from data.settings import Settings
from data.warehouse import Snapshot, connections

# How each grouping reads its key in each source; None: the source cannot be split that way.
_LINE = {"dealer": "s.dealer_id", "month": "s.month", "region": "ra.group_id"}
_WEEK = "date_trunc('week', {})::DATE"  # its Monday
_BY_DEALER = _LINE | {"channel": "d.its_channel", "employee": "d.its_employee"}
_Table = measures.Source | cubes.Table
_KEYS: dict[_Table, dict[str, str]] = {
    "sales": _LINE | {"product": "s.product_id", "channel": "s.channel_id", "employee": "s.employee_id",
                      "category": "p.its_category", "brand": "p.its_brand", "price_class": "p.its_price_class",
                      "week": _WEEK.format("s.sales_date")},
    "sales_day": _LINE | {"channel": "s.channel_id", "employee": "s.employee_id",
                          "week": _WEEK.format("s.sales_date")},
    "product_month": {"month": "s.month", "region": "ra.group_id", "product": "s.product_id",
                      "channel": "s.channel_id", "category": "p.its_category", "brand": "p.its_brand",
                      "price_class": "p.its_price_class"},
    "lifecycle": {"dealer": "s.dealer_id", "region": "ra.group_id"},
    "visits": _BY_DEALER | {"employee": "s.employee_id",
                            "week": _WEEK.format("coalesce(s.planned_date, s.visit_date)")},
    "receivables": _BY_DEALER,
    "invoices": _BY_DEALER,
    "unapplied": _BY_DEALER,
    "targets": _LINE | {"product": "s.product_id", "channel": "coalesce(s.channel_id, d.its_channel)",
                        "employee": "coalesce(s.employee_id, d.its_employee)",
                        "category": "coalesce(s.category, p.its_category)"},
}  # fmt: skip
# A line whose dealer has no region belongs where the goods went.
_AWAY = "coalesce(d.its_region, s.ship_to_region_id)"
_PLACE: dict[_Table, str] = {"sales": _AWAY, "sales_day": _AWAY,
                             "product_month": "coalesce(s.region_id, s.ship_to_region_id)"}  # fmt: skip
_limits: dict[str, str] = {}  # DuckDB takes them once a process: a change of settings waits for the next start
_NAMED = {"region": "dim_region", "dealer": "dim_dealer", "product": "dim_product", "channel": "dim_channel",
          "employee": "dim_employee"}  # fmt: skip


@lru_cache
def query_text(name: str) -> str:
    """Text of data/queries/<name>.sql."""
    return resources.files("data.queries").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def key_column(grouping: str) -> str:
    """Name of the key column that a grouping gives: dealer -> dealer_id, month -> month, category -> category."""
    return f"{grouping}_id" if grouping in _NAMED else grouping


class Store:
    """Answers from one snapshot, read-only. Threads share it: each query runs on a cursor of its own."""

    def __init__(self, snapshot: Snapshot, settings: Settings, query_seconds: float | None = None) -> None:
        """query_seconds: how long a scoped query may take; None: as long as it needs."""
        self.snapshot, self.settings, self.query_seconds = snapshot, settings, query_seconds
        if not _limits:
            _limits.update(memory_limit=settings.memory_limit, threads=str(settings.threads))
        try:
            self._connection = connections.reader(snapshot.database, _limits)
        except duckdb.Error as error:
            raise running.told(error, snapshot.path) from None

    # ------------------------------------------------------------------ what the warehouse holds

    def _unscoped(self, sql: str, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """For metadata and names only: nothing here depends on what a viewer may see."""
        with running.cursor(self._connection, self.snapshot.path) as cursor:
            frame: pd.DataFrame = cursor.execute(sql, params or {}).df()
        return frame

    @cached_property
    def rows(self) -> dict[str, int]:
        """Rows a table, from the manifest."""
        return dict(self.snapshot.manifest["rows"])

    def has(self, table: str) -> bool:
        """The table holds at least one row."""
        return self.rows.get(table, 0) > 0

    @property
    def cubed(self) -> bool:
        """The snapshot has cubes: those of earlier versions have none."""
        return "documents_add" in self.snapshot.manifest

    def _table(self, part: measures.Measure, by: Sequence[str], scope: Scope, span: Period) -> _Table:
        """Where the aggregate is read: its source, or a cube of it."""
        source = _source(part)
        if source != "sales" or not self.cubed:
            return source
        whole = cubes.whole_months(span, scope.as_of, self.sales_span)
        return cubes.table(part.id, by, scope, whole_months=whole,
                           documents_add=self.snapshot.manifest["documents_add"])  # fmt: skip

    @cached_property
    def sales_span(self) -> Period:
        """First and last sales date; the as-of day twice when there are no sales."""
        row = self._unscoped("SELECT min(sales_date) AS first, max(sales_date) AS last FROM fact_sales").iloc[0]
        if pd.isna(row["first"]):
            return Period(self.snapshot.as_of, self.snapshot.as_of)
        return Period(row["first"].date(), row["last"].date())

    def selling_days_left(self, day: dt.date) -> bool:
        """A selling day of the day's month lies after the day."""
        dates = self.calendar["date"]
        later = self.calendar[(dates > pd.Timestamp(day)) & (dates <= pd.Timestamp(month_end(day)))]
        return bool(later["is_selling_day"].any())

    @cached_property
    def unplaced(self) -> bool:
        """Some dealers have no region."""
        return bool(self._unscoped("SELECT count(*) AS n FROM dim_dealer WHERE region_id IS NULL")["n"].iloc[0])

    @cached_property
    def first_invoice(self) -> dt.date | None:
        """The day of the first invoice: of the days before, nobody knows what was owed."""
        day = self._unscoped("SELECT min(invoice_date) AS day FROM fact_receivable")["day"].iloc[0]
        return None if pd.isna(day) else pd.Timestamp(day).date()

    @cached_property
    def target_levels(self) -> tuple[str, ...]:
        return tuple(self._unscoped("SELECT DISTINCT target_level AS l FROM fact_target ORDER BY 1")["l"])

    @cached_property
    def calendar(self) -> pd.DataFrame:
        """dim_date, one row a day."""
        return self._unscoped("SELECT * FROM dim_date ORDER BY date")

    @cached_property
    def region_tree(self) -> pd.DataFrame:
        """region_id, region_name, name_en, parent_id, manager_id, depth (1 = top), in order of depth and name."""
        return self._unscoped(
            """SELECT r.region_id::VARCHAR AS region_id, coalesce(r.region_name, r.region_id::VARCHAR) AS region_name,
                r.name_en, r.parent_id::VARCHAR AS parent_id, r.manager_id::VARCHAR AS manager_id, p.depth
            FROM dim_region r JOIN region_path p ON p.region_id = r.region_id AND p.distance = 0
            ORDER BY p.depth, region_name"""
        )

    @cached_property
    def region_path(self) -> pd.DataFrame:
        """Each region with itself and every region above it: region_id, ancestor_id, depth (of the ancestor)."""
        sql = "SELECT region_id::VARCHAR AS region_id, ancestor_id::VARCHAR AS ancestor_id, depth FROM region_path"
        return self._unscoped(sql)

    @cached_property
    def territories(self) -> pd.Series:
        """Where each dealer belongs: its territory, else its region; index dealer_id. Known of all dealers, as names
        are: who may agree to a sale in a region is no secret."""
        frame = self._unscoped(
            "SELECT dealer_id::VARCHAR AS dealer_id, coalesce(territory_id, region_id)::VARCHAR AS territory_id "
            "FROM dim_dealer"
        )
        return frame.set_index("dealer_id")["territory_id"]

    @lru_cache(maxsize=16)  # noqa: B019  one Store a snapshot, kept as long as the snapshot serves
    def names(self, grouping: str) -> pd.DataFrame:
        """Names of a dimension: index = id, columns `<grouping>_name`, `<grouping>_name_en`."""
        table = _NAMED[grouping]
        key = schema.key_of(table)
        frame = self._unscoped(
            f"SELECT {key}::VARCHAR AS id, coalesce({grouping}_name, {key}::VARCHAR) AS {grouping}_name, "
            f"name_en AS {grouping}_name_en FROM {table}"
        )
        return frame.set_index("id")

    @cached_property
    def categories(self) -> dict[str, str]:
        """Category -> English name (itself when none is given)."""
        sql = "SELECT category, coalesce(max(category_en), category) AS en FROM dim_product " \
              "WHERE category IS NOT NULL GROUP BY 1 ORDER BY 1"  # fmt: skip
        return dict(self._unscoped(sql).itertuples(index=False, name=None))

    # ------------------------------------------------------------------ scoped queries

    def region_depth(self, regions: Sequence[str]) -> int:
        """Depth of the deepest of the regions; 0 for none."""
        tree = self.region_tree
        depth = tree.loc[tree["region_id"].isin(regions), "depth"].max()
        return 0 if pd.isna(depth) else int(depth)

    def default_depth(self, scope: Scope) -> int:
        """Depth at which to list regions under the scope: the first below what is chosen that holds more than one."""
        seen = scope.region or (scope.entitlement.regions if scope.entitlement else ())
        counts = self._regions_below(tuple(seen))
        below = [depth for depth in counts if depth > self.region_depth(seen)]
        return next((depth for depth in below if counts[depth] > 1), max(counts, default=1))

    @lru_cache(maxsize=64)  # noqa: B019  one Store a snapshot
    def _regions_below(self, regions: tuple[str, ...]) -> dict[int, int]:
        """Regions a depth, at or below the given ones (all when none is given)."""
        where = "WHERE p.region_id IN (SELECT region_id FROM region_path WHERE ancestor_id IN " \
                "(SELECT unnest($regions::VARCHAR[])))" if regions else ""  # fmt: skip
        sql = f"SELECT p.depth, count(*) AS n FROM region_path p {where}{' AND' if where else 'WHERE'} p.distance = 0 "
        frame = self._unscoped(sql + "GROUP BY 1 ORDER BY 1", {"regions": list(regions)} if regions else None)
        return dict(zip(frame["depth"].astype(int), frame["n"].astype(int), strict=True))

    def target_level(self, scope: Scope, by: Sequence[str] = (), depth: int = 0) -> str | None:
        """The level of targets that answers the scope split by the groupings, or None when there is none."""
        seen = scope.region or (scope.entitlement.regions if scope.entitlement else ())
        deepest = max(depth if "region" in by else 0, self.region_depth(seen))
        return targets.choose_level(self.target_levels, target_needs(scope, tuple(by), deepest))

    def readable_levels(self, scope: Scope) -> tuple[str, ...]:
        """The levels of targets that can be restricted to what the scope asks for and its viewer may see."""
        seen = scope.region or (scope.entitlement.regions if scope.entitlement else ())
        return targets.readable(self.target_levels, target_needs(scope, (), self.region_depth(seen)))

    def _run(self, sql: str, scope: Scope, params: dict[str, Any], level: str | None = None) -> pd.DataFrame:
        text, guard_params = guarded(sql, scope, level, unplaced=self.unplaced, cubed=self.cubed)
        if not connections.reads_only(text):
            raise NotEntitled("a reader's query is a single SELECT")
        named = set(re.findall(r"\$(\w+)", text))
        given = {key: value for key, value in (guard_params | params).items() if key in named}
        with running.cursor(self._connection, self.snapshot.path, self.query_seconds) as cursor:
            frame: pd.DataFrame = cursor.execute(text, given).df()
        return frame

    def query(self, name: str, scope: Scope, *, level: str | None = None, **params: Any) -> pd.DataFrame:
        """Run data/queries/<name>.sql within the scope.

        The file may use $start, $end (the period), $as_of and its own parameters. Raises NotEntitled.
        """
        base = {"start": scope.period.start, "end": scope.period.end, "as_of": scope.as_of}
        return self._run(f"SELECT * FROM (\n{query_text(name)}\n)", scope, base | params, level)

    def measure(self, scope: Scope, ids: Sequence[str], by: Sequence[str] = (), *, period: Period | None = None,
                depth: int | None = None, days: Sequence[dt.date] = (), level: str | None = None,
                compared: Period | None = None) -> pd.DataFrame:  # fmt: skip
        """Measures by groupings: one row a group (one row in all without `by`).

        Columns: the key of each grouping (with `<g>_name`, `<g>_name_en`), then one a measure (float; NULL = NaN).
        period: instead of the scope's; depth: of `region` (1 = top); days: as-of days for receivables, where the
        grouping `month` gives the day itself; level: of targets to read, instead of the coarsest that answers; one
        that is not readable (readable_levels) gives none; compared: the period against which dealers are lost, unknown
        without it. Measures whose source cannot be split that way are NaN, and so are targets that were not given at a
        level that could say it. Raises NotEntitled, KeyError.
        """
        span = period or scope.period
        depth = depth or self.default_depth(scope)
        keys = [key_column(g) for g in by]
        by_table: dict[_Table, list[measures.Measure]] = {}
        for part in measures.aggregates(tuple(ids)):
            by_table.setdefault(self._table(part, by, scope, span), []).append(part)
        result: pd.DataFrame | None = None
        for table, parts in by_table.items():
            frame = self._from_source(table, parts, scope, by, span, depth, tuple(days) or (scope.as_of,), level,
                                      compared)  # fmt: skip
            result = frame if result is None else _joined(result, frame, keys)
        assert result is not None
        for part in measures.aggregates(tuple(ids)):
            source = _source(part)
            if part.absent == "zero" and self.has(measures.SOURCE_TABLES[source]) and set(by) <= set(_KEYS[source]):
                result[part.id] = result[part.id].fillna(0.0)
        columns: dict[str, Any] = {}
        for id in ids:
            ratio = measures.BY_ID[id].ratio
            if ratio:
                over = result[ratio[1]].where(result[ratio[1]] != 0)
                columns[id] = result[ratio[0]] / over * ratio[2]
            else:
                columns[id] = result[id]
        out = pd.concat([result[keys], pd.DataFrame(columns, index=result.index, dtype="float64")], axis=1)
        return self._with_names(out, by)

    def _from_source(
        self,
        table: _Table,
        parts: list[measures.Measure],
        scope: Scope,
        by: Sequence[str],
        span: Period,
        depth: int,
        days: tuple[dt.date, ...],
        wanted: str | None,
        compared: Period | None,
    ) -> pd.DataFrame:
        available, source = _KEYS[table], _source(parts[0])
        keys = [key_column(g) for g in by]
        level = None
        if source == "targets":
            level = self.target_level(scope, by, depth) if wanted is None else wanted
            level = level if level in self.readable_levels(scope) else None
        missing = not self.has(measures.SOURCE_TABLES[source])
        if missing or any(g not in available for g in by) or (source == "targets" and level is None):
            empty = {k: pd.Series(dtype="object") for k in keys} | {m.id: pd.Series(dtype="float64") for m in parts}
            return pd.DataFrame(empty) if by else pd.DataFrame({m.id: [float("nan")] for m in parts})
        selected = [f"{available[g]} AS {key}" for g, key in zip(by, keys, strict=True)]
        selected += [f"{_or_zero(m, table)}::DOUBLE AS {m.id}" for m in parts]
        from_level = targets.parts(level) if level else {}
        joins = self._joins(table, by, from_level)
        group = f"GROUP BY {', '.join(available[g] for g in by)}" if by else ""
        # working time that names no dealer is nobody's visit
        where = "WHERE s.dealer_id IS NOT NULL" if source == "visits" and "dealer" in by else ""
        sql = (f"WITH src AS NOT MATERIALIZED (\n{query_text(f'source_{table}')})\n"
               f"SELECT {', '.join(selected)} FROM src s {joins} {where} {group}")  # fmt: skip
        params = {"start": span.start, "end": span.end, "as_of": scope.as_of, "days": list(days), "depth": depth,
                  "target_measure": "net_sales", "then_start": compared.start if compared else None,
                  "then_end": compared.end if compared else None,
                  "reactivation_gap": self.settings.reactivation_gap_days}  # fmt: skip
        return self._run(f"SELECT * FROM (\n{sql}\n)", scope, params, level)

    def _joins(self, source: _Table, by: Sequence[str], level: dict[str, int]) -> str:
        """Joins that the groupings need; their columns are renamed so that a measure's columns stay unambiguous."""
        joins = []
        own_region = source == "targets" and "region" in level
        if {"region", "channel", "employee"} & set(by) and source != "product_month":
            joins.append(
                "LEFT JOIN (SELECT dealer_id AS its_dealer, region_id AS its_region, channel_id AS its_channel, "
                "employee_id AS its_employee FROM reachable_dealer) d ON d.its_dealer = s.dealer_id"
            )
        if "region" in by:
            joins.append(
                "LEFT JOIN (SELECT region_id AS its_place, coalesce(max(ancestor_id) FILTER (depth = $depth), "
                "region_id) AS group_id FROM region_path GROUP BY region_id) ra "
                f"ON ra.its_place = {'s.region_id' if own_region else _PLACE.get(source, 'd.its_region')}"
            )
        if {"category", "brand", "price_class"} & set(by):
            joins.append(
                "LEFT JOIN (SELECT product_id AS its_product, category AS its_category, brand AS its_brand, "
                "price_class AS its_price_class FROM dim_product) p ON p.its_product = s.product_id"
            )
        return " ".join(joins)

    def _with_names(self, frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
        for grouping in by:
            key = key_column(grouping)
            if grouping in _NAMED:
                frame[key] = frame[key].astype("object")
                names = self.names(grouping).reindex(frame[key])
                at = frame.columns.get_loc(key)
                assert isinstance(at, int)
                for offset, column in enumerate(names.columns):
                    frame.insert(at + 1 + offset, column, names[column].to_numpy())
            elif grouping == "category":
                at = frame.columns.get_loc(key)
                assert isinstance(at, int)
                frame.insert(at + 1, "category_en", frame[key].map(self.categories))
        return frame.sort_values([key_column(g) for g in by], ignore_index=True) if by else frame

    # ------------------------------------------------------------------ reading names as ids

    def resolve(self, name: str, value: str) -> str:
        """The id behind what a person wrote for a filter: an id, a name or an English name. Raises ScopeError."""
        if name == "category":
            found = [c for c, en in self.categories.items() if value.casefold() in (c.casefold(), en.casefold())]
        else:
            names = self.names(name)
            if value in names.index:
                return value
            wanted = value.casefold()
            hits = (names.iloc[:, 0].str.casefold() == wanted) | (names.iloc[:, 1].str.casefold() == wanted)
            found = list(names.index[hits | (names.index.str.casefold() == wanted)])
        if not found:
            raise ScopeError(f"{name}: there is no {name} {value!r} in the data")
        if len(found) > 1:
            raise ScopeError(f"{name}: {value!r} names several, write one of the ids {', '.join(found[:5])}")
        return found[0]


def _source(measure: measures.Measure) -> measures.Source:
    if measure.source is None or not measure.sql:
        raise KeyError(f"{measure.id} is not composed of SQL: a domain computes it")
    return measure.source


def _or_zero(measure: measures.Measure, table: _Table) -> str:
    sql = cubes.SQL.get((table, measure.id), measure.sql)
    return f"coalesce({sql}, 0)" if measure.absent == "zero" else f"({sql})"


def _joined(left: pd.DataFrame, right: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    if not keys:
        return pd.concat([left, right], axis=1)
    return left.astype(dict.fromkeys(keys, "object")).merge(
        right.astype(dict.fromkeys(keys, "object")), on=keys, how="outer"
    )
