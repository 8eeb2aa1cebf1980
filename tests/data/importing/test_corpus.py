"""More than two hundred bad files through the import: no traceback, no hang, no row lost, errors that name
their place."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from data.importing import ImportRefused, ImportReport, Mapping, extents, import_files, inspect
from data.settings import Settings
from data.warehouse import Warehouse
from tests.data.importing import corpus

SECONDS = 60  # for one import of some files, on a busy machine; alone they take about two
MAPPING = Mapping.parse('[[feed]]\nfile = "*"\ntable = "fact_sales"\n[feed.columns]\n'
                        + "".join(f'{name} = "{name}"\n' for name in corpus.HEADER), name="corpus")  # fmt: skip
CELL = {"bad date", "bad number", "bad flag", "missing value", "unknown value"}


def in_time(work: Any) -> Any:
    """What the work returns or raises; it fails when it takes too long."""
    kept: dict[str, Any] = {}

    def run() -> None:
        try:
            kept["result"] = work()
        except BaseException as error:
            kept["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert not thread.is_alive(), f"still running after {SECONDS} s"
    if "error" in kept:
        raise kept["error"]
    return kept["result"]


def outcomes(folder: Path, files: dict[str, bytes]) -> dict[str, ImportReport | str]:
    """Of each file what came of it: the report of the import that took it, or the line that refused it.

    Those with the headers that the mapping names come in together, as from a folder; the others each alone, since the
    import refuses all for one that lacks a column. Where it refuses for another reason, it names the file to leave out.
    """
    for name, content in files.items():
        (folder / name).write_bytes(content)
    seen = in_time(lambda: inspect([folder]))
    whole = {source.path for source in seen if set(corpus.HEADER) <= set(source.columns)}
    together = [folder / name for name in files if folder / name in whole]
    rounds = [together, *([folder / name] for name in files if folder / name not in whole)]
    found: dict[str, ImportReport | str] = {}
    while rounds:
        left = rounds.pop(0)
        try:
            warehouse = Warehouse(folder.parent / "home", Settings())
            report = in_time(partial(import_files, warehouse, left, MAPPING, dry_run=True))
            found |= dict.fromkeys((path.name for path in left), report)
        except ImportRefused as refusal:
            blamed = [path for path in left if str(refusal).startswith(path.name)] or left
            if len(blamed) != 1:
                raise AssertionError(f"names no file: {refusal}") from None
            found[blamed[0].name] = str(refusal)
            if len(left) > 1:
                rounds.append([path for path in left if path not in blamed])
    return found


def groups() -> Iterator[dict[str, bytes]]:
    files = [*corpus.csv_files().items(), *corpus.other_files().items()]
    yield from (dict(files[at : at + 70]) for at in range(0, len(files), 70))


@pytest.fixture(autouse=True)
def _small_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extents, "UNPACKED_LIMIT", corpus.BOMB // 2)


@pytest.mark.parametrize("group", list(groups()), ids=lambda group: next(iter(group)))
def test_bad_files(tmp_path: Path, group: dict[str, bytes]) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    wrong: list[str] = []
    for name, outcome in outcomes(folder, group).items():
        expected = corpus.EXPECTED.get(name)
        if isinstance(outcome, str):
            if "\n" in outcome or name not in outcome or re.search(r"Traceback|duckdb", outcome):
                wrong.append(f"{name}: refused by {outcome!r}")
            if expected and expected != corpus.REFUSED:
                wrong.append(f"{name}: refused ({outcome}) instead of {expected}")
            continue
        mine = [file for file in outcome.files if file.name.split(":")[0] == name]
        counts = sum(f.accepted for f in mine), sum(f.quarantined for f in mine)
        if any(f.rows_in != f.accepted + f.quarantined or sum(f.reasons.values()) != f.quarantined for f in mine):
            wrong.append(f"{name}: rows were lost: {mine}")
        if expected and counts != expected:
            wrong.append(f"{name}: {counts} instead of {expected}: {[f.reasons for f in mine]}")
        wrong += [
            f"{name}: {problem} names no place"
            for problem in outcome.problems
            if problem.file.split(":")[0] == name
            and (problem.row < 2 or not problem.message or (problem.reason in CELL and not problem.column))
        ]
    assert wrong == []


def test_there_are_two_hundred() -> None:
    assert len({content for group in groups() for content in group.values()}) >= 200


def test_it_does_not_take_long(tmp_path: Path) -> None:
    """The worst of them, each alone: a small file must not take long."""
    files = corpus.other_files() | {n: c for n, c in corpus.csv_files().items() if "huge" in n or "one line" in n}
    for name in ("a far cell.xlsx", "a far row.xlsx", "a lying bomb.xlsx", *(n for n in files if "one line" in n)):
        path = tmp_path / name
        path.write_bytes(files[name])
        began = time.process_time()
        with pytest.raises(ImportRefused):
            in_time(lambda path=path: import_files(Warehouse(tmp_path / "home", Settings()), [path], MAPPING))
        assert time.process_time() - began < 10, name
