"""Good rows of documents, facts and optional tables into the warehouse: appended, or replacing by key."""

from __future__ import annotations

import duckdb

from data.importing.batches import COMPLETED, Batch
from data.settings import Settings
from data.warehouse import cubes, publishing

DOCUMENTS = "known_documents"


def know_documents(con: duckdb.DuckDBPyConnection, batches: list[Batch]) -> str:
    """Temporary table of every sales document, old and new (the newest counts); '' when there is none."""
    columns = ", ".join(f"{c}::VARCHAR AS {c}" if c.endswith("_id") else c for c in ("document_id", *COMPLETED))
    parts = [f"SELECT {columns}, 0 AS age, 0 AS rn FROM sales_document"]
    parts += [
        f"SELECT {columns}, {age} AS age, rn FROM {b.name} WHERE fault IS NULL"
        for age, b in enumerate(batches, start=1)
    ]
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {DOCUMENTS} AS SELECT * EXCLUDE (age, rn) FROM ({" UNION ALL ".join(parts)})
        QUALIFY row_number() OVER (PARTITION BY document_id ORDER BY age DESC, rn DESC) = 1"""
    )
    some = con.execute(f"SELECT 1 FROM {DOCUMENTS} LIMIT 1").fetchall()
    return DOCUMENTS if some else ""


def write(con: duckdb.DuckDBPyConnection, batch: Batch, settings: Settings) -> tuple[int, int]:
    """Add or replace the good rows of a batch by the table's key. Returns the numbers of rows added and replaced."""
    table = batch.table
    replaced = 0
    if table.name == "fact_sales":
        dates = publishing.sales_date_sql(settings)
        con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {cubes.CHANGED} (day DATE)")
        con.execute(f"INSERT INTO {cubes.CHANGED} SELECT DISTINCT {dates} FROM {batch.name} WHERE fault IS NULL")
    if table.name == "sales_document":
        _refresh_lines(con, batch)
    if con.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchall():
        same = " AND ".join(
            f"t.{k} = n.{k}" if table.column(k).required else f"t.{k} IS NOT DISTINCT FROM n.{k}" for k in table.key
        )
        keys = f"SELECT {', '.join(table.key)} FROM {batch.name} WHERE fault IS NULL"
        if table.name == "fact_sales":
            con.execute(f"INSERT INTO {cubes.CHANGED} SELECT DISTINCT sales_date FROM fact_sales SEMI JOIN ({keys}) "
                        f"USING ({', '.join(table.key)})")  # fmt: skip
        replaced = con.execute(f"DELETE FROM {table.name} t USING ({keys}) n WHERE {same}").fetchall()[0][0]
    names = [c.name for c in table.importable]
    values = list(names)
    order = [c for c in table.order_by if c in names]
    if table.name == "fact_sales":
        names, values = [*names, "sales_date"], [*values, publishing.sales_date_sql(settings)]
        order = [publishing.sales_date_sql(settings), "dealer_id"]
    sort = f" ORDER BY {', '.join(order)}" if order else ""
    total = con.execute(
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(values)} "
        f"FROM {batch.name} WHERE fault IS NULL{sort}"
    ).fetchall()[0][0]
    return int(total - replaced), int(replaced)


def _refresh_lines(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Lines that are in already follow their document: what they lack, or took from its former version, is renewed."""

    def text(side: str, name: str) -> str:
        return f"{side}.{name}::VARCHAR"

    changed = {
        n: f"new.{n} IS NOT NULL AND (f.{n} IS NULL OR {text('f', n)} IS NOT DISTINCT FROM {text('old', n)}) "
        f"AND {text('f', n)} IS DISTINCT FROM {text('new', n)}"
        for n in COMPLETED
    }
    renewed = ", ".join(
        f"CASE WHEN {c} THEN {text('new', n)} ELSE {text('f', n)} END AS {n}" for n, c in changed.items()
    )
    redated = " OR ".join(f"({changed[n]})" for n in COMPLETED if n.endswith("_date"))
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE renewed AS SELECT f.line_id, ({redated}) AS redated, {renewed}
        FROM fact_sales f JOIN {batch.name} new ON new.fault IS NULL AND new.document_id = f.document_id
        LEFT JOIN sales_document old ON old.document_id = f.document_id
        WHERE {" OR ".join(f"({c})" for c in changed.values())}"""
    )
    values = ", ".join(f"{n} = renewed.{n}{'::DATE' if n.endswith('_date') else ''}" for n in COMPLETED)
    con.execute(
        f"""UPDATE fact_sales SET {values}, sales_date = CASE WHEN redated THEN NULL ELSE sales_date END
        FROM renewed WHERE renewed.line_id = fact_sales.line_id"""
    )
    con.execute("DROP TABLE renewed")
