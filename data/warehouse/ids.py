"""Reference columns as ENUMs over the ids of their dimension.

An ENUM reads and compares as text and groups as an integer (measured: 0.55-0.76x the time of VARCHAR). Its values
are never taken away within a line of snapshots, so that facts need no rewrite when a dimension loses a row.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import pyarrow as pa

from data import schema


def _column_types(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = con.execute("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal").fetchall()
    return {(table, column): kind for table, column, kind in rows}


def _newest(con: duckdb.DuckDBPyConnection, stem: str) -> tuple[int, list[str]]:
    """Version and values of the ENUM `<stem>_v<version>`; version 0 when there is none yet."""
    rows = con.execute(
        "SELECT type_name FROM duckdb_types() WHERE logical_type = 'ENUM' AND starts_with(type_name, ?)", [stem + "_v"]
    ).fetchall()
    version = max((int(name.rsplit("_v", 1)[1]) for (name,) in rows), default=0)
    if not version:
        return 0, []
    values = con.execute(f"SELECT unnest(enum_range(NULL::{stem}_v{version}))::VARCHAR").fetchall()
    return version, [value for (value,) in values]


def loosen(con: duckdb.DuckDBPyConnection) -> None:
    """Turn the reference columns of dimensions (small) into VARCHAR, so that new ids can be written to them."""
    types = _column_types(con)
    for table in schema.DIMENSIONS:
        for column in (table.column(table.key[0]), *table.references):
            if types.get((table.name, column.name), "").startswith("ENUM"):
                con.execute(f"ALTER TABLE {table.name} ALTER {column.name} TYPE VARCHAR")


def tighten(con: duckdb.DuckDBPyConnection, filling: Collection[str] | None = None) -> None:
    """Make reference columns ENUMs that hold all ids of their dimension; new ids extend the type.

    `filling`: the tables that rows will be added to; others stay VARCHAR while they are empty (a column of 300,000 ids
    takes seconds even then). None: every table.

    Raises duckdb.ConversionException when a column holds an id that the dimension does not.
    """
    types = _column_types(con)
    for dimension in schema.DIMENSIONS:
        stem = schema.key_of(dimension.name)
        version, old = _newest(con, stem)
        known = set(old)
        rows = con.execute(f"SELECT DISTINCT {stem}::VARCHAR FROM {dimension.name} ORDER BY 1").fetchall()
        new = [value for (value,) in rows if value is not None and value not in known]
        if not (old or new):
            continue  # an ENUM needs a value; an empty dimension leaves its references VARCHAR (and NULL)
        if new:
            con.register("enum_values", pa.table({"id": pa.array(old + new, pa.string())}))
            con.execute(f"CREATE TYPE {stem}_v{version + 1} AS ENUM (SELECT id FROM enum_values)")
            con.unregister("enum_values")
        newest = f"{stem}_v{version + 1 if new else version}"
        wanted = con.execute(f"SELECT typeof(NULL::{newest})").fetchall()[0][0]
        for table, column in schema.referring(dimension.name):
            kind = types.get((table.name, column.name), wanted)
            idle = filling is not None and table.name not in filling and kind == "VARCHAR" and _is_empty(con, table)
            if kind != wanted and not idle:
                con.execute(f"ALTER TABLE {table.name} ALTER {column.name} TYPE {newest}")
        if new and version:
            con.execute(f"DROP TYPE {stem}_v{version}")


def _is_empty(con: duckdb.DuckDBPyConnection, table: schema.Table) -> bool:
    return not con.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchall()
