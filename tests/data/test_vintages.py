"""What was said on earlier days is kept beside the snapshots, each company's for itself."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from data.vintages import Vintages
from data.warehouse import Snapshot

JUNE, JULY = dt.date(2026, 6, 30), dt.date(2026, 7, 31)


def snapshot(home: Path, id: str, as_of: dt.date, origin: str = "import") -> Snapshot:
    path = home / "snapshots" / id
    path.mkdir(parents=True, exist_ok=True)
    (path / "manifest.json").write_text(json.dumps({"id": id, "origin": origin, "as_of": str(as_of)}))
    return Snapshot(id, path)


def said(value: float) -> pd.DataFrame:
    return pd.DataFrame({"key": ["a"], "mean": [value]})


def test_what_was_said_outlives_its_snapshot(tmp_path: Path) -> None:
    Vintages(tmp_path, snapshot(tmp_path, "000001", JUNE)).keep("forecast", said(1.0))
    later = Vintages(tmp_path, snapshot(tmp_path, "000002", JULY))
    assert later.days("forecast") == [JUNE]
    assert later.read("forecast", JUNE)["mean"].tolist() == [1.0]
    assert later.days("another") == []
    with pytest.raises(FileNotFoundError):
        later.read("forecast", JULY)


def test_only_earlier_days_count_and_a_later_word_of_a_day_replaces_the_first(tmp_path: Path) -> None:
    may = dt.date(2026, 5, 31)
    for id, day in (("1", JULY), ("2", may), ("3", JUNE)):
        Vintages(tmp_path, snapshot(tmp_path, id, day)).keep("forecast", said(float(id)))
    Vintages(tmp_path, snapshot(tmp_path, "4", JUNE)).keep("forecast", said(9.0))  # imported again, same last day
    assert Vintages(tmp_path, snapshot(tmp_path, "5", JULY)).days("forecast") == [may, JUNE]
    assert Vintages(tmp_path, snapshot(tmp_path, "5", JULY)).read("forecast", JUNE)["mean"].tolist() == [9.0]
    assert Vintages(tmp_path, snapshot(tmp_path, "6", may)).days("forecast") == []  # after a rollback
    assert not list(tmp_path.rglob("*.part"))


def test_a_demo_company_never_reads_what_was_said_of_another(tmp_path: Path) -> None:
    Vintages(tmp_path, snapshot(tmp_path, "000001", JUNE, "demo")).keep("forecast", said(1.0))
    assert Vintages(tmp_path, snapshot(tmp_path, "000002", JULY, "demo")).days("forecast") == []
    assert Vintages(tmp_path, snapshot(tmp_path, "000003", JULY)).days("forecast") == []
