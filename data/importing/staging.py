"""A source as a temporary table of texts: columns c0, c1, ..., each row with its row number in the file.

Rows that do not have the header's number of fields are staged, too, cut or filled to its width (their key can often
still be read) and listed in a second table with the whole row and the reason.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data.importing.encodings import chunks, scan, to_utf8
from data.importing.errors import ImportRefused
from data.importing.sources import REPAIR_PREFIX, SourceFile, find_column, quoted
from data.importing.values import literal
from data.importing.workbooks import cell_text, read_workbook
from data.spreadsheets import plain_sql

RAGGED = "ragged row"
MALFORMED = "malformed row"
UNREPAIRED = "not repaired"
_SAID = {REPAIR_PREFIX + name for name in ("row", "column", "reason", "message")}  # of a quarantine, not read as data


@dataclass(frozen=True)
class Staged:
    """Where the rows of a source stand. `number`: SQL of the row number in the file; `rejects`: table of bad rows."""

    source: SourceFile
    table: str
    number: str
    rows: int
    rejects: str = ""

    def index(self, header: str) -> int | None:
        """Position of a column by its header."""
        return find_column(self.source.columns, header)

    @property
    def raw(self) -> str:
        """SQL over the stage: the row as read, a JSON list (without the columns that a quarantine added)."""
        cells = [f"c{i}" for i, name in enumerate(self.source.columns) if not name.startswith(REPAIR_PREFIX)]
        return f"to_json([{', '.join(cells)}])"


def stage(con: duckdb.DuckDBPyConnection, source: SourceFile, number: int, folder: Path) -> Staged:
    """Read a source into temporary tables `stage_<number>` and `rejects_<number>`. `folder` takes temporary files.

    Raises ImportRefused when the file cannot be read at all.
    """
    table = f"stage_{number}"
    if source.format == "xlsx":
        staged = _stage_workbook(con, source, table)
    elif source.format == "parquet":
        staged = _stage_parquet(con, source, table)
    else:
        staged = _stage_text(con, source, table, folder)
    if REPAIR_PREFIX + "row" in source.columns:
        own = [f"c{i}" for i, name in enumerate(source.columns) if name not in _SAID]
        con.execute(f"UPDATE {table} SET {', '.join(f'{c} = {plain_sql(c)}' for c in own)}")
        staged = _unrepaired(con, staged, f"rejects_{number}")
    return staged


def _stage_parquet(con: duckdb.DuckDBPyConnection, source: SourceFile, table: str) -> Staged:
    described = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(source.path)]).fetchall()
    cells = ", ".join(f"nullif({quoted(name)}::VARCHAR, '') AS c{i}" for i, (name, *_) in enumerate(described))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {cells} FROM read_parquet(?)", [str(source.path)])
    return Staged(source, table, "rowid + 2", _count(con, table))


def _stage_workbook(con: duckdb.DuckDBPyConnection, source: SourceFile, table: str) -> Staged:
    rows = read_workbook(source.path)[str(source.sheet)]
    width = len(source.columns)
    columns: list[list[str | None]] = [[] for _ in range(width)]
    numbers: list[int] = []
    for position, row in enumerate(rows[source.header_row :], start=source.header_row + 1):
        texts = [cell_text(cell) for cell in row[:width]]
        if any(texts):
            numbers.append(position)
            for column, text in zip(columns, texts + [""] * (width - len(texts)), strict=True):
                column.append(text or None)
    data = {"rn": pa.array(numbers, pa.int64())} | {f"c{i}": pa.array(c, pa.string()) for i, c in enumerate(columns)}
    con.register("sheet_rows", pa.table(data))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM sheet_rows")
    con.unregister("sheet_rows")
    return Staged(source, table, "rn", len(numbers))


# ---------------------------------------------------------------------- text


def _stage_text(con: duckdb.DuckDBPyConnection, source: SourceFile, table: str, folder: Path) -> Staged:
    text = source.text or scan(source.path, source.encoding)
    path = source.path
    if not text.as_is:
        path = folder / f"{table}.csv"
        to_utf8(source.path, text.encoding, path)
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(source.columns)))
    con.execute("DROP TABLE IF EXISTS reject_errors")
    con.execute("DROP TABLE IF EXISTS reject_scans")
    try:
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM read_csv({literal(str(path))}, auto_detect=false,
            header=true, skip={source.skip}, delim={literal(str(source.delimiter))}, quote='"', escape='"',
            all_varchar=true, store_rejects=true, rejects_limit=0, columns={{{columns}}})"""
        )
    except duckdb.Error as error:
        raise ImportRefused(
            f"{source.name}: cannot be read as delimited text ({str(error).splitlines()[0][:160]})"
        ) from None
    found = con.execute(
        "SELECT line, any_value(csv_line), any_value(error_type) FROM reject_errors GROUP BY line ORDER BY line"
    )
    bad = [(int(line), str(text or ""), str(kind)) for line, text, kind in found.fetchall()]
    rows = _count(con, table)
    if not bad:
        return Staged(source, table, f"rowid + {source.header_row + 1}", rows)
    if _has_blank_lines(path):
        numbers = _record_numbers(path, str(source.delimiter), [line for line, *_ in bad])
        bad = [(numbers[line], text, kind) for line, text, kind in bad]
    return _with_rejects(con, source, table, rows, bad)


def _with_rejects(
    con: duckdb.DuckDBPyConnection, source: SourceFile, table: str, rows: int, bad: list[tuple[int, str, str]]
) -> Staged:
    """Put the rejected rows back at their places in the stage and list them in the rejects table."""
    width = len(source.columns)
    rejects = table.replace("stage", "rejects")
    fields = [_fields(line, str(source.delimiter)) for _, line, _ in bad]
    kept = sum(1 for name in source.columns if not name.startswith(REPAIR_PREFIX))
    described = [_describe(f, width, kind) for f, (_, _, kind) in zip(fields, bad, strict=True)]
    raws = [f if kept == width else [*f[:kept], *f[width:]] for f in fields]
    con.register("bad_rows", pa.table({
        "rn": pa.array([n for n, *_ in bad], pa.int64()),
        "reason": pa.array([reason for reason, _ in described], pa.string()),
        "message": pa.array([message for _, message in described], pa.string()),
        "raw": pa.array([json.dumps(f, ensure_ascii=False) for f in raws], pa.string()),
    } | {
        f"c{i}": pa.array([f[i] if i < len(f) else None for f in fields], pa.string()) for i in range(width)
    }))  # fmt: skip
    con.execute(f"CREATE OR REPLACE TEMP TABLE {rejects} AS SELECT rn, reason, message, raw FROM bad_rows")
    cells = ", ".join(f"c{i}" for i in range(width))
    first = source.header_row + 1
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {table} AS
        WITH places AS (
            SELECT rn, row_number() OVER (ORDER BY rn) - 1 AS place
            FROM range({first}, {first + rows + len(bad)}) AS numbers(rn) ANTI JOIN bad_rows USING (rn))
        SELECT rn, {cells} FROM {table} s JOIN places ON places.place = s.rowid
        UNION ALL SELECT rn, {cells} FROM bad_rows"""
    )
    con.unregister("bad_rows")
    return Staged(source, table, "rn", rows + len(bad), rejects)


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return line.strip("\r\n").split(delimiter)


def _describe(fields: list[str], width: int, kind: str) -> tuple[str, str]:
    if kind in ("TOO MANY COLUMNS", "MISSING COLUMNS") and len(fields) != width:
        advice = "quote values that hold the delimiter" if len(fields) > width else "fill in what is missing"
        return RAGGED, f"{len(fields)} fields where the header has {width}; {advice}"
    if kind == "LINE SIZE OVER MAXIMUM":
        return MALFORMED, "the row is longer than 2 MB; is a quote never closed?"
    return MALFORMED, 'a quote (") is not closed, or text follows a closing one; double quotes inside a quoted value'


def _has_blank_lines(path: Path) -> bool:
    tail = b""
    for chunk in chunks(path):
        joined = tail + chunk
        if b"\n\n" in joined or b"\n\r\n" in joined:
            return True
        tail = joined[-2:]
    return False


def _record_numbers(path: Path, delimiter: str, lines: list[int]) -> dict[int, int]:
    """Record numbers as DuckDB counts rejected rows (blank lines count) -> as we do (they do not)."""
    numbers: dict[int, int] = {}
    wanted, blank = set(lines), 0
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        for position, row in enumerate(csv.reader(file, delimiter=delimiter), start=1):
            blank += not row
            if position in wanted:
                numbers[position] = position - blank
            if position >= lines[-1]:
                break
    return {line: numbers.get(line, line) for line in lines}


def _unrepaired(con: duckdb.DuckDBPyConnection, staged: Staged, rejects: str) -> Staged:
    """A downloaded quarantine: rows whose surplus fields are still there were not repaired; keep them out again."""
    extra = [f"c{i}" for i, name in enumerate(staged.source.columns) if name.startswith(REPAIR_PREFIX + "extra")]
    structure = staged.index(REPAIR_PREFIX + "reason")
    kept = [f"c{i}" for i, name in enumerate(staged.source.columns) if not name.startswith(REPAIR_PREFIX)]
    if not extra or structure is None:
        return staged
    surplus = " OR ".join(f"coalesce({c}, '') <> ''" for c in extra)
    rows: list[Any] = con.execute(
        f"SELECT {staged.number} AS rn, to_json(list_filter([{', '.join(kept + extra)}], lambda x: x IS NOT NULL)) "
        f"FROM {staged.table} WHERE {surplus}"
    ).fetchall()
    if not rows:
        return staged
    con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {rejects} (rn BIGINT, reason VARCHAR, message VARCHAR, raw VARCHAR)")
    says = "the fields beyond the header's are still there; move the values into their columns and empty the extra ones"
    con.executemany(f"INSERT INTO {rejects} VALUES (?, {literal(UNREPAIRED)}, {literal(says)}, ?)", rows)
    return Staged(staged.source, staged.table, staged.number, staged.rows, rejects)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
