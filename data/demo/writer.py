"""Rows into the warehouse: numpy columns through Arrow, without a Python loop over rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

_VIEW = "demo_rows"


def named(positions: np.ndarray, names: Sequence[str]) -> pa.DictionaryArray:
    """Positions in `names` as text; negative positions are NULL."""
    codes = pa.array(positions.astype(np.int32), mask=positions < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(names), pa.string()))


def dates(values: np.ndarray) -> pa.Array:
    """datetime64 as dates; NaT is NULL."""
    return pa.array(values.astype("datetime64[D]"))


def insert(
    con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, pa.Array], computed: dict[str, str] | None = None
) -> None:
    """Append rows. `computed` adds columns as SQL over the others; names that start with _ only feed these."""
    computed = computed or {}
    target = [name for name in columns if not name.startswith("_")]
    with _registered(con, pa.table(columns)):
        names = ", ".join([*target, *computed])
        values = ", ".join([*target, *computed.values()])
        con.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {_VIEW}")


def insert_frame(con: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    """Append the rows of a frame, columns by name."""
    if len(frame):
        with _registered(con, pa.Table.from_pandas(frame, preserve_index=False)):
            names = ", ".join(frame.columns)
            con.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {_VIEW}")


@contextmanager
def _registered(con: duckdb.DuckDBPyConnection, table: pa.Table) -> Iterator[None]:
    con.register(_VIEW, table)
    try:
        yield
    finally:
        con.unregister(_VIEW)
