"""The notebooks: narrated, short, without outputs, on the public API alone, and true from top to bottom."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from data import demo
from data.settings import Settings
from data.warehouse import Warehouse

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NAMES = ("bring_your_own_data", "dealer_segments", "forecasting", "getting_started", "promotion_effects", "receivables")
# What notebooks may import: questions and domains, a company and its scope, importing and the demo, charts and formats.
PUBLIC = ("analytics.questions", "analytics.forecasting", "analytics.promotions", "analytics.receivables",
          "analytics.segmentation", "data.company", "data.scope", "data.importing", "data.demo", "dashboard.charts",
          "dashboard.formats")  # fmt: skip
COMMON = ("io", "tempfile", "pathlib", "warnings", "numpy", "pandas")
LONGEST = 40  # lines of a cell, as ruff breaks them


def cells(path: Path, kind: str = "") -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind or not kind]


def code(path: Path) -> ast.Module:
    return ast.parse("\n".join(cell.source for cell in cells(path, "code")))


def within(module: str, allowed: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(name + ".") for name in allowed)


def test_all_are_there():
    assert tuple(path.stem for path in NOTEBOOKS) == NAMES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_outputs_are_kept(path: Path):
    assert [cell.id for cell in cells(path, "code") if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_narrated_and_short(path: Path):
    kinds = [cell.cell_type for cell in cells(path)]
    assert 10 <= len(kinds) <= 20
    assert kinds[0] == "markdown"
    assert [at for at, kind in enumerate(kinds) if kind == "code" and kinds[at - 1] != "markdown"] == []
    assert [cell.id for cell in cells(path, "code") if cell.source.count("\n") >= LONGEST] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_checks_numbers_and_says_what_to_do_without_data(path: Path):
    assert sum(isinstance(node, ast.Assert) for node in ast.walk(code(path))) >= 3
    words = "\n".join(cell.source for cell in cells(path, "markdown"))
    assert "**Check" in words or "**the check" in words
    if "Company.open()" in ast.unparse(code(path)):
        assert "python3 -m uv run --frozen qudao demo" in words


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_stands_on_the_public_api(path: Path):
    imported: list[str] = []
    for node in ast.walk(code(path)):
        if isinstance(node, ast.Import):
            imported += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported += [f"{node.module}.{name.name}" for name in node.names]
        elif isinstance(node, ast.Attribute):
            assert node.attr not in ("store", "result", "ledger"), f"{node.attr} lies behind the questions"
            assert node.attr == "__doc__" or not node.attr.startswith("_")
    assert [name for name in imported if not within(name, PUBLIC + COMMON) or "._" in name] == []


# ------------------------------------------------------------------ run from top to bottom


@pytest.fixture(scope="module")
def old_home(shared_folder: Path) -> Path:
    """A demo company of three years, of which nothing long was computed: old enough to test a forecast."""
    home = shared_folder / "old-home"
    with FileLock(shared_folder / "old-home.lock"):
        if not (shared_folder / "old-home.built").exists():
            demo.build(Warehouse(home, Settings()), dealers=60, months=36)
            (shared_folder / "old-home.built").touch()
    return home


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelManager]:
    """One kernel for all: a notebook costs less than the imports before it. `run` empties it before each."""
    manager = KernelManager(kernel_name="python3")
    here = {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path_factory.mktemp("notebooks"))}
    manager.start_kernel(cwd=str(FOLDER), env={**os.environ, **here})
    yield manager
    manager.shutdown_kernel(now=True)


def run(name: str, home: Path, kernel: KernelManager) -> str:
    """What the notebook printed; what it raised is raised here."""
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    begin = f"%reset -f\nimport os\nos.environ['QUDAO_HOME'] = {str(home)!r}\ndel os"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(begin))
    NotebookClient(notebook, km=kernel, timeout=300).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"] == []
    return "".join(output.text for output in outputs if output.output_type == "stream")


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_on_the_demo_company(name: str, demo_home: Path, kernel: KernelManager):
    run(name, demo_home, kernel)


def test_a_forecast_that_can_be_tested_is_better_than_last_year(old_home: Path, kernel: KernelManager):
    """On the small company the forecast is last year's months; on three years models must earn their place."""
    printed = run("forecasting", old_home, kernel)
    assert "deep mix" in printed
    assert "The forecast is being computed" in printed
