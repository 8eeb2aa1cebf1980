"""Snapshots of the warehouse: built aside, checked, published by one atomic rename. Readers never see half.

warehouse/
    CURRENT                     the id of the snapshot that serves; replaced atomically
    snapshots/000012/           warehouse.duckdb, manifest.json, results/ (see analytics.refresh)
    building-000013-<pid>/      a build in progress; removed when it dies
    .lock                       held by the one build at a time
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import duckdb
from filelock import FileLock, Timeout

from data import schema
from data.settings import Settings
from data.warehouse import cubes, publishing

Origin = Literal["demo", "import"]
DATABASE = "warehouse.duckdb"
MANIFEST = "manifest.json"


class WarehouseBusy(Exception):
    """Another process is building a snapshot."""


class NoSnapshot(Exception):
    """The home holds no snapshot (or none to go back to)."""


@dataclass(frozen=True)
class Snapshot:
    """One published warehouse. Immutable but for `results`, which the refresh adds."""

    id: str
    path: Path

    @property
    def database(self) -> Path:
        return self.path / DATABASE

    @property
    def results(self) -> Path:
        return self.path / "results"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """origin, as_of, created_at, sales_date (basis), supplied (authoritative dimensions), documents_add
        (see cubes; missing before there were cubes), rows a table."""
        data: dict[str, Any] = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        return data

    @property
    def as_of(self) -> dt.date:
        return dt.date.fromisoformat(self.manifest["as_of"])

    @property
    def origin(self) -> Origin:
        return self.manifest["origin"]

    @property
    def company(self) -> dict[str, str]:
        """name and name_en of the company, where the data bring them; settings win over them."""
        return dict(self.manifest.get("company", {}))

    @property
    def supplied(self) -> frozenset[str]:
        """Dimensions that a file supplied: unknown ids are refused, not added."""
        return frozenset(self.manifest["supplied"])


@dataclass
class Build:
    """A snapshot being made: write to `connection`, then `publish`."""

    warehouse: Warehouse
    path: Path
    id: str
    base: Snapshot | None
    origin: Origin
    connection: duckdb.DuckDBPyConnection
    supplied: set[str] = field(default_factory=set)
    company: dict[str, str] = field(default_factory=dict)  # name and name_en, where the data bring them (the demo's do)
    published: Snapshot | None = None
    previous: str | None = None  # the snapshot that served when the build began: where a rollback leads

    def publish(self, *, today: dt.date | None = None) -> Snapshot:
        """Derive, check, make durable, swap the pointer. Raises publishing.CheckFailed; then nothing changed."""
        settings, con = self.warehouse.settings, self.connection
        basis_changed = self.base is not None and self.base.manifest["sales_date"] != settings.sales_date
        day = publishing.finish(con, settings, today=today or dt.date.today(), basis_changed=basis_changed)
        publishing.check(con, day)
        rows = {t.name: con.execute(f"SELECT count(*) FROM {t.name}").fetchall()[0][0] for t in schema.TABLES}
        documents_add = cubes.documents_add(con)
        con.execute("CHECKPOINT")
        con.close()
        manifest = {
            "id": self.id,
            "origin": self.origin,
            "as_of": day.isoformat(),
            "created_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "sales_date": settings.sales_date,
            "supplied": sorted(self.supplied),
            "company": self.company,
            "previous": self.previous,
            "documents_add": documents_add,
            "rows": rows,
        }
        (self.path / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        for name in (DATABASE, MANIFEST):
            _sync(self.path / name)
        _sync(self.path)
        target = self.warehouse.root / "snapshots" / self.id
        os.rename(self.path, target)
        _sync(target.parent)
        self.warehouse.point_to(self.id)
        self.published = Snapshot(self.id, target)
        self.warehouse.prune()
        return self.published


class Warehouse:
    """The snapshots of one home. Any number of readers; one build at a time."""

    def __init__(self, home: Path, settings: Settings) -> None:
        self.home, self.settings = home, settings
        self.root = home / "warehouse"

    def current(self) -> Snapshot | None:
        """The snapshot that serves, or None on an empty home. Costs one small file read."""
        try:
            name = (self.root / "CURRENT").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        return Snapshot(name, self.root / "snapshots" / name)

    def snapshots(self) -> list[Snapshot]:
        """All whole snapshots, oldest first."""
        folder = self.root / "snapshots"
        if not folder.is_dir():
            return []
        return [Snapshot(p.name, p) for p in sorted(folder.iterdir()) if (p / MANIFEST).exists()]

    def point_to(self, name: str) -> None:
        """Swap the pointer in one atomic step: this is the publication."""
        temporary = self.root / "CURRENT.tmp"
        temporary.write_text(name + "\n", encoding="ascii")
        _sync(temporary)
        os.replace(temporary, self.root / "CURRENT")
        _sync(self.root)

    @contextmanager
    def locked(self, wait: float = 10.0) -> Iterator[None]:
        """Hold the build lock. Raises WarehouseBusy after `wait` seconds."""
        self.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / ".lock")
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise WarehouseBusy("another import is running on this home; try again when it has ended") from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def build(self, origin: Origin, *, fresh: bool = False, wait: float = 10.0) -> Iterator[Build]:
        """A writable copy of the current snapshot; an empty one when `fresh`, when there is none, or when it is of
        another origin (the demo company and real data never mix).

        Leaving without `publish` throws it away. Raises WarehouseBusy.
        """
        with self.locked(wait):
            self._clear_dead_builds()
            current = self.current()
            base = None if fresh or (current and current.origin != origin) else current
            number = max((int(p.name) for p in (self.root / "snapshots").glob("[0-9]*")), default=0) + 1
            name = f"{number:06d}"
            path = self.root / f"building-{name}-{os.getpid()}"
            path.mkdir(parents=True)
            (self.root / "snapshots").mkdir(exist_ok=True)
            if base is not None:
                shutil.copyfile(base.database, path / DATABASE)
            connection = duckdb.connect(str(path / DATABASE))
            serving = self.current()
            build = Build(self, path, name, base, origin, connection, set(base.supplied) if base else set())
            build.previous = serving.id if serving else None
            try:
                connection.execute(f"SET memory_limit = '{self.settings.memory_limit}'")
                connection.execute(f"SET threads = {self.settings.threads}")
                connection.execute(f"SET temp_directory = '{path / 'spill'}'")
                publishing.create_tables(connection)
                yield build
            finally:
                connection.close()
                shutil.rmtree(path, ignore_errors=True)

    def previous(self) -> Snapshot | None:
        """The snapshot that the current one followed: where a rollback leads. None when none is kept."""
        current = self.current()
        name = current.manifest.get("previous") if current else None
        return next((s for s in self.snapshots() if s.id == name), None)

    def rollback(self) -> Snapshot:
        """Serve the previous snapshot. Raises NoSnapshot when there is none."""
        with self.locked():
            earlier = self.previous()
            if earlier is None:
                raise NoSnapshot("there is no earlier snapshot to return to")
            self.point_to(earlier.id)
            return earlier

    def prune(self) -> None:
        """Keep the newest `keep_snapshots`, the current one and the one it followed.

        An open reader keeps its file until it lets go.
        """
        needed = {s.id for s in (self.current(), self.previous()) if s is not None}
        for snapshot in self.snapshots()[: -self.settings.keep_snapshots]:
            if snapshot.id not in needed:
                shutil.rmtree(snapshot.path, ignore_errors=True)

    def _clear_dead_builds(self) -> None:
        """Remove what a killed build left. Runs under the lock, so no build is alive."""
        for path in self.root.glob("building-*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in (self.root / "snapshots").glob("[0-9]*"):
            if not (path / MANIFEST).exists():
                shutil.rmtree(path, ignore_errors=True)


def _sync(path: Path) -> None:
    """Flush a file or directory to the disk (a directory only where the platform can)."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
