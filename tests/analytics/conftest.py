"""Companies whose sales follow a known law, built once a run, whatever the number of workers. Copy before writing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from filelock import FileLock

from analytics import refresh as refreshing
from analytics.questions import segments_job
from analytics.refresh import Job
from data import demo
from data.company import Company
from data.settings import Settings
from data.warehouse import Warehouse
from tests.analytics import planted


def _once(folder: Path, name: str, build: Callable[[Path], object]) -> Path:
    home = folder / name
    with FileLock(folder / f"{name}.lock"):
        if not (folder / f"{name}.built").exists():
            build(home)
            (folder / f"{name}.built").touch()
    return home


@pytest.fixture(scope="session")
def whole_home(shared_folder: Path) -> Path:
    return _once(shared_folder, "planted-whole", lambda home: planted.build(home, planted.END))


@pytest.fixture(scope="session")
def whole(whole_home: Path) -> Company:
    """The planted company, 48 months to 30 June 2026."""
    return Company.open(whole_home)


@pytest.fixture(scope="session")
def running(shared_folder: Path) -> Company:
    """The planted company to 17 June 2026: a month has begun and is not over."""
    return Company.open(_once(shared_folder, "planted-running", lambda home: planted.build(home, planted.MID)))


@pytest.fixture(scope="session")
def peopled(shared_folder: Path) -> Company:
    """A demo company of 240 dealers and 15 months, of which nothing but the groups of dealers is computed: the small
    one is too small to tell all planted segments apart."""

    def build(home: Path) -> None:
        home.mkdir()
        demo.build(Warehouse(home, Settings()), dealers=240, months=15, seed=7)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(segments_job, "QUARTERS", 1)
            patch.setattr(segments_job, "RELEARNED", 0)
            patch.setattr(refreshing, "JOBS", (Job("segments", segments_job.compute, segments_job.RESULTS),))
            refreshing.refresh(Company.open(home))

    return Company.open(_once(shared_folder, "peopled", build))


@pytest.fixture(scope="session")
def truth(demo_home: Path) -> dict[str, Any]:
    """What was planted in the small demo company."""
    return json.loads((demo_home / demo.TRUTH_FILE).read_text(encoding="utf-8"))


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path], Company]:
    """A copy of a home, for writing."""

    def copy(home: Path, settings: str = "") -> Company:
        shutil.copytree(home, tmp_path / "copy")
        if settings:
            (tmp_path / "copy" / "config.toml").write_text(settings, encoding="utf-8")
        return Company.open(tmp_path / "copy")

    return copy


@pytest.fixture(scope="session")
def open_ones(table: Callable[[str], pd.DataFrame]) -> set[str]:
    """Ids of the dealers of the demo company that are not closed on the last day of its data."""
    frame = table("dim_dealer")
    closed = pd.to_datetime(frame["closed_date"]) <= pd.Timestamp("2026-06-30")
    assert closed.any()
    return set(frame.loc[~closed, "dealer_id"])
