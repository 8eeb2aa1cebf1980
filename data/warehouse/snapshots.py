"""Snapshots of the warehouse: built aside, checked, published by one atomic rename. Readers never see half.

A snapshot that the disk damaged since is passed over: the one before serves, and everybody is told (damage.py).

warehouse/
    CURRENT                     the id of the snapshot that serves; replaced atomically
    snapshots/000012/           warehouse.duckdb, manifest.json, results/ (see analytics.refresh), DAMAGED
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
from data.warehouse import connections, cubes, damage, publishing
from data.warehouse.damage import Damaged, SnapshotDamaged

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
    def fault(self) -> str:
        """Why this snapshot cannot serve; empty when nothing speaks against it (see damage.py)."""
        return damage.fault(self.path, DATABASE, MANIFEST)

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
    changed: publishing.Changed | None = None  # what an import changed of its base; None: everything
    published: Snapshot | None = None
    previous: str | None = None  # the snapshot that served when the build began: where a rollback leads

    def publish(self, *, today: dt.date | None = None) -> Snapshot:
        """Derive, check, make durable, swap the pointer. Raises publishing.CheckFailed; then nothing changed."""
        settings, con = self.warehouse.settings, self.connection
        basis_changed = self.base is not None and self.base.manifest["sales_date"] != settings.sales_date
        if today is None:  # a clock that was set back must not take days away that the data had reached
            today = max(dt.date.today(), self.base.as_of if self.base else dt.date.min)
        changed = self.changed if self.base is not None and "documents_add" in self.base.manifest else None
        day = publishing.finish(con, settings, today=today, basis_changed=basis_changed, changed=changed)
        publishing.check(con, day, changed)
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
            "bytes": (self.path / DATABASE).stat().st_size,
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
        """The snapshot that serves: the published one, or the newest sound one before it where the disk damaged that;
        None on an empty home, or when none is sound. Costs a small file read and a look at two others."""
        pointed = self._pointed()
        if pointed is None or not pointed.fault:
            return pointed
        return next(iter(self._before(pointed)), None)

    def damaged(self) -> list[Damaged]:
        """The snapshots that should serve and cannot, newest first: empty unless `current` is a fallback or None."""
        pointed, serving = self._pointed(), self.current()
        if pointed is None or (serving is not None and serving.id == pointed.id):
            return []
        newest = [s for s in reversed(self._all()) if s.id < pointed.id and (serving is None or s.id > serving.id)]
        return [Damaged(s.id, s.fault) for s in (pointed, *newest) if s.fault]

    def _pointed(self) -> Snapshot | None:
        try:
            name = (self.root / "CURRENT").read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        if not name.isalnum():  # the pointer itself is damaged: what was published last
            published = self._all()
            return published[-1] if published else None
        return Snapshot(name, self.root / "snapshots" / name)

    def _before(self, broken: Snapshot) -> Iterator[Snapshot]:
        """Sound snapshots before a damaged one, the one that it followed first. Never one of another origin: demo
        numbers must not stand in for real ones."""
        older = [s for s in reversed(self._all()) if s.id < broken.id and not s.fault]
        try:
            before, origin = broken.manifest.get("previous"), broken.manifest.get("origin")
        except (OSError, ValueError):
            before, origin = None, None
        older.sort(key=lambda s: s.id != before)  # stable: the others stay newest first
        yield from (s for s in older if origin in (None, s.origin))

    def _all(self) -> list[Snapshot]:
        folder = self.root / "snapshots"
        return [Snapshot(p.name, p) for p in sorted(folder.glob("[0-9]*"))] if folder.is_dir() else []

    def snapshots(self) -> list[Snapshot]:
        """All whole snapshots, oldest first."""
        return [s for s in self._all() if not s.fault]

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
            if current is None and (broken := self.damaged()) and not (fresh and self._only_demo()):
                raise NoSnapshot(damage.nothing_left(broken))
            base = None if fresh or (current and current.origin != origin) else current
            number = max((int(p.name) for p in (self.root / "snapshots").glob("[0-9]*")), default=0) + 1
            name = f"{number:06d}"
            path = self.root / f"building-{name}-{os.getpid()}"
            path.mkdir(parents=True)
            (self.root / "snapshots").mkdir(exist_ok=True)
            connection: duckdb.DuckDBPyConnection | None = None
            try:
                if base is not None:
                    shutil.copyfile(base.database, path / DATABASE)
                connection = connections.writer(path / DATABASE)
                build = Build(self, path, name, base, origin, connection, set(base.supplied) if base else set())
                build.previous = current.id if current else None
                connection.execute(f"SET memory_limit = '{self.settings.memory_limit}'")
                connection.execute(f"SET threads = {self.settings.threads}")
                connection.execute(f"SET temp_directory = '{path / 'spill'}'")
                publishing.create_tables(connection)
                yield build
            except duckdb.Error as error:
                if base is None or not damage.says_damage(error) or not damage.found_in(base.database):
                    raise
                damage.mark(base.path, error)
                raise SnapshotDamaged(
                    f"snapshot {base.id} is damaged, and nothing was published; the one before serves: import again, "
                    "and with it what came in since"
                ) from None
            finally:
                if connection is not None:
                    connection.close()
                shutil.rmtree(path, ignore_errors=True)

    def _only_demo(self) -> bool:
        """What should serve is the demo company: it can be built anew."""
        pointed = self._pointed()
        try:
            return pointed is not None and pointed.origin == "demo"
        except (OSError, ValueError, KeyError):
            return False

    def previous(self) -> Snapshot | None:
        """The snapshot that the current one followed: where a rollback leads. None when none is kept."""
        current = self.current()
        name = current.manifest.get("previous") if current else None
        return next((s for s in self.snapshots() if s.id == name), None)

    def rollback(self) -> Snapshot:
        """Serve the previous snapshot: where a damaged one was passed over, the one that serves in its place. Raises
        NoSnapshot when there is none."""
        with self.locked():
            earlier = self.current() if self.damaged() else self.previous()
            if earlier is None:
                raise NoSnapshot("there is no earlier snapshot to return to")
            self.point_to(earlier.id)
            return earlier

    def prune(self) -> None:
        """Keep the newest `keep_snapshots`, the current one and the one it followed.

        An open reader keeps its file until it lets go.
        """
        needed = {s.id for s in (self.current(), self.previous()) if s is not None}
        keep = self.settings.keep_snapshots  # damaged ones as well: somebody may mend them
        kept = {s.id for s in (*self.snapshots()[-keep:], *self._all()[-keep:])}
        for snapshot in self._all():
            if snapshot.id not in needed | kept:
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
