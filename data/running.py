"""How a reader's query runs: interrupted when it takes too long, and DuckDB's failures as what they mean.

A page that asks too much must not hold up the others: one thread looks after all running queries and interrupts those
that are over their time. `interrupt` ends a query within milliseconds; other cursors go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from data.warehouse import damage
from data.warehouse.damage import SnapshotDamaged

_LOOK = 0.05  # seconds between two looks at the running queries


class QueryTooLong(Exception):
    """A query took longer than `query_seconds` of the settings and was interrupted."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the query took longer than {seconds:g} seconds and was interrupted; ask for less at a time, "
                         "or raise query_seconds in config.toml")  # fmt: skip
        self.seconds = seconds


class NotEnoughMemory(Exception):
    """A query needs more memory than `memory_limit` of the settings allows."""

    def __init__(self) -> None:
        super().__init__("the query needs more memory than DuckDB may use; ask for less at a time, or raise "
                         "memory_limit in config.toml")  # fmt: skip


class _Watch:
    """Which queries run until when."""

    def __init__(self) -> None:
        self._until: dict[object, tuple[float, duckdb.DuckDBPyConnection]] = {}
        self._lock, self._some = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, cursor: duckdb.DuckDBPyConnection, seconds: float) -> object:
        ticket = object()
        with self._lock:
            self._until[ticket] = (time.monotonic() + seconds, cursor)
            self._some.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="query watch", daemon=True)
                self._thread.start()
        return ticket

    def remove(self, ticket: object) -> None:
        with self._lock:
            self._until.pop(ticket, None)
            if not self._until:
                self._some.clear()

    def _look(self) -> None:
        while True:
            self._some.wait()
            now = time.monotonic()
            with self._lock:  # a cursor is not closed while it is interrupted
                for until, cursor in self._until.values():
                    if now >= until:
                        cursor.interrupt()
            time.sleep(_LOOK)


_watch = _Watch()


@contextmanager
def cursor(
    connection: duckdb.DuckDBPyConnection, snapshot: Path, seconds: float | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor for one query. `seconds`: how long it may run; None: as long as it takes.

    Raises QueryTooLong, NotEnoughMemory, SnapshotDamaged (the snapshot is then marked).
    """
    own = connection.cursor()
    ticket = _watch.add(own, seconds) if seconds else None
    try:
        yield own
    except duckdb.InterruptException:
        if not seconds:
            raise
        raise QueryTooLong(seconds) from None
    except duckdb.OutOfMemoryException:
        raise NotEnoughMemory from None
    except duckdb.Error as error:
        raise told(error, snapshot) from None
    finally:
        if ticket is not None:
            _watch.remove(ticket)
        own.close()


def told(error: duckdb.Error, snapshot: Path) -> Exception:
    """The error, or SnapshotDamaged where that is what it says."""
    if not damage.says_damage(error):
        return error
    damage.mark(snapshot, error)
    return SnapshotDamaged(f"snapshot {snapshot.name} is damaged; the next try finds the one before")
