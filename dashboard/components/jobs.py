"""Work that takes longer than a run of the page: in a thread of its own, with progress.

A click anywhere makes Streamlit run the page again and would end work done inside a run half-way; a job goes on, and
the next run shows how far it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import streamlit as st

from dashboard.components import notices
from dashboard.i18n import Lazy, _, lazy

T = TypeVar("T")
Progress = Callable[[str, int, int], None]

_PARTS = ("read", "check", "write", "publish")  # of an import, in order
_STAGES: dict[str, Lazy] = {
    "read": lazy("Reading the files"), "check": lazy("Checking the rows"), "write": lazy("Writing"),
    "publish": lazy("Publishing"),
}  # fmt: skip
_PAUSE = 0.4  # seconds between two looks at a job


class Job(Generic[T]):
    """Work that was started. `outcome` holds its result once it has ended, `error` what it raised instead."""

    def __init__(self, work: Callable[[Progress], T]) -> None:
        self.stage, self.share = "read", 0.0
        self.outcome: T | None = None
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=False)
        self._thread.start()

    def _run(self, work: Callable[[Progress], T]) -> None:
        try:
            self.outcome = work(self._report)
        except Exception as error:  # handed to the page, which says it in words
            self.error = error

    def _report(self, stage: str, done: int, total: int) -> None:
        part = done / total if total else 0.0
        at = (_PARTS.index(stage) + part) / len(_PARTS) if stage in _PARTS else part
        self.stage, self.share = stage, min(max(at, 0.0), 1.0)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()


def follow(job: Job[T], ended: Callable[[Job[T]], None]) -> None:
    """Show a progress bar until the job has ended, then call `ended` and run the page again."""

    @st.fragment(run_every=_PAUSE)
    @notices.instead_of_traceback()
    def look() -> None:
        if job.running:
            words = _STAGES.get(job.stage)
            st.progress(job.share, text=str(words) if words else _("Computing what takes longer"))
        else:
            ended(job)
            st.rerun()

    look()
