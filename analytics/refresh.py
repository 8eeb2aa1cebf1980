"""The long computations: run once a snapshot, with progress; what is there already is not computed again.

Each job's frame is stored as parquet in the snapshot's `results` folder, written aside and renamed, so that a reader
sees a whole result or none. Questions read them through `Company.result` and say "being computed" until then.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.questions import cash
from analytics.questions.effect import RESULT as VISIT_EFFECT
from analytics.questions.effect import visit_effect
from data.company import Company
from data.scope import Scope

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Job:
    """One stored result: its name and how it is computed over everything, whoever may see it later."""

    name: str
    compute: Callable[[Company, Scope], pd.DataFrame]


def _dealer_rhythm(company: Company, scope: Scope) -> pd.DataFrame:
    return company.store.query("dealer_rhythm", scope)


JOBS: tuple[Job, ...] = (
    Job("dealer_rhythm", _dealer_rhythm),
    Job(VISIT_EFFECT, visit_effect),
    Job(cash.EXPECTED, cash.cash_expected),
    Job(cash.LATE, cash.late_risk),
)


def missing(company: Company) -> list[Job]:
    """Jobs whose result this snapshot does not have yet."""
    return [job for job in JOBS if not _path(company, job).exists()]


def refresh(company: Company, progress: Progress | None = None) -> list[str]:
    """Compute what is missing; return the names computed. Safe to stop and to run again."""
    todo = missing(company)
    scope = company.scope()
    for done, job in enumerate(todo):
        if progress:
            progress(job.name, done, len(todo))
        path = _path(company, job)
        path.parent.mkdir(exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}.part")
        job.compute(company, scope).to_parquet(aside, index=False)
        os.replace(aside, path)
    if progress and todo:
        progress(todo[-1].name, len(todo), len(todo))
    return [job.name for job in todo]


def _path(company: Company, job: Job) -> Path:
    return company.snapshot.results / f"{job.name}.parquet"
