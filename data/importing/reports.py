"""What an import did, and what the warehouse holds: frozen answers for the command line and the Data page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from data import schema
from data.importing.mapping import Mapping
from data.importing.values import literal
from data.warehouse import Snapshot, Warehouse

SHOWN = 20  # imports that a terminal shows


@dataclass(frozen=True)
class FileReport:
    """One file (or sheet) and the table it fed: rows_in = accepted + quarantined. `reasons`: bad rows by kind."""

    name: str
    table: str
    rows_in: int
    accepted: int
    quarantined: int
    notes: tuple[str, ...] = ()
    reasons: dict[str, int] = field(default_factory=dict)
    file_id: int | None = None


@dataclass(frozen=True)
class TableReport:
    """Rows of one table that an import added and replaced."""

    name: str
    added: int
    replaced: int


@dataclass(frozen=True)
class Problem:
    """One row that was held back (a sample of them travels with the report)."""

    file: str
    table: str
    row: int
    column: str
    reason: str
    message: str


@dataclass(frozen=True)
class ImportReport:
    """Everything one import did. `snapshot`: the one published, if any; `proposal`: when a mapping is needed."""

    files: tuple[FileReport, ...] = ()
    tables: tuple[TableReport, ...] = ()
    ignored: tuple[tuple[str, str], ...] = ()  # file, why
    messages: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    snapshot: Snapshot | None = None
    proposal: Mapping | None = None
    dry_run: bool = False
    unchanged: bool = False  # everything given was imported before

    @property
    def exit_code(self) -> int:
        """0: published, would be (dry run), or nothing to change; 1: nothing could be published."""
        would = self.dry_run and any(f.accepted for f in self.files)
        return 0 if self.snapshot is not None or self.unchanged or would else 1

    def lines(self) -> list[str]:
        """What a terminal shows."""
        lines = []
        for file in self.files:
            lines.append(f"{file.name} -> {file.table}: {file.rows_in:,} rows, {file.accepted:,} accepted, "
                         f"{file.quarantined:,} quarantined")  # fmt: skip
            lines += [f"  {count:,} {reason}" for reason, count in file.reasons.items()]
            told = [p for p in self.problems if p.file == file.name and p.table == file.table]
            lines += [f"  row {p.row}{', ' + p.column if p.column else ''}: {p.message}" for p in told[:3]]
            lines += [f"  note: {note}" for note in file.notes]
        lines += [f"{t.name}: {t.added:,} added, {t.replaced:,} replaced" for t in self.tables]
        lines += [f"{name}: left aside, {reason}" for name, reason in self.ignored]
        lines += self.messages
        if self.proposal is not None:
            lines += ["", *self.proposal.to_toml().splitlines()]
        if self.snapshot is not None:
            lines.append(f"published snapshot {self.snapshot.id}")
        elif self.dry_run and self.exit_code == 0 and not self.unchanged:
            lines.append("dry run: nothing was published")
        return lines

    def to_dict(self) -> dict[str, Any]:
        """For --json."""
        data = asdict(replace(self, snapshot=None, proposal=None))
        data["snapshot"] = self.snapshot.id if self.snapshot else None
        data["proposal"] = self.proposal.to_toml() if self.proposal else None
        data["ignored"] = [{"name": name, "reason": reason} for name, reason in self.ignored]
        return data


@dataclass(frozen=True)
class ImportedFile:
    """A file that was imported, with its counts as they stand now: rows that waited and came in are accepted."""

    file_id: int
    name: str
    table: str
    mapping: str
    imported_at: str
    rows_in: int
    accepted: int
    quarantined: int
    to_repair: int  # quarantined and not brought in by another file since
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Status:
    """What the current snapshot holds. Without a snapshot all is empty."""

    snapshot: str | None
    as_of: str | None
    created_at: str | None
    origin: str | None
    supplied: tuple[str, ...]
    rows: dict[str, int]
    imports: tuple[ImportedFile, ...]
    waiting: int  # rows in quarantine that come in by themselves once what they refer to is imported
    to_repair: int  # rows in quarantine that nothing has replaced yet, the waiting ones included

    def lines(self) -> list[str]:
        """What a terminal shows."""
        if self.snapshot is None:
            return ["no data yet"]
        lines = [f"snapshot {self.snapshot} ({self.origin}), data to {self.as_of}, published {self.created_at}"]
        lines += [f"  {name}: {count:,} rows" for name, count in self.rows.items() if count]
        lines += [
            f"{f.imported_at} {f.name} -> {f.table}: {f.rows_in:,} rows, {f.accepted:,} accepted, "
            f"{f.quarantined:,} quarantined"
            for f in self.imports[:SHOWN]
        ]
        if self.to_repair:
            lines.append(
                f"quarantine: {self.to_repair:,} rows to repair, of which {self.waiting:,} wait for what they refer to"
            )
        return lines

    def to_dict(self) -> dict[str, Any]:
        """For --json."""
        return asdict(self)


def status(warehouse: Warehouse, *, last: int | None = None) -> Status:
    """Freshness, row counts and imports of the current snapshot, the newest import first (at most `last`)."""
    snapshot = warehouse.current()
    if snapshot is None:
        return Status(None, None, None, None, (), {}, (), 0, 0)
    with duckdb.connect() as con:
        con.execute(f"ATTACH {literal(str(Path(snapshot.database)))} AS warehouse (READ_ONLY)")
        rows = con.execute(
            f"""SELECT file_id, file_name, table_name, mapping_name, imported_at, rows_in, accepted, quarantined,
                (SELECT count(*) FROM warehouse.quarantine q WHERE q.file_id = f.file_id AND resolved_by IS NULL), notes
            FROM warehouse.import_file f ORDER BY file_id DESC LIMIT {last if last is not None else 1 << 30}"""
        ).fetchall()
        waits, repair = con.execute(
            "SELECT count(*) FILTER (mapped IS NOT NULL), count(*) FROM warehouse.quarantine WHERE resolved_by IS NULL"
        ).fetchall()[0]
    imports = tuple(
        ImportedFile(
            number, name, table, mapping, at, rows_in, accepted, quarantined, to_repair, tuple(json.loads(notes))
        )
        for number, name, table, mapping, at, rows_in, accepted, quarantined, to_repair, notes in rows
    )
    manifest = snapshot.manifest
    declared = {t.name for t in schema.TABLES}
    counts = {name: int(n) for name, n in manifest["rows"].items() if name in declared}
    return Status(
        snapshot=snapshot.id,
        as_of=manifest["as_of"],
        created_at=manifest["created_at"],
        origin=manifest["origin"],
        supplied=tuple(manifest["supplied"]),
        rows=counts,
        imports=imports,
        waiting=int(waits),
        to_repair=int(repair),
    )
