"""The small demo company as tests see it: its tables, its truths, and the world that made it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from data.demo import TRUTH_FILE
from data.demo.world import World, world
from data.settings import Settings
from data.warehouse import Warehouse

Query = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def query(demo_home: Path) -> Iterator[Query]:
    """Run SQL on the small demo company; returns a frame."""
    snapshot = Warehouse(demo_home, Settings()).current()
    assert snapshot is not None
    con = duckdb.connect()  # attached, as a store of the same process opens the file with a configuration of its own
    con.execute(f"ATTACH '{snapshot.database}' AS demo (READ_ONLY)")
    con.execute("USE demo")
    yield lambda sql, *parameters: con.execute(sql, list(parameters)).df()
    con.close()


@pytest.fixture(scope="session")
def truth(demo_home: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((demo_home / TRUTH_FILE).read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="session")
def company() -> World:
    """The same decisions as in `demo_home`, made again: the counterfactual that the tables do not show."""
    return world(120, 26, 20260630, date(2026, 6, 30), Settings())
