"""References: ids that a supplied dimension does not have are held back; those of a dimension that nobody supplied
become its rows. And the rows of dimensions that flat files feed beside their facts.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from data import schema
from data.importing.batches import Batch, Fault, source_of
from data.importing.values import literal


@dataclass(frozen=True)
class Derived:
    """Rows of a dimension made from a file that feeds another table; `rows` is a SELECT of key and attributes."""

    table: schema.Table
    rows: str
    columns: tuple[str, ...]


def word(dimension: str) -> str:
    """`dim_dealer` -> `dealer`."""
    return dimension.removeprefix("dim_")


def known(con: duckdb.DuckDBPyConnection, batches: list[Batch], supplied: set[str]) -> None:
    """Tables `known_<dimension>` of the ids that supplied dimensions have or get by the good rows of the batches."""
    for dimension in supplied:
        key = schema.key_of(dimension)
        parts = [f"SELECT {key}::VARCHAR AS id FROM {dimension}"]
        parts += [f"SELECT {key} FROM {b.name} WHERE fault IS NULL" for b in batches if b.table.name == dimension]
        con.execute(f"CREATE OR REPLACE TEMP TABLE known_{dimension} AS {' UNION '.join(parts)}")


def refuse_unknown(con: duckdb.DuckDBPyConnection, batch: Batch, supplied: set[str]) -> int:
    """Give a waiting fault to the good rows that refer to an id which a supplied dimension does not have."""
    count = 0
    for column in batch.table.references:
        dimension = str(column.references)
        if dimension not in supplied:
            continue
        unknown = (
            f"SELECT DISTINCT {column.name} AS id FROM {batch.name} WHERE fault IS NULL AND {column.name} IS NOT NULL "
            f"EXCEPT SELECT id FROM known_{dimension}"
        )
        if not con.execute(f"SELECT 1 FROM ({unknown}) LIMIT 1").fetchall():
            continue
        called = source_of(batch.feed, column.name) if batch.feed else column.name
        says = f"{word(dimension)} '{{value}}' is not among the {word(dimension)}s imported; the row waits for it"
        fault = Fault(called, f"unknown {word(dimension)}", says, f"b.{column.name}", waits=True)
        count += batch.add_fault(con, fault, f"{column.name} IN ({unknown})")
    return count


def settle(con: duckdb.DuckDBPyConnection, batches: list[Batch], supplied: set[str]) -> None:
    """Check the references of dimension rows until no more row falls: a row held back takes along those below it."""
    while True:
        known(con, batches, supplied)
        fallen = sum(refuse_unknown(con, batch, supplied) for batch in batches)
        fallen += sum(_refuse_circles(con, batch) for batch in batches)
        if not fallen:
            return


def _refuse_circles(con: duckdb.DuckDBPyConnection, batch: Batch) -> int:
    """Hold back rows of a hierarchy that would lie above themselves."""
    table = batch.table
    if "parent_id" not in table.column_names or "parent_id" not in batch.mapped:
        return 0
    key = table.key[0]
    good = f"FROM {batch.name} WHERE fault IS NULL"
    above = (
        f"SELECT {key} AS id, parent_id AS up {good} UNION ALL SELECT {key}::VARCHAR, parent_id::VARCHAR "
        f"FROM {table.name} WHERE {key}::VARCHAR NOT IN (SELECT {key} {good})"
    )
    circles = f"""WITH RECURSIVE links AS ({above}),
        climb AS (SELECT id, up, 1 AS steps FROM links WHERE up IS NOT NULL
            UNION SELECT climb.id, links.up, steps + 1 FROM climb JOIN links ON links.id = climb.up
            WHERE links.up IS NOT NULL AND steps < 50 AND climb.up <> climb.id)
        SELECT id FROM climb WHERE up = id OR steps >= 50"""
    rows = [row[0] for row in con.execute(f"SELECT DISTINCT id FROM ({circles})").fetchall()]
    if not rows:
        return 0
    called = source_of(batch.feed, "parent_id") if batch.feed else "parent_id"
    fault = Fault(called, "broken rule", "'{value}' lies above itself; correct the parent", "b.parent_id")
    ids = ", ".join(literal(i) for i in rows)
    return batch.add_fault(con, fault, f"{key} IN ({ids})")


# ---------------------------------------------------------------------- flat files


def derived_from(con: duckdb.DuckDBPyConnection, batch: Batch, supplied: set[str]) -> list[Derived]:
    """The dimension rows in a flat file; supplied dimensions take none. Ids with several values of an attribute keep
    the last one, and a note says how many there are."""
    found: list[Derived] = []
    if batch.feed is None:
        return found
    for k, derive in enumerate(batch.feed.derive):
        if derive.table in supplied:
            continue
        table = schema.table(derive.table)
        usable = f"FROM {batch.name} WHERE (fault IS NULL OR fault IN {batch.waiting_codes})"
        if derive.levels:
            found.append(_levels(table, k, len(derive.levels), usable))
            continue
        key = table.key[0]
        columns = tuple(name for name, _ in derive.columns if name != key)
        usable += f" AND d{k}_{key} IS NOT NULL"
        chosen = ", ".join([f"d{k}_{key} AS {key}", *(f"arg_max(d{k}_{c}, rn) AS {c}" for c in columns)])
        found.append(Derived(table, f"SELECT {chosen} {usable} GROUP BY 1", columns))
        for c in columns:
            several = con.execute(
                f"SELECT count(*) FROM (SELECT 1 {usable} GROUP BY d{k}_{key} HAVING count(DISTINCT d{k}_{c}) > 1)"
            ).fetchall()[0][0]
            if several:
                batch.notes.append(f"{several:,} {key} have more than one {c}; the last one in the file is kept")
    return found


def _levels(table: schema.Table, k: int, count: int, usable: str) -> Derived:
    """A hierarchy from columns, the top first: ids are paths, so that equal names under different parents differ."""
    key = table.key[0]
    name = f"{word(table.name)}_name"
    parts = []
    for i in range(count):
        path = "nullif(concat_ws('/', " + ", ".join(f"d{k}_level{j}" for j in range(i + 1)) + "), '')"
        above = (
            "nullif(concat_ws('/', " + ", ".join(f"d{k}_level{j}" for j in range(i)) + "), '')"
            if i
            else "NULL::VARCHAR"
        )
        parts.append(f"SELECT DISTINCT {path} AS {key}, d{k}_level{i} AS {name}, {above} AS parent_id {usable} "
                     f"AND d{k}_level{i} IS NOT NULL")  # fmt: skip
    chosen = f"{key}, any_value({name}) AS {name}, any_value(parent_id) AS parent_id"
    rows = f"SELECT {chosen} FROM ({' UNION ALL '.join(parts)}) GROUP BY 1"
    return Derived(table, rows, (name, "parent_id"))


# ---------------------------------------------------------------------- writing


def write(con: duckdb.DuckDBPyConnection, batch: Batch) -> tuple[int, int]:
    """Add or replace the good rows of a dimension's batch; columns that the file does not feed keep their values.

    Returns the numbers of rows added and replaced.
    """
    table = batch.table
    return _merge(con, table, f"SELECT * FROM {batch.name} WHERE fault IS NULL", batch.mapped, keep_when_empty=False)


def write_derived(con: duckdb.DuckDBPyConnection, derived: Derived) -> tuple[int, int]:
    """Add the rows of a derived dimension; known ids take the attributes that the file has.

    Returns the number of rows added, and 0: nothing is replaced.
    """
    added, _ = _merge(con, derived.table, derived.rows, (derived.table.key[0], *derived.columns), keep_when_empty=True)
    return added, 0


def _merge(
    con: duckdb.DuckDBPyConnection, table: schema.Table, rows: str, given: tuple[str, ...], *, keep_when_empty: bool
) -> tuple[int, int]:
    key = table.key[0]
    values = []
    for column in table.importable:
        name = column.name
        if name == key or (name in given and not keep_when_empty):
            values.append(f"n.{name}")
        elif name in given:
            values.append(f"coalesce(n.{name}, o.{name}) AS {name}")
        else:
            values.append(f"o.{name}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE merged AS SELECT {', '.join(values)} "
        f"FROM ({rows}) n LEFT JOIN {table.name} o ON o.{key} = n.{key}"
    )
    replaced = con.execute(f"DELETE FROM {table.name} WHERE {key} IN (SELECT {key} FROM merged)").fetchall()[0][0]
    names = ", ".join(c.name for c in table.importable)
    total = con.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM merged ORDER BY {key}").fetchall()[0][
        0
    ]
    con.execute("DROP TABLE merged")
    return int(total - replaced), int(replaced)


def add_missing(con: duckdb.DuckDBPyConnection, batches: list[Batch], supplied: set[str]) -> dict[str, int]:
    """Rows for the ids that good rows use and a dimension that nobody supplied lacks; how many, by dimension."""
    added: dict[str, int] = {}
    for dimension in schema.DIMENSIONS:
        if dimension.name in supplied:
            continue
        key, name = dimension.key[0], f"{word(dimension.name)}_name"
        used = [
            f"SELECT {c.name} AS id FROM {b.name} WHERE fault IS NULL" for b in batches for c in b.table.references
            if c.references == dimension.name
        ]  # fmt: skip
        used += [f"SELECT {c.name}::VARCHAR AS id FROM {d.name}" for d in schema.DIMENSIONS for c in d.references
                 if c.references == dimension.name]  # fmt: skip
        if not used:
            continue
        count = con.execute(
            f"INSERT INTO {dimension.name} ({key}, {name}) SELECT DISTINCT id, id FROM ({' UNION ALL '.join(used)}) "
            f"WHERE id IS NOT NULL AND id NOT IN (SELECT {key}::VARCHAR FROM {dimension.name}) ORDER BY 1"
        ).fetchall()[0][0]
        if count:
            added[dimension.name] = int(count)
    return added
