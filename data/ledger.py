"""What people write: notes, overrides, collection actions, saved views, and the audit trail.

One append-only table, which the file itself guards: a change is a new entry for the same kind and subject, so history
is never lost. SQLite through SQLAlchemy; the schema is versioned by Alembic (data/migrations).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import event

FILE = "ledger.sqlite"
WAIT = 10  # seconds that a write waits for another one

_METADATA = sa.MetaData()
ENTRY = sa.Table(
    "entry",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String, nullable=False, comment="UTC, ISO 8601"),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False, comment="saved_view, collection_action, note, import ..."),
    sa.Column("subject", sa.String, nullable=False, comment="what it is about, e.g. dealer:D0412"),
    sa.Column("body", sa.JSON, nullable=False, comment="empty = withdrawn"),
    sa.Index("ix_entry_kind_subject", "kind", "subject", "id"),
)


def now() -> str:
    """This second, as entries hold it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Entry:
    """One thing that somebody wrote, at one time."""

    id: int
    at: str
    who: str
    kind: str
    subject: str
    body: dict[str, Any]


class LedgerUnavailable(Exception):
    """An entry could not be written, and nothing was: another process holds the ledger, the disk is full or does not
    take writes. Reads go on."""


class Ledger:
    """The ledger of one home. Opening creates or upgrades the file."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE

    @cached_property
    def _engine(self) -> sa.Engine:
        from alembic import command
        from alembic.config import Config

        self.path.parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(f"sqlite:///{self.path}", connect_args={"timeout": WAIT})

        @event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")

        config = Config()
        config.set_main_option("script_location", "data:migrations")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return engine

    def write(self, kind: str, subject: str, who: str, body: dict[str, Any], *, at: str = "") -> Entry:
        """Append an entry. An empty body withdraws the subject. at: when it happened, else now. Raises
        LedgerUnavailable."""
        values = {"at": at or now(), "who": who, "kind": kind, "subject": subject, "body": body}
        try:
            with self._engine.begin() as connection:
                id = connection.execute(sa.insert(ENTRY).values(**values)).inserted_primary_key[0]  # type: ignore[index]
        except sa.exc.OperationalError as error:
            raise LedgerUnavailable(str(error.orig)) from None
        return Entry(id, **values)  # type: ignore[arg-type]

    def latest(self, kind: str) -> list[Entry]:
        """The standing entry of each subject of a kind, oldest first; withdrawn ones left out."""
        newest = sa.select(sa.func.max(ENTRY.c.id)).where(ENTRY.c.kind == kind).group_by(ENTRY.c.subject)
        return [entry for entry in self._entries(ENTRY.c.id.in_(newest)) if entry.body]

    def entries(self, kind: str) -> list[Entry]:
        """Every entry of a kind, oldest first, withdrawals included."""
        return self._entries(ENTRY.c.kind == kind)

    def trail(self, *, kinds: Sequence[str] = (), who: str = "", since: str = "", until: str = "",
              most: int = 0) -> list[Entry]:  # fmt: skip
        """Entries of all kinds (or of these) by one or all, from `since` to before `until` (UTC, ISO 8601), newest
        first; at most so many, where given."""
        where = [*([ENTRY.c.kind.in_(kinds)] if kinds else []), *([ENTRY.c.who == who] if who else []),
                 *([ENTRY.c.at >= since] if since else []), *([ENTRY.c.at < until] if until else [])]  # fmt: skip
        wanted = sa.select(ENTRY).where(*where).order_by(ENTRY.c.id.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.limit(most) if most else wanted).all()
        return [Entry(*row) for row in rows]

    def distinct(self, column: Literal["who", "kind"]) -> list[str]:
        """Everybody who wrote, or every kind that was written."""
        with self._engine.connect() as connection:
            return sorted(connection.execute(sa.select(ENTRY.c[column]).distinct()).scalars())

    def version(self, kinds: Sequence[str]) -> int:
        """Number of the newest entry of these kinds; 0 without any. It changes with every entry."""
        newest = sa.select(sa.func.max(ENTRY.c.id)).where(ENTRY.c.kind.in_(kinds))
        with self._engine.connect() as connection:
            return connection.execute(newest).scalar() or 0

    def history(self, kind: str, subject: str) -> list[Entry]:
        """Every entry of one subject, oldest first."""
        return self._entries(ENTRY.c.kind == kind, ENTRY.c.subject == subject)

    def _entries(self, *where: sa.ColumnElement[bool]) -> list[Entry]:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(ENTRY).where(*where).order_by(ENTRY.c.id)).all()
        return [Entry(*row) for row in rows]
