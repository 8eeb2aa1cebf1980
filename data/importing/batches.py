"""Rows on their way into one table: a temporary table with the target's columns, typed, and the fault of each bad row.

batch_<n>: rn (row of the file), file_id, fault (number of the fault, from 1; NULL: good), the table's columns,
           d<k>_<column> and d<k>_level<i> for what feeds derived dimensions
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from data import schema
from data.importing.expressions import headers
from data.importing.mapping import Feed, rule
from data.importing.staging import Staged

# What an empty column means, over the columns of the row.
DEFAULTS: dict[str, dict[str, str]] = {
    "fact_sales": {
        "line_type": "CASE WHEN quantity < 0 OR (coalesce(quantity, 0) = 0 AND net_amount < 0) "
        "THEN 'return' ELSE 'sale' END",
    },
    "fact_target": {"scenario": "'plan'", "measure": "'net_sales'", "period_end": "last_day(period_start)"},
}
# Columns of a sales line that its document completes.
COMPLETED = ("order_date", "ship_date", "invoice_date", "dealer_id", "employee_id", "channel_id", "ship_to_region_id")


@dataclass(frozen=True)
class Fault:
    """A way in which rows of a batch are bad. `value`: SQL of the text at fault, over batch b and stage s."""

    column: str
    reason: str
    message: str  # {value} stands for the text at fault
    value: str = "NULL"
    waits: bool = False  # the row comes in by itself once what it refers to is there


@dataclass
class Batch:
    """Rows for one table from one source (or rows that waited, then `staged` is None)."""

    name: str
    table: schema.Table
    mapped: tuple[str, ...]
    faults: list[Fault]
    staged: Staged | None = None
    feed: Feed | None = None
    file_id: int = 0
    rows_in: int = 0
    notes: list[str] = field(default_factory=list)
    styles: str = ""

    def add_fault(self, con: duckdb.DuckDBPyConnection, fault: Fault, condition: str) -> int:
        """Give the fault to good rows that meet the condition; how many did."""
        self.faults.append(fault)
        sql = f"UPDATE {self.name} SET fault = {len(self.faults)} WHERE fault IS NULL AND ({condition})"
        return int(con.execute(sql).fetchall()[0][0])

    @property
    def waiting_codes(self) -> str:
        """The faults that wait, as the list of a SQL IN (never empty)."""
        return "(" + ", ".join(["0", *(str(i) for i, f in enumerate(self.faults, start=1) if f.waits)]) + ")"


def key_text(table: schema.Table, prefix: str = "") -> str:
    """SQL of a row's key as one text; NULL when a part that must be there is missing."""
    if len(table.key) == 1:
        return f"{prefix}{table.key[0]}::VARCHAR"
    must = [c for c in table.key if table.column(c).required]
    parts = ", ".join(f"coalesce({prefix}{c}::VARCHAR, '')" for c in table.key)
    missing = " OR ".join(f"{prefix}{c} IS NULL" for c in must) or "false"
    return f"CASE WHEN NOT ({missing}) THEN concat_ws('|', {parts}) END"


def source_of(feed: Feed, target: str) -> str:
    """What a target column is called in the file, for messages: the header, or the target's own name."""
    value = dict(feed.columns).get(target)
    names = headers(rule(value)) if value is not None else ()
    return names[0] if len(names) == 1 else target


def excused(table: schema.Table, given: set[str]) -> set[str]:
    """Required columns that a file need not give: they have a default, or the document gives them."""
    free = set(DEFAULTS.get(table.name, {}))
    if table.name == "fact_sales":
        free |= {"line_id", "dealer_id"} if "document_id" in given else {"line_id"}
    return free


def _line_id(*, has_documents: bool) -> str:
    """SQL of a line's number where the file gives none. A later file with the same lines replaces them.

    With a document: it and the position in it. Without: date, dealer and product, and the position among their equals.
    """
    if has_documents:
        position = "row_number() OVER (PARTITION BY document_id ORDER BY rn)"
        return f"CASE WHEN document_id IS NOT NULL THEN coalesce(line_hint, document_id || '-' || {position}) END"
    parts = "coalesce(order_date, ship_date, invoice_date), dealer_id, product_id"
    position = f"row_number() OVER (PARTITION BY {parts} ORDER BY rn)"
    return f"coalesce(line_hint, concat_ws('|', {parts}, {position}))"


def finish(
    con: duckdb.DuckDBPyConnection,
    batch: Batch,
    rows: str,
    extra: tuple[str, ...],
    documents: str,
    line_hint: str = "NULL",
) -> None:
    """Create the batch's table from typed rows: lines completed from documents, defaults, faults, repeated keys.

    `rows`: SELECT of rn, cell_fault, `batch.mapped` and `extra`; for rows that waited of file_id, too.
    """
    table, feed = batch.table, batch.feed
    given = set(batch.mapped)
    full = {c.name: c.name if c.name in given else f"NULL::{c.sql_type}" for c in table.importable}
    join = ""
    if documents and table.name == "fact_sales":
        join = f"LEFT JOIN {documents} doc ON doc.document_id = r.document_id" if "document_id" in given else ""
        for name in COMPLETED if join else ():
            full[name] = f"coalesce(r.{name}, doc.{name})" if name in given else f"doc.{name}"
    prefix = {n: (f"r.{n}" if s == n and join else s) for n, s in full.items()}
    defaults = dict(DEFAULTS.get(table.name, {}))
    if table.name == "fact_sales" and "line_id" not in given:
        defaults["line_id"] = _line_id(has_documents="document_id" in given)
    columns = ", ".join(f"{sql} AS {n}" for n, sql in prefix.items())
    also = "".join(f", r.{n}" for n in extra)
    file_id = "r.file_id" if batch.staged is None else f"{batch.file_id}::INTEGER"
    told = f"r.rn, {file_id} AS file_id, cell_fault, {line_hint} AS line_hint"
    complete = f"SELECT {told}, {columns}{also} FROM ({rows}) r {join}"
    filled = ", ".join(f"coalesce({n}, {sql}) AS {n}" for n, sql in defaults.items())
    defaulted = f"SELECT * REPLACE ({filled}) FROM ({complete})" if filled else complete
    cases = ["WHEN cell_fault IS NOT NULL THEN cell_fault"]
    for fault, condition in _row_faults(table, feed, given):
        batch.faults.append(fault)
        cases.append(f"WHEN {condition} THEN {len(batch.faults)}")
    names = ", ".join([*full, *extra])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {batch.name} AS "
        f"SELECT rn, file_id, CASE {' '.join(cases)} END::INTEGER AS fault, {names} FROM ({defaulted})"
    )
    _repeated_keys(con, batch)


def _row_faults(table: schema.Table, feed: Feed | None, given: set[str]) -> list[tuple[Fault, str]]:
    """Faults of whole rows (missing values, broken rules), each with its SQL condition."""

    def called(name: str) -> str:
        return source_of(feed, name) if feed and name in given else name

    found: list[tuple[Fault, str]] = []
    if table.name == "fact_sales" and "document_id" in given:
        says = "no sales document '{value}' with dealer and date is known; the line waits for it"
        undated = "coalesce(order_date, ship_date, invoice_date) IS NULL"
        whole = "document_id IS NOT NULL AND line_id IS NOT NULL AND net_amount IS NOT NULL"
        fault = Fault(called("document_id"), "unknown document", says, "b.document_id", waits=True)
        found.append((fault, f"{whole} AND (dealer_id IS NULL OR {undated})"))
    found += [
        (Fault(called(c.name), "missing value", f"{called(c.name)} is empty"), f"{c.name} IS NULL")
        for c in table.importable
        if c.required
    ]
    return found + [
        (Fault(called(check.column), "broken rule", check.says), f"NOT coalesce({check.sql}, true)")
        for check in table.checks
    ]


def _repeated_keys(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    key = ", ".join(batch.table.key)
    repeated = con.execute(
        f"SELECT 1 FROM {batch.name} WHERE fault IS NULL GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
    if repeated and batch.staged is not None:
        fault = Fault(key, "duplicate key", "'{value}' occurs more than once in the file; the first row was taken",
                      key_text(batch.table, "b."))  # fmt: skip
        place = f"row_number() OVER (PARTITION BY {key} ORDER BY rn) AS place"
        good = f"SELECT rowid AS id, {place} FROM {batch.name} WHERE fault IS NULL"
        batch.add_fault(con, fault, f"rowid IN (SELECT id FROM ({good}) WHERE place > 1)")
