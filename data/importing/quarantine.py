"""Rows that were held back: written down with their reason, retried by later imports, downloadable for repair."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb

from data import schema
from data.importing.batches import Batch, Fault, key_text
from data.importing.errors import ImportRefused
from data.importing.sources import REPAIR_PREFIX
from data.importing.values import literal
from data.spreadsheets import shielded
from data.warehouse import Snapshot, connections

_WAITING = "FROM quarantine WHERE mapped IS NOT NULL AND resolved_by IS NULL"


def write(con: duckdb.DuckDBPyConnection, batch: Batch) -> int:
    """Put the bad rows of a source's batch into `quarantine`; how many there are."""
    staged = batch.staged
    if staged is None:
        raise ValueError("rows that waited stand in the quarantine already")
    codes = con.execute(f"SELECT DISTINCT fault FROM {batch.name} WHERE fault IS NOT NULL ORDER BY 1").fetchall()
    total = 0
    for (code,) in codes:
        fault = batch.faults[code - 1]
        mapped = _mapped(batch) if fault.waits else "NULL"
        column, reason, message, raw = literal(fault.column), literal(fault.reason), _message(fault), f"s.{staged.raw}"
        joins = f"JOIN (SELECT *, {staged.number} AS row_rn FROM {staged.table}) s ON s.row_rn = b.rn"
        raw = staged.raw
        if code == 1:
            column, reason, message, raw = "NULL", "r.reason", "r.message", "r.raw"
            joins += f" JOIN {staged.rejects} r ON r.rn = b.rn"
        total += con.execute(
            f"""INSERT INTO quarantine
                (file_id, table_name, row_number, column_name, reason, message, raw, mapped, row_key)
            SELECT b.file_id, '{batch.table.name}', b.rn, nullif({column}, ''), {reason}, {message}, {raw}, {mapped},
                {key_text(batch.table, "b.")}
            FROM {batch.name} b {joins} WHERE b.fault = {code}"""
        ).fetchall()[0][0]
    return int(total)


def _message(fault: Fault) -> str:
    return f"replace({literal(fault.message)}, '{{value}}', left(coalesce({fault.value}, ''), 80))"


def _mapped(batch: Batch) -> str:
    parts = ", ".join(f"{c.name} := b.{c.name}::VARCHAR" for c in batch.table.importable)
    return f"to_json(struct_pack({parts}))"


# ---------------------------------------------------------------------- retrying


def waits(con: duckdb.DuckDBPyConnection, table: schema.Table) -> bool:
    """Whether a row for the table waits for a reference."""
    return bool(con.execute(f"SELECT 1 {_WAITING} AND table_name = '{table.name}' LIMIT 1").fetchall())


def waiting(con: duckdb.DuckDBPyConnection, table: schema.Table) -> str:
    """SELECT of the rows that wait for a reference, as typed rows for a batch; '' when none waits.

    Of rows with the same key the latest is tried; the earlier ones count as brought by it.
    """
    if not waits(con, table):
        return ""
    where = f"{_WAITING} AND table_name = '{table.name}'"
    con.execute(
        f"""UPDATE quarantine SET resolved_by = later.file_id
        FROM (SELECT row_key, max(file_id) AS file_id {where} GROUP BY 1) later
        WHERE quarantine.row_key = later.row_key AND quarantine.file_id < later.file_id
            AND table_name = '{table.name}' AND mapped IS NOT NULL AND resolved_by IS NULL"""
    )
    columns = ", ".join(
        f"TRY_CAST(json_extract_string(mapped, '$.{c.name}') AS {c.sql_type}) AS {c.name}" for c in table.importable
    )
    return f"SELECT row_number AS rn, file_id, NULL::INTEGER AS cell_fault, {columns} {where}"


def retried(con: duckdb.DuckDBPyConnection, batch: Batch) -> dict[int, int]:
    """Rows of a batch that waited and are good now leave the quarantine; how many, by the import they came with.

    What still waits is told anew: it may wait for something else now.
    """
    good = f"SELECT file_id, rn FROM {batch.name} WHERE fault IS NULL"
    counts = dict(con.execute(f"SELECT file_id, count(*) FROM ({good}) GROUP BY 1").fetchall())
    con.execute(
        f"""DELETE FROM quarantine q USING ({good}) g WHERE q.file_id = g.file_id AND q.row_number = g.rn
            AND q.table_name = '{batch.table.name}'"""
    )
    for file_id, count in counts.items():
        con.execute(
            f"UPDATE import_file SET accepted = accepted + {count}, quarantined = quarantined - {count} "
            f"WHERE file_id = {file_id}"
        )
    codes = con.execute(f"SELECT DISTINCT fault FROM {batch.name} WHERE fault IS NOT NULL").fetchall()
    for (code,) in codes:
        fault = batch.faults[code - 1]
        con.execute(
            f"""UPDATE quarantine SET column_name = {literal(fault.column)}, reason = {literal(fault.reason)},
                message = {_message(fault)}, mapped = CASE WHEN {str(fault.waits).lower()} THEN mapped END
            FROM {batch.name} b
            WHERE b.fault = {code} AND b.file_id = quarantine.file_id AND b.rn = quarantine.row_number
                AND quarantine.reason <> {literal(fault.reason)}"""
        )
    return counts


def resolve(con: duckdb.DuckDBPyConnection, batch: Batch) -> int:
    """Rows held back earlier whose key this batch brought in need no repair any more; how many."""
    earlier = f"table_name = '{batch.table.name}' AND resolved_by IS NULL AND file_id < {batch.file_id}"
    if not con.execute(f"SELECT 1 FROM quarantine WHERE {earlier} LIMIT 1").fetchall():
        return 0
    brought = f"SELECT {key_text(batch.table)} FROM {batch.name} WHERE fault IS NULL"
    sql = f"UPDATE quarantine SET resolved_by = {batch.file_id} WHERE {earlier} AND row_key IN ({brought})"
    return int(con.execute(sql).fetchall()[0][0])


# ---------------------------------------------------------------------- download


def supersede(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """The same file came in once more (another mapping, or again): what its earlier import held back waits no more."""
    con.execute(
        """UPDATE quarantine SET resolved_by = $new WHERE resolved_by IS NULL AND file_id IN (
            SELECT old.file_id FROM import_file old JOIN import_file new
                ON new.file_hash = old.file_hash AND new.file_name = old.file_name AND new.table_name = old.table_name
            WHERE new.file_id = $new AND old.file_id < $new)""",
        {"new": batch.file_id},
    )


def quarantine_csv(snapshot: Snapshot, file_id: int) -> str:
    """The rows of one import that still need repair, as csv text: the file's own columns, unchanged, then columns that
    say what is wrong. Repair the first, leave the others, import the file again with the same mapping.

    Fields beyond the header's stand in `quarantine_extra_<n>`. Texts that a spreadsheet would take for formulas carry
    an apostrophe, which the import takes away again. Raises ImportRefused for an unknown import.
    """
    with connections.beside(Path(snapshot.database)) as con:
        files = con.execute(
            "SELECT file_name, columns FROM warehouse.import_file WHERE file_id = ?", [file_id]
        ).fetchall()
        if not files:
            raise ImportRefused(f"there is no import {file_id}")
        rows = con.execute(
            """SELECT raw, row_number, column_name, reason, message, row_key FROM warehouse.quarantine
            WHERE file_id = ? AND resolved_by IS NULL ORDER BY row_number""",
            [file_id],
        ).fetchall()
    name, columns = files[0][0], json.loads(files[0][1])
    cells = [json.loads(row[0]) for row in rows]
    extra = max([0, *(len(c) - len(columns) for c in cells)])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    added = [*(f"extra_{i}" for i in range(1, extra + 1)), "file", "row", "column", "reason", "message", "key"]
    writer.writerow([*map(shielded, columns), *(REPAIR_PREFIX + a for a in added)])
    for row_cells, (_, number, *told) in zip(cells, rows, strict=True):
        padded = [shielded(c or "", numbers=True) for c in row_cells] + [""] * (len(columns) + extra - len(row_cells))
        writer.writerow([*padded, shielded(name), number, *(shielded(t or "") for t in told)])
    return out.getvalue()
