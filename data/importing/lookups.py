"""Lookups of a mapping as temporary tables (key, value)."""

from __future__ import annotations

import duckdb

from data.importing.errors import ImportRefused
from data.importing.mapping import Lookup, Mapping
from data.importing.sources import quoted
from data.importing.staging import Staged
from data.importing.values import clean


def table_of(name: str) -> str:
    """The temporary table of a lookup."""
    return quoted(f"lookup_{name}")


def create(con: duckdb.DuckDBPyConnection, mapping: Mapping, staged: dict[str, Staged]) -> dict[str, Lookup]:
    """Create the tables of the lookups that are given in place or whose file is staged; return these by name.

    Of a key that stands twice the last value counts. Raises ImportRefused for a column that the file does not have.
    """
    found: dict[str, Lookup] = {}
    for name, lookup in mapping.lookups:
        if not lookup.file:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {table_of(name)} (key VARCHAR, value VARCHAR)")
            con.executemany(f"INSERT INTO {table_of(name)} VALUES (?, ?)", [list(pair) for pair in lookup.values])
        elif name in staged:
            _from_file(con, name, lookup, staged[name], mapping.options.nulls)
        else:
            continue
        found[name] = lookup
    return found


def _from_file(
    con: duckdb.DuckDBPyConnection, name: str, lookup: Lookup, staged: Staged, nulls: tuple[str, ...]
) -> None:
    cells = []
    for header in (lookup.key, lookup.value):
        index = staged.index(header)
        if index is None:
            place = f"{staged.source.name}: row {staged.source.header_row}"
            raise ImportRefused(f"{place}: no column {header!r} for the lookup {name!r}")
        cells.append(clean(f"c{index}", nulls))
    rows = f"SELECT {cells[0]} AS key, {cells[1]} AS value, {staged.number} AS rn FROM {staged.table}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table_of(name)} AS SELECT key, arg_max(value, rn) AS value "
        f"FROM ({rows}) WHERE key IS NOT NULL GROUP BY 1"
    )
