"""The long computations: several results of one job, whole or not at all, and who is at work."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from pathlib import Path

import pandas as pd
import pytest

from analytics import refresh as refreshing
from analytics.refresh import Job, at_work, missing, refresh
from data.company import Company
from tests.golden_home import small_company

ONE = pd.DataFrame({"value": [1.0]})


@pytest.fixture
def tiny(tmp_path: Path) -> Company:
    sale = {"line_id": "1", "line_type": "sale", "dealer_id": "D1", "order_date": dt.date(2026, 1, 5), "net_amount": 1}
    return small_company(tmp_path, {"dim_dealer": [{"dealer_id": "D1"}], "fact_sales": [sale]})


def pair(tiny: Company, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One job of two results; what it is asked to compute is noted."""
    asked: list[str] = []

    def compute(company, scope, report):
        asked.append(company.snapshot.id)
        report(1, 4)
        report(4, 4)
        return {"left": ONE, "right": ONE * 2}

    monkeypatch.setattr(refreshing, "JOBS", (Job("pair", compute, ("left", "right")),))
    return asked


def test_all_results_of_a_job_are_stored_and_not_computed_again(tiny, monkeypatch):
    asked = pair(tiny, monkeypatch)
    seen: list[tuple[str, int, int]] = []
    assert refresh(tiny, lambda *told: seen.append(told)) == ["pair"]
    assert tiny.result("left")["value"].tolist() == [1.0]
    assert tiny.result("right")["value"].tolist() == [2.0]
    assert seen == [("pair", 0, 1), ("pair", 1, 4), ("pair", 4, 4), ("pair", 1, 1)]
    assert refresh(tiny) == []
    assert len(asked) == 1
    assert {path.suffix for path in tiny.snapshot.results.iterdir()} == {".parquet"}


@pytest.mark.parametrize("lost", ["left", "right"])
def test_a_job_that_lacks_one_result_runs_again(tiny, monkeypatch, lost):
    pair(tiny, monkeypatch)
    refresh(tiny)
    (tiny.snapshot.results / f"{lost}.parquet").unlink()
    assert [job.name for job in missing(tiny)] == ["pair"]
    assert refresh(tiny) == ["pair"]
    assert missing(tiny) == []


def test_nobody_reads_half_of_what_broke(tiny, monkeypatch):
    def breaks(company, scope, report):
        report(1, 2)
        raise RuntimeError("no more memory")

    monkeypatch.setattr(refreshing, "JOBS", (Job("pair", breaks, ("left",)),))
    with pytest.raises(RuntimeError):
        refresh(tiny)
    assert tiny.result("left") is None
    pair(tiny, monkeypatch)
    assert refresh(tiny) == ["pair"]
    assert at_work(tiny) is None


def test_another_process_sees_how_far_the_work_is(tiny, monkeypatch):
    told: list[tuple[str, int, int] | None] = []
    monkeypatch.setattr(refreshing, "_PAUSE", 0.0)

    def compute(company, scope, report):
        told.append(at_work(Company.open(company.home)))
        report(3, 7)
        told.append(at_work(Company.open(company.home)))
        return {"left": ONE}

    monkeypatch.setattr(refreshing, "JOBS", (Job("slow", compute, ("left",)),))
    assert at_work(tiny) is None
    refresh(tiny)
    assert told == [("slow", 0, 1), ("slow", 3, 7)]
    assert at_work(tiny) is None


def test_progress_is_noted_seldom(tiny, monkeypatch):
    """Thousands of series tell their progress; the disk hears it twice a second."""
    notes: list[str] = []
    write = refreshing._write
    monkeypatch.setattr(refreshing, "_write", lambda path, text: (notes.append(text), write(path, text)))

    def compute(company, scope, report):
        for done in range(1000):
            report(done, 1000)
        return {"left": ONE}

    monkeypatch.setattr(refreshing, "JOBS", (Job("many", compute, ("left",)),))
    refresh(tiny)
    assert 1 <= len(notes) < 20
    assert json.loads(notes[0])["job"] == "many"


def test_a_note_that_nobody_renews_is_no_work(tiny):
    note = tiny.snapshot.results / refreshing.PROGRESS_FILE
    note.parent.mkdir(exist_ok=True)
    note.write_text('{"job": "slow", "done": 1, "of": 2}')
    assert at_work(tiny) == ("slow", 1, 2)
    long_ago = time.time() - refreshing._STALE - 1
    os.utime(note, (long_ago, long_ago))
    assert at_work(tiny) is None
    note.write_text('{"job": "sl')  # cut off
    assert at_work(tiny) is None
