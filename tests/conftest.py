"""What all tests share: a clean environment, a demo company, and a folder of real data, no part of this repository."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings

from analytics.refresh import refresh
from data.company import Company
from data.demo import build
from data.settings import Settings
from data.warehouse import Warehouse

# No deadline: on a busy machine the first example pays for imports. Fewer examples than usual, but in every run.
settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")

_FOR_TESTS = ("QUDAO_BENCH_DATA", "QUDAO_CHROMIUM")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--data", metavar="DIR", default=os.environ.get("QUDAO_BENCH_DATA"),
                     help="folder of real data (northwind/, superstore/ ...); also QUDAO_BENCH_DATA")  # fmt: skip


def pytest_configure() -> None:
    """Settings of whoever runs the tests must not reach them."""
    for name in [name for name in os.environ if name.startswith("QUDAO_") and name not in _FOR_TESTS]:
        del os.environ[name]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """A test or file that was named runs in this process: no workers to wait for, and a debugger can stop it."""
    return 0 if len(config.args) == 1 and ".py" in config.args[0] else None


@pytest.fixture(scope="session")
def real_data(request: pytest.FixtureRequest) -> Path:
    """The folder of real data; tests that need it are skipped where it is absent."""
    given = request.config.getoption("--data")
    if not given:
        pytest.skip("no real data: give --data DIR or set QUDAO_BENCH_DATA")
    folder = Path(given)
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is no folder")
    return folder


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its workers share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def demo_home(shared_folder: Path) -> Path:
    """A home with a small demo company, published and refreshed: 120 dealers, 26 months to 30 June 2026.

    Built once a run, whatever the number of workers. Copy it before writing.
    """
    home = shared_folder / "demo-home"
    with FileLock(shared_folder / "demo-home.lock"):
        if not (shared_folder / "demo-home.built").exists():
            home.mkdir()
            build(Warehouse(home, Settings()), dealers=120, months=26)
            refresh(Company.open(home))
            (shared_folder / "demo-home.built").touch()
    return home


@pytest.fixture(scope="session")
def company(demo_home: Path) -> Company:
    """The small demo company, opened for reading."""
    return Company.open(demo_home)


@pytest.fixture(scope="session")
def table(company: Company) -> Callable[[str], pd.DataFrame]:
    """Whole tables of the small demo company, money as float, ids as text: the other side of every comparison."""
    read: dict[str, pd.DataFrame] = {}

    def whole(name: str) -> pd.DataFrame:
        if name not in read:
            frame = company.store._unscoped(f"SELECT * FROM {name}")
            for column in frame.columns:
                if isinstance(frame[column].dtype, pd.CategoricalDtype):
                    frame[column] = frame[column].astype(object)
            read[name] = frame
        return read[name]

    return whole
