"""Variance notes: writing one about a region or dealer, its history, and all that are written."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components import cards, records, views
from dashboard.components.panel import panel
from dashboard.components.text import muted
from dashboard.findings import variance_notes as findings
from dashboard.findings.model import period_words
from dashboard.i18n import _
from data.scope import Scope

KIND = "variance_note"


def writing(scope: Scope) -> None:
    """The form about one region or dealer in the period of the view, and what was written before."""
    answer = session.ask("targets.notes", scope)
    choices = findings.choices(answer)
    with panel(_("Write a variance note"), period_words(answer), height="stretch"):
        if not choices:
            muted(_("There is nothing in this view to write about."))
            return
        about = views.pick(_("About"), choices)
        subjects = answer.frames["subjects"].set_index("subject")
        kept = session.ledger().history(KIND, about)
        standing = kept[-1].body if kept else {}
        gap = subjects.loc[about, "gap"]
        if records.form(KIND, about, current={"size": float(round(gap)) if gap == gap else None} | standing):
            st.rerun()
        if standing and st.button(_("Withdraw"), type="tertiary", icon=":material/undo:", key=f"withdraw_{about}"):
            records.withdraw(KIND, about)
            st.rerun()
        if kept:
            muted(_("History"))
            records.history(KIND, about)


def written(scope: Scope, currency: str) -> None:
    """The notes of the view."""
    cards.table(findings.notes(session.ask("targets.notes", scope), currency),
                empty=_("Choose a region or dealer above and write how the gap is to be closed."))  # fmt: skip
