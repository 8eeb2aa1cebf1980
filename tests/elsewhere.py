"""The same company with everything changed that a viewer may not see: what the viewer is told must not change.

Names of dealers, regions, products and sales people elsewhere become words that are found again; a third of their facts
is gone and the rest is worth three times as much, in the tables and in what was computed from them.
"""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data import schema
from data.company import Company
from data.records import KINDS
from data.scope import Entitlement
from data.warehouse import MANIFEST, cubes

MARK = "ELSEWHERE"
_REBUILT = ("dim_date", "sales_day", "product_month", "visit_order")
_KINDS = ("fact", "optional", "derived")
_WORTH = ("DECIMAL", "DOUBLE", "FLOAT", "BIGINT", "INTEGER")
# Results that are computed from invoices and visits, which name no product ...
_OF_NO_PRODUCT = ("cash_expected", "late_risk", "dealer_rhythm", *(_OF_ALL := (
    # ... and those that say of everybody together how a method fared: no number of anybody's business
    "visit_effect", "dealer_risk_tested", "segment_names", "segment_steady", "segment_tried", "promotion_checks",
    "promotion_noise", "promotion_errors",
)))  # fmt: skip


@dataclass(frozen=True)
class Elsewhere:
    """What a viewer may not see of a company."""

    company: Company
    viewer: Entitlement

    def _ids(self, sql: str, **params: Any) -> frozenset[str]:
        return frozenset(self.company.store._unscoped(sql, params).iloc[:, 0].astype(str))

    @cached_property
    def regions(self) -> frozenset[str]:
        """Neither among the viewer's, nor below, nor above them."""
        if not self.viewer.regions:
            return frozenset()
        return self._ids(
            """SELECT region_id FROM dim_region
            WHERE region_id NOT IN (SELECT region_id FROM region_path WHERE list_contains($mine, ancestor_id::VARCHAR))
              AND region_id NOT IN (SELECT ancestor_id FROM region_path WHERE list_contains($mine, region_id::VARCHAR))
            """, mine=list(self.viewer.regions))  # fmt: skip

    @cached_property
    def dealers(self) -> frozenset[str]:
        here = """dealer_id IN (SELECT dealer_id FROM dim_dealer WHERE
            (len($regions) = 0 OR region_id IN
                (SELECT region_id FROM region_path WHERE list_contains($regions, ancestor_id::VARCHAR)))
            AND (len($dealers) = 0 OR list_contains($dealers, dealer_id::VARCHAR)))"""
        return self._ids(f"SELECT dealer_id FROM dim_dealer WHERE NOT {here}", regions=list(self.viewer.regions),
                         dealers=list(self.viewer.dealers))  # fmt: skip

    @cached_property
    def products(self) -> frozenset[str]:
        if not self.viewer.products:
            return frozenset()
        return self._ids("SELECT product_id FROM dim_product WHERE NOT list_contains($p, product_id::VARCHAR)",
                         p=list(self.viewer.products))  # fmt: skip

    @cached_property
    def employees(self) -> frozenset[str]:
        """Sales people of other regions who have no dealer among the viewer's."""
        if not self.regions:
            return frozenset()
        return self._ids(
            """SELECT employee_id FROM dim_employee WHERE list_contains($there, region_id::VARCHAR)
              AND employee_id NOT IN (SELECT employee_id FROM dim_dealer
                                      WHERE employee_id IS NOT NULL AND NOT list_contains($other, dealer_id::VARCHAR))
              AND employee_id NOT IN (SELECT employee_id FROM fact_sales
                                      WHERE employee_id IS NOT NULL AND NOT list_contains($other, dealer_id::VARCHAR))
            """, there=list(self.regions), other=list(self.dealers))  # fmt: skip

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What may not be read: the changed names, and ids."""
        return (MARK, *sorted(self.dealers | self.products | self.regions))

    def said(self, text: str) -> list[str]:
        """Those of the words that a text holds. An id counts when it stands alone: P001 is no part of P0012."""
        parts = set(_split(text))
        return [word for word in self.words if word in parts or (word == MARK and MARK in text)]

    # ------------------------------------------------------------------ the changed company

    def changed(self, home: Path) -> Company:
        """A copy of the company in which everything elsewhere is different."""
        shutil.copytree(self.company.home, home)
        snapshot = Company.open(home).snapshot
        with duckdb.connect(str(snapshot.database)) as con:
            self._rename(con)
            for table in schema.TABLES:
                if table.kind in _KINDS and table.name not in _REBUILT:
                    self._change(con, table.name)
            cubes.rebuild(con)
        told = json.loads((snapshot.path / MANIFEST).read_text(encoding="utf-8"))
        told["bytes"] = snapshot.database.stat().st_size
        (snapshot.path / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
        self._write_records(Company.open(home))
        for path in [*snapshot.results.glob("*.parquet"), *(home / "vintages").rglob("*.parquet")]:
            frame = self._worth_more(pd.read_parquet(path), path.stem)
            frame.to_parquet(path, index=False)
        return Company.open(home)

    def _rename(self, con: duckdb.DuckDBPyConnection) -> None:
        for what, ids in (("region", self.regions), ("dealer", self.dealers), ("product", self.products),
                          ("employee", self.employees)):  # fmt: skip
            key, mark = f"{what}_id", f"'{MARK}-{what}-' || {what}_id::VARCHAR"
            con.execute(f"UPDATE dim_{what} SET {what}_name = {mark}, name_en = {mark} "
                        f"WHERE list_contains(?, {key}::VARCHAR)", [list(ids)])  # fmt: skip

    def _change(self, con: duckdb.DuckDBPyConnection, table: str) -> None:
        described = con.execute(f"DESCRIBE {table}").fetchall()
        columns = {name: kind for name, kind, *_ in described}
        foreign = [f"list_contains(${what}s, {what}_id::VARCHAR)" for what in ("dealer", "product")
                   if f"{what}_id" in columns]  # fmt: skip
        if table == "fact_target":  # a part of the whole is no part of the viewer's
            foreign.append("list_contains($regions, region_id::VARCHAR)")
            foreign.append("(region_id IS NULL AND dealer_id IS NULL AND (len($regions) > 0 OR len($dealers) > 0))")
            foreign.append("(product_id IS NULL AND len($products) > 0)")
        if table == "fact_visit":
            foreign.append("(dealer_id IS NULL AND list_contains($employees, employee_id::VARCHAR))")
        if not foreign:
            return
        where = f"coalesce({' OR '.join(foreign)}, false)"
        given = {"dealers": list(self.dealers), "products": list(self.products), "regions": list(self.regions),
                 "employees": list(self.employees)}  # fmt: skip
        given = {name: ids for name, ids in given.items() if f"${name}" in where}
        key = schema.key_of(table) if table != "fact_target" else "target_value"
        con.execute(f"DELETE FROM {table} WHERE {where} AND hash({key}) % 3 = 0", given)
        worth = [
            name for name, kind in columns.items() if kind.startswith(_WORTH) and not name.endswith(("_id", "_no"))
        ]
        if worth:
            con.execute(f"UPDATE {table} SET {', '.join(f'{n} = {n} * 3' for n in worth)} WHERE {where}", given)

    def _write_records(self, company: Company) -> None:
        """Somebody wrote a record of each kind about a dealer and a region elsewhere."""
        about = [f"dealer:{min(self.dealers)}"] if self.dealers else []
        about += [f"region:{min(self.regions)}"] if self.regions else []
        day = company.snapshot.as_of.isoformat()
        given = {"money": 987_654_321.0, "date": day, "dealer": min(self.dealers, default=""),
                 "region": min(self.regions, default=""), "product": min(self.products, default="")}  # fmt: skip
        for kind in KINDS:
            body = {f.name: f.choices[0][0] if f.choices else given.get(f.kind) or MARK for f in kind.fields}
            for subject in about:
                whole = {"variance_note": f"{subject}|2026", "forecast_override": f"{subject}|2026-09",
                         "action": f"drop:{subject}"}.get(kind.id, subject)  # fmt: skip
                company.ledger.write(kind.id, whole, MARK, body)

    def _worth_more(self, frame: pd.DataFrame, name: str) -> pd.DataFrame:
        """The numbers of stored rows about somebody or something elsewhere, times three."""
        if self.viewer.products and not name.startswith(_OF_NO_PRODUCT):
            there = pd.Series(True, index=frame.index)
        elif "dealer_id" in frame:
            there = frame["dealer_id"].astype(str).isin(self.dealers)
        elif "key" in frame:  # of a node of the forecast: all but the viewer's own regions and dealers
            own = ~frame["key"].astype(str).isin(self.regions | self.dealers)
            within = frame["level"].str.startswith(("dealer", "region"))
            there = ~(own & within & self._whole(frame["key"].astype(str).str.split("\t").str[0]))
            there &= ~((frame["level"] == "employee") & frame["key"].isin(self._own_people))
        elif "cell" in frame:  # of the budget, numbered as in budget_cells
            cells = self.company.result("budget_cells")
            assert cells is not None
            there = ~self._whole(frame["cell"].map(cells["region"].astype(str)))
        elif "region" in frame:
            there = ~self._whole(frame["region"].astype(str))
        else:
            there = pd.Series(name not in _OF_ALL, index=frame.index)
        for column in frame.columns[frame.dtypes.astype(str).str.startswith("float")]:
            frame.loc[there, column] = frame.loc[there, column] * 3
        return frame

    @cached_property
    def _own_people(self) -> frozenset[str]:
        """Sales people whose every dealer is the viewer's: what is forecast of them is."""
        return self._ids("SELECT employee_id FROM dim_dealer WHERE employee_id IS NOT NULL GROUP BY 1 "
                         "HAVING count(*) FILTER (list_contains($there, dealer_id::VARCHAR)) = 0",
                         there=list(self.dealers))  # fmt: skip

    def _whole(self, keys: pd.Series) -> pd.Series:
        """The region or dealer is all the viewer's."""
        if self.viewer.products:
            return pd.Series(False, index=keys.index)
        above = set(self._ids("SELECT ancestor_id FROM region_path WHERE list_contains($m, region_id::VARCHAR) "
                              "AND distance > 0", m=list(self.viewer.regions)))  # fmt: skip
        if self.viewer.dealers:
            return ~keys.isin(self.dealers) & keys.str.startswith("D")
        return ~keys.isin(self.dealers | self.regions | above)


def _split(text: str) -> Iterator[str]:
    word = ""
    for char in text:
        if (char.isalnum() and char.isascii()) or char in "-_":
            word += char
        elif word:
            yield word
            word = ""
    if word:
        yield word


def texts(value: Any) -> Iterator[str]:
    """Every text inside a value: of frames, mappings, sequences and frozen dataclasses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, pd.DataFrame):
        yield from map(str, value.columns)
        for column in value.columns:
            if not pd.api.types.is_numeric_dtype(value[column]) or pd.api.types.is_bool_dtype(value[column]):
                yield from texts(list(value[column].dropna()))
        yield from texts([i for i in value.index if isinstance(i, str)])
    elif isinstance(value, pd.Series):
        yield from texts([value.name, *value.dropna(), *(i for i in value.index if isinstance(i, str))])
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from texts(key)
            yield from texts(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from texts(inner)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from texts({f.name: getattr(value, f.name) for f in dataclasses.fields(value)})


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two plain values (Answer.to_dict) differ by more than the noise of adding up in another order."""
    if isinstance(one, float | int) and isinstance(other, float | int) and not isinstance(one, bool):
        same = math.isclose(one, other, rel_tol=1e-6, abs_tol=0.011)
        return [] if same else [f"{where}: {one} {other}"]
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys():
            return [f"{where}: {sorted(one.keys() ^ other.keys())}"]
        return [line for key in one for line in differences(one[key], other[key], f"{where}.{key}")]
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return [f"{where}: {len(one)} rows, {len(other)} rows"]
        one, other = _in_order(one), _in_order(other)
        pairs = enumerate(zip(one, other, strict=True))
        return [line for at, (a, b) in pairs for line in differences(a, b, f"{where}[{at}]")]
    return [] if one == other else [f"{where}: {str(one)[:60]} {str(other)[:60]}"]


def _in_order(rows: list[Any]) -> list[Any]:
    """Rows about dealers in the order of these: a place in a ranking is compared by its own column."""
    keyed = all(isinstance(row, dict) and isinstance(row.get("dealer_id"), str) for row in rows)
    once = keyed and len({row["dealer_id"] for row in rows}) == len(rows)
    return sorted(rows, key=lambda row: row["dealer_id"]) if once else rows
