"""How DuckDB is opened, in one place: with nothing open that need not be.

A reader reaches its snapshot and nothing else: no file, no network, no extension, and no setting that would allow one.
A writer may read the files that it imports; it installs and loads nothing, and takes no variable of Python for a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import duckdb

_CLOSED = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
           "allow_community_extensions": "false", "allow_persistent_secrets": "false",
           "python_enable_replacements": "false"}  # fmt: skip
_SEALED = _CLOSED | {"enable_external_access": "false", "lock_configuration": "true"}


def reader(database: Path, limits: Mapping[str, str]) -> duckdb.DuckDBPyConnection:
    """A snapshot, read-only and sealed. Everything is given at connecting: readers of one process share an instance."""
    return duckdb.connect(str(database), read_only=True, config={**_SEALED, **limits})


def writer(database: Path) -> duckdb.DuckDBPyConnection:
    """A warehouse that is being built."""
    return duckdb.connect(str(database), config=dict(_CLOSED))


def scratch() -> duckdb.DuckDBPyConnection:
    """A database in memory, for looking into a file before it is imported."""
    return duckdb.connect(config=dict(_CLOSED))


@contextmanager
def beside(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A snapshot attached as `warehouse`, sealed: for a process whose readers have opened it under other limits."""
    with scratch() as connection:
        path = str(database).replace("'", "''")
        connection.execute(f"ATTACH '{path}' AS warehouse (READ_ONLY)")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection


@lru_cache(maxsize=1024)
def reads_only(sql: str) -> bool:
    """It is one statement, and that selects. A sealed reader could still write beside its snapshot (its .wal), which
    the next one would stumble over."""
    statements = duckdb.extract_statements(sql)
    return len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT
