"""Companies whose sales follow a known law, built once a run, whatever the number of workers. Copy before writing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from data.company import Company
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


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path], Company]:
    """A copy of a home, for writing."""

    def copy(home: Path, settings: str = "") -> Company:
        shutil.copytree(home, tmp_path / "copy")
        if settings:
            (tmp_path / "copy" / "config.toml").write_text(settings, encoding="utf-8")
        return Company.open(tmp_path / "copy")

    return copy
