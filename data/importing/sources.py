"""The tables that the given files hold: one source a csv or parquet file, one a sheet of a workbook."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import duckdb

from data import schema
from data.importing import values
from data.importing.encodings import Scan, read_head, scan
from data.importing.errors import ImportRefused
from data.importing.workbooks import cell_text, read_workbook
from data.spreadsheets import plain
from data.warehouse import connections

Format = Literal["csv", "xlsx", "parquet", "unreadable"]
DELIMITERS = (",", ";", "\t", "|")
EXTENSIONS = {".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet", ".pq"}
SAMPLE_ROWS = 20
REPAIR_PREFIX = "quarantine_"  # columns that a downloaded quarantine carries after the file's own
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class SourceFile:
    """One table of a file, as it was found. `sample`: the first rows, as text, in the order of `columns`."""

    path: Path
    format: Format
    columns: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    dayfirst: bool | None = None  # None: no date tells
    header_row: int = 1  # counted without blank rows
    skip: int = 0  # records of a text file above its header, blank ones included
    sha256: str = ""
    problem: str = ""  # why it cannot be read; then nothing else is known
    notes: tuple[str, ...] = ()
    from_folder: bool = False
    original: str = ""  # of a downloaded quarantine: the file that its rows came from
    text: Scan | None = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        """File name, with the sheet of a workbook: `book.xlsx:Sheet1`."""
        return f"{self.path.name}:{self.sheet}" if self.sheet else self.path.name

    @property
    def matching_name(self) -> str:
        """The name that mappings are asked for: a repaired quarantine stands for its original."""
        return self.original or self.name

    @property
    def data_columns(self) -> tuple[str, ...]:
        """The columns without those that a downloaded quarantine added."""
        return tuple(c for c in self.columns if not c.startswith(REPAIR_PREFIX))


@dataclass(frozen=True)
class ReadingOptions:
    """What a mapping may fix about reading; None means: find out."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None


def inspect(paths: Iterable[str | Path], options: ReadingOptions | None = None) -> list[SourceFile]:
    """Look into files (folders are expanded, not their subfolders): format, encoding, delimiter, columns, sample.

    A file that cannot be read gets a `problem`; only a path that does not exist raises ImportRefused.
    """
    sources: list[SourceFile] = []
    for given in paths:
        path = Path(given).expanduser()
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))
            for file in inside:
                sources += [replace(s, from_folder=True) for s in _inspect_file(file, options or ReadingOptions())]
        elif path.is_file():
            sources += _inspect_file(path, options or ReadingOptions())
        else:
            raise ImportRefused(f"{given}: no such file or folder")
    return sources


def _inspect_file(path: Path, options: ReadingOptions) -> list[SourceFile]:
    try:
        magic = path.open("rb").read(8)
        if magic.startswith(b"PAR1"):
            return [_inspect_parquet(path)]
        if magic.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
            return _inspect_workbook(path, zipped=magic.startswith(b"PK"), options=options)
        return [_inspect_text(path, options)]
    except ImportRefused as refusal:
        return [SourceFile(path, "unreadable", problem=str(refusal))]
    except OSError as error:
        return [SourceFile(path, "unreadable", problem=f"{path.name}: cannot be read ({error.strerror})")]


def unique_headers(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Headers made usable: trimmed, empty ones named by position, repeated ones numbered; and notes about it."""
    names: list[str] = []
    notes: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\u3000", " ").replace("\u00a0", " ").split()) or f"column {position}"
        if name in names:
            number = 2 + sum(1 for n in names if n.startswith(name + " ("))
            notes.append(f"the header {name!r} occurs again in column {position}: called '{name} ({number})' here")
            name = f"{name} ({number})"
        names.append(name)
    return tuple(names), tuple(notes)


def header_position(rows: Sequence[Sequence[str]]) -> int:
    """Index of the header: the first row about as wide as most rows (titles above a table are narrower)."""
    widths = [sum(1 for cell in row if cell.strip()) for row in rows]
    usual = Counter(w for w in widths if w).most_common(1)[0][0] if any(widths) else 0
    for index, width in enumerate(widths):
        if width and width * 2 > usual:
            return index
    return 0


def _finish(
    source: SourceFile, header: Sequence[str], body: Sequence[Sequence[str]], notes: Iterable[str]
) -> SourceFile:
    if REPAIR_PREFIX + "row" in header:  # a downloaded quarantine: no spreadsheet took its texts for formulas
        header, body = [plain(cell) for cell in header], [[plain(cell) for cell in row] for row in body]
    columns, header_notes = unique_headers(header)
    if not any(cell.strip() for cell in header):
        raise ImportRefused(f"{source.name}: no header row found; the first row must name the columns")
    width = len(columns)
    sample = tuple(tuple(([*row] + [""] * width)[:width]) for row in body[:SAMPLE_ROWS])
    many = [cell for row in body for cell in row]
    original = ""
    if REPAIR_PREFIX + "file" in columns and sample:
        original = sample[0][columns.index(REPAIR_PREFIX + "file")]
    return replace(
        source, columns=columns, sample=sample, notes=(*source.notes, *notes, *header_notes), original=original,
        decimal=values.guess_decimal(many, source.delimiter), dayfirst=values.guess_dayfirst(many),
    )  # fmt: skip


# ---------------------------------------------------------------------- text


def _inspect_text(path: Path, options: ReadingOptions) -> SourceFile:
    text = scan(path, options.encoding)
    head = read_head(path, text.encoding)
    delimiter = options.delimiter or _delimiter(head)
    records = _records(head, delimiter)
    rows = [row for row in records if row]
    if not rows:
        raise ImportRefused(f"{path.name}: no rows; the first row must name the columns")
    position = (options.header_row - 1) if options.header_row else header_position(rows)
    if position >= len(rows):
        raise ImportRefused(f"{path.name}: `header_row` {position + 1} lies below the last row")
    notes = [*text.notes]
    if position and not options.header_row:
        notes.append(f"the header is in row {position + 1}; what stands above it was left out")
    skip = [above for above, row in enumerate(records) if row][position]
    source = SourceFile(path, "csv", encoding=text.encoding, delimiter=delimiter, header_row=position + 1, skip=skip,
                        sha256=text.sha256, text=text)  # fmt: skip
    header = rows[position]
    if len(header) > 5000:
        raise ImportRefused(f"{path.name}: {len(header):,} columns in row {position + 1}; is this a table?")
    return _finish(source, header, rows[position + 1 : position + 1001], notes)


def _records(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return [line.split(delimiter) for line in text.splitlines()]


def _delimiter(text: str) -> str:
    """The delimiter that cuts most records into the same, largest number of fields."""

    def quality(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in _records(text, delimiter)[:2000] if row)
        if not widths:
            return 0.0, 0
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        return (count / widths.total() if width > 1 else 0.0), width

    return max(DELIMITERS, key=lambda d: (round(quality(d)[0], 1), quality(d)[1]))


# ---------------------------------------------------------------------- workbooks


def _inspect_workbook(path: Path, *, zipped: bool, options: ReadingOptions) -> list[SourceFile]:
    sha256 = _sha256(path)
    sources = []
    for sheet, rows in read_workbook(path, zipped=zipped).items():
        if not rows:
            continue
        texts = [[cell_text(cell) for cell in row] for row in rows[:1200]]
        position = (options.header_row - 1) if options.header_row else header_position(texts[:200])
        source = SourceFile(path, "xlsx", sheet=sheet, sha256=sha256, header_row=position + 1)
        notes = [f"the header is in row {position + 1}; what stands above it was left out"] if position else []
        try:
            body = [row for row in texts[position + 1 :] if any(row)]
            sources.append(_finish(source, texts[min(position, len(texts) - 1)], body, notes))
        except ImportRefused as refusal:
            sources.append(replace(source, format="unreadable", problem=str(refusal)))
    if not sources:
        raise ImportRefused(f"{path.name}: every sheet is empty")
    return sources


# ---------------------------------------------------------------------- parquet


def _inspect_parquet(path: Path) -> SourceFile:
    with connections.scratch() as con:
        try:
            described = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            texts = ", ".join(f"{quoted(name)}::VARCHAR" for name, *_ in described)
            rows = con.execute(f"SELECT {texts} FROM read_parquet(?) LIMIT 1000", [str(path)]).fetchall()
        except duckdb.Error as error:
            reason = str(error).splitlines()[0][:160]
            raise ImportRefused(f"{path.name}: cannot be read as parquet ({reason})") from None
    body = [["" if cell is None else cell for cell in row] for row in rows]
    source = SourceFile(path, "parquet", sha256=_sha256(path), header_row=1)
    return _finish(source, [name for name, *_ in described], body, ())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def quoted(name: str) -> str:
    """A name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def find_column(columns: Sequence[str], wanted: str) -> int | None:
    """Position of a header: the exact one, else the only one that differs in case, width or spacing at most."""
    if wanted in columns:
        return columns.index(wanted)
    same = [i for i, c in enumerate(columns) if schema.normalise(c) == schema.normalise(wanted) != ""]
    return same[0] if len(same) == 1 else None
