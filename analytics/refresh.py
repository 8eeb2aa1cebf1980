"""The long computations: run once a snapshot, with progress; what is there already is not computed again.

Each job's frames are stored as parquet in the snapshot's `results` folder, written aside and renamed, so that a reader
sees a whole result or none. Questions read them through `Company.result` and say "being computed" until then.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.questions import budget_job, cash, forecast_job, integrity_job, promotions_job, risk_job, segments_job
from analytics.questions.effect import RESULT as VISIT_EFFECT
from analytics.questions.effect import visit_effect
from data.company import Company
from data.scope import Scope

Progress = Callable[[str, int, int], None]
Report = Callable[[int, int], None]  # (done, of) within a job
Compute = Callable[[Company, Scope, Report], Mapping[str, pd.DataFrame]]

ROWS_READ = 20_000  # of a result that are read together: a question of one level leaves the others alone
PROGRESS_FILE = "progress.json"
_PAUSE = 0.5  # seconds between two notes of progress
_STALE = 120.0  # seconds after which nobody is at work any more


@dataclass(frozen=True)
class Job:
    """One computation over everything, whoever may see it later, and the names of the results that it stores."""

    name: str
    compute: Compute
    results: tuple[str, ...]


def _single(name: str, compute: Callable[[Company, Scope], pd.DataFrame]) -> Job:
    """A job of one result, named like it."""
    return Job(name, lambda company, scope, report: {name: compute(company, scope)}, (name,))


def _dealer_rhythm(company: Company, scope: Scope) -> pd.DataFrame:
    return company.store.query("dealer_rhythm", scope)


JOBS: tuple[Job, ...] = (
    _single("dealer_rhythm", _dealer_rhythm),
    _single(VISIT_EFFECT, visit_effect),
    _single(cash.EXPECTED, cash.cash_expected),
    _single(cash.LATE, cash.late_risk),
    Job("channel_order", integrity_job.compute, integrity_job.RESULTS),
    Job("segments", segments_job.compute, segments_job.RESULTS),
    Job("risk", risk_job.compute, risk_job.RESULTS),
    Job("promotions", promotions_job.compute, promotions_job.RESULTS),
    Job("budget", budget_job.compute, budget_job.RESULTS),
    Job("forecast", forecast_job.compute, forecast_job.RESULTS),
)


def missing(company: Company) -> list[Job]:
    """Jobs whose results this snapshot does not have yet."""
    return [job for job in JOBS if not all(_path(company, name).exists() for name in job.results)]


def refresh(company: Company, progress: Progress | None = None) -> list[str]:
    """Compute what is missing; return the names computed. Safe to stop and to run again."""
    todo = missing(company)
    scope = company.scope()
    note = company.snapshot.results / PROGRESS_FILE
    for job in todo:
        noted = 0.0

        def report(done: int, of: int, job: Job = job) -> None:
            nonlocal noted
            if progress:
                progress(job.name, done, of)
            if time.monotonic() - noted >= _PAUSE:
                noted = time.monotonic()
                _write(note, json.dumps({"job": job.name, "done": done, "of": of}))

        note.parent.mkdir(exist_ok=True)
        report(0, 1)
        for name, frame in job.compute(company, scope, report).items():
            path = _path(company, name)
            aside = path.with_suffix(f".{os.getpid()}.part")
            frame.to_parquet(aside, index=False, row_group_size=ROWS_READ)
            os.replace(aside, path)
    if progress and todo:
        progress(todo[-1].name, 1, 1)
    note.unlink(missing_ok=True)
    return [job.name for job in todo]


def at_work(company: Company) -> tuple[str, int, int] | None:
    """The job that is being computed now, in whichever process, and how far it is; None when nobody is at work."""
    note = company.snapshot.results / PROGRESS_FILE
    try:
        if time.time() - note.stat().st_mtime > _STALE:
            return None
        told = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told["job"], told["done"], told["of"]


def _write(path: Path, text: str) -> None:
    aside = path.with_suffix(f".{os.getpid()}.part")
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)


def _path(company: Company, name: str) -> Path:
    return company.snapshot.results / f"{name}.parquet"
