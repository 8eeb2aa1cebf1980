"""Snapshots that the disk damaged after they were published: cut short, overwritten, unreadable.

Known at once: a manifest that cannot be read, a database of another size than was published. DuckDB keeps a checksum of
each block, so other damage comes to light when the block is read; whoever meets it writes `DAMAGED` beside the
database, and from the next look on the snapshot before serves.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from data import schema
from data.warehouse import connections

MARK = "DAMAGED"
# What DuckDB says about a database that is not as it was written; anything else is no matter of the disk.
_SIGNS = ("orrupt", "checksum", "not a valid DuckDB database", "Could not read enough bytes", "invalid magic")


@dataclass(frozen=True)
class Damaged:
    """A snapshot that cannot serve, and why."""

    id: str
    reason: str


class SnapshotDamaged(Exception):
    """A query met damage. The snapshot is marked: the next look at the home finds the one before."""


def says_damage(message: object) -> bool:
    """An error of DuckDB tells of a damaged file."""
    return any(sign in str(message) for sign in _SIGNS)


def found_in(database: Path) -> bool:
    """Read every block of a database: whether one of them is damaged."""
    try:
        with connections.beside(database) as con:
            for table in schema.TABLES:
                con.execute(f"SELECT bit_xor(hash(t)) FROM warehouse.{table.name} t").fetchall()
    except duckdb.Error as error:
        return says_damage(error)
    return False


def mark(snapshot: Path, reason: object) -> None:
    """Leave word that a snapshot is damaged. A home that cannot be written to keeps its readers' own word only."""
    text = str(reason).splitlines()[0][:200]
    _unwritten[snapshot] = text
    try:
        (snapshot / MARK).write_text(text + "\n", encoding="utf-8")
    except OSError:
        return
    del _unwritten[snapshot]


_unwritten: dict[Path, str] = {}


def fault(snapshot: Path, database: str, manifest: str) -> str:
    """Why a snapshot cannot serve; empty when nothing speaks against it. A few looks at the file system."""
    try:
        written = (snapshot / manifest).stat()
        size = _size(snapshot / manifest, written.st_mtime_ns, written.st_size)
    except (OSError, ValueError, TypeError):
        return f"{manifest} is missing or cannot be read"
    try:
        found = (snapshot / database).stat().st_size
    except OSError:
        return f"{database} is missing or cannot be read"
    if size is not None and found != size:
        return f"{database} has {found:,} bytes instead of {size:,}"
    if snapshot in _unwritten:
        return _unwritten[snapshot]
    try:
        return (snapshot / MARK).read_text(encoding="utf-8", errors="replace").strip() or "marked as damaged"
    except FileNotFoundError:
        return ""
    except OSError:
        return "cannot be read"


@lru_cache(maxsize=64)
def _size(manifest: Path, _changed: int, _bytes: int) -> int | None:
    """Size of the database when it was published; None in manifests that do not tell."""
    told = json.loads(manifest.read_text(encoding="utf-8"))
    size = told.get("bytes") if isinstance(told["rows"], dict) else None
    return None if size is None else int(size)


def nothing_left(broken: Sequence[Damaged]) -> str:
    """One line for a home whose data are all damaged."""
    first = broken[0]
    return (f"snapshot {first.id} is damaged ({first.reason}) and no earlier one can serve: bring back a backup of "
            "this home, or import into another one")  # fmt: skip
