"""What all tests share: the option that names a folder of real data, which is no part of this repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.demo import build
from data.settings import Settings
from data.warehouse import Warehouse


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--data", metavar="DIR", default=os.environ.get("QUDAO_BENCH_DATA"),
                     help="folder of real data (northwind/, superstore/ ...); also QUDAO_BENCH_DATA")  # fmt: skip


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
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a small demo company, published: 120 dealers, 26 months to 30 June 2026. Copy it before writing."""
    home = tmp_path_factory.mktemp("demo-home")
    build(Warehouse(home, Settings()), dealers=120, months=26)
    return home
