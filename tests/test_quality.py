"""What tools can check about the code itself: style, types, the direction of imports, the size of modules."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent
LONGEST = 600  # lines of a module
# Where the repository was written is nobody's business: spelled in parts, so that this file passes its own test.
FORBIDDEN = re.compile("/" + r"work/(main|shared)|/" + r"tmp/team|/" + r"home/\w+/|/" + r"Users/\w+/")
TEXTS = (".py", ".md", ".toml", ".sql", ".po", ".ipynb", ".yml", ".yaml", ".sh", ".css", ".svg", ".csv", ".json", "")


def run(*command: str) -> None:
    done = subprocess.run(
        [str(TOOLS / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}", pytrace=False)


def files() -> list[Path]:
    """The files of the repository: those that git tracks, or all where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        hidden = re.compile(r"/(\.venv|\.git|__pycache__|\.\w+_cache)/")
        paths = [path for path in ROOT.rglob("*") if not hidden.search(path.as_posix())]
    return [path for path in paths if path.is_file()]


def test_style():
    run("ruff", "check", ".")


def test_format():
    run("ruff", "format", "--check", ".")


def test_types():
    run("mypy")


def test_imports_run_in_one_direction():
    run("lint-imports", "--no-logo")


def test_no_module_is_long():
    counted = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files() if path.suffix == ".py"}
    assert counted
    assert {path: lines for path, lines in counted.items() if lines > LONGEST} == {}


def test_nothing_names_the_machine_it_was_written_on():
    texts = [path for path in files() if path.suffix in TEXTS and path.name != "uv.lock"]
    found = {str(path.relative_to(ROOT)): FORBIDDEN.findall(text) for path in texts
             if FORBIDDEN.search(text := path.read_text(encoding="utf-8", errors="replace"))}  # fmt: skip
    assert found == {}


def test_the_ci_script_runs_the_command_of_the_readme():
    command = "python3 -m pip install uv && python3 -m uv run --frozen pytest"
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
