"""What stands where a long result is not there yet: its progress, or a button that begins."""

from __future__ import annotations

import logging

import streamlit as st

from analytics import refresh
from analytics.questions import Answer
from dashboard import formats, session
from dashboard.components import jobs, notices
from dashboard.components.text import muted, note
from dashboard.i18n import _
from data.company import Company

_JOB, _PAUSE = "refresh_job", 2.0  # session key; seconds between two looks at another process's work
_log = logging.getLogger("qudao")


def missing(name: str) -> bool:
    """The job of that name is not computed for this snapshot, or this session is at it."""
    return _missing(session.company(), name) or _JOB in st.session_state


def follow(name: str, words: str) -> None:
    """Progress of the job, in this session or another process. words: what stands above the button that begins."""
    company = session.company()
    job = st.session_state.get(_JOB)
    if job is not None:
        jobs.follow(job, _ended)
    elif _missing(company, name):
        _watch(company, name, words)


def instead(answer: Answer, name: str, words: str) -> None:
    """What stands in place of an answer that tells nothing: what to import, how far the job is, or why.

    name, words: the job behind it, and what stands above the button that begins.
    """
    if answer.values.get("missing"):
        notices.missing(note(answer.notes[-1]))
        return
    with st.container(border=True, height=240, horizontal_alignment="center", vertical_alignment="center"):
        if missing(name):
            follow(name, words)
            return
        for item in answer.notes[-1:]:
            muted(note(item))


def _missing(company: Company, name: str) -> bool:
    return any(job.name == name for job in refresh.missing(company))


def _watch(company: Company, name: str, words: str) -> None:
    @st.fragment(run_every=_PAUSE)
    @notices.instead_of_traceback()
    def look() -> None:
        if not _missing(company, name):
            st.rerun()
        if (told := refresh.at_work(company)) is not None:
            job, done, of = told
            text = _("The forecast is being computed: {done} of {of} series", done=formats.count(done),
                     of=formats.count(of)) if job == "forecast" else _("Computing what takes longer")  # fmt: skip
            st.progress(done / of if of else 0.0, text=text)
            return
        muted(words)
        if st.button(_("Compute it now"), icon=":material/play_arrow:"):
            unhurried = Company(company.home, company.settings, company.snapshot)
            st.session_state[_JOB] = jobs.Job(lambda report: refresh.refresh(unhurried, report))
            st.rerun()

    look()


def _ended(job: jobs.Job[list[str]]) -> None:
    st.session_state.pop(_JOB, None)
    if job.error is not None:
        _log.error("refresh from a page", exc_info=job.error)
        notices.hint(_("The long results could not be computed; “qudao refresh” tries again."))
