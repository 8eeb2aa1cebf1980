"""What an import did, and what the warehouse holds: frozen answers for the command line and the Data page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from data import schema
from data.importing.mapping import Mapping
from data.running import told
from data.warehouse import Damaged, Snapshot, Warehouse, connections


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
    damaged: tuple[Damaged, ...] = ()  # snapshots that should serve and cannot: this one stands in for them

    def to_dict(self) -> dict[str, Any]:
        """For --json."""
        return asdict(self)


def status(warehouse: Warehouse, *, snapshot: Snapshot | None = None, last: int | None = None) -> Status:
    """Freshness, row counts and imports of a snapshot (the current one), the newest import first (at most `last`).

    Raises SnapshotDamaged when it meets damage; the next call finds the snapshot before.
    """
    snapshot, broken = snapshot or warehouse.current(), tuple(warehouse.damaged())
    if snapshot is None:
        return Status(None, None, None, None, (), {}, (), 0, 0, broken)
    try:
        return _of(snapshot, broken, last)
    except duckdb.Error as error:
        raise told(error, snapshot.path) from None


def _of(snapshot: Snapshot, broken: tuple[Damaged, ...], last: int | None) -> Status:
    with connections.beside(Path(snapshot.database)) as con:
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
        damaged=broken,
    )
