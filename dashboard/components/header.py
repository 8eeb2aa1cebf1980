"""Top of a page: the message and one muted line; the choice of language."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.text import muted, plain
from dashboard.findings import names
from dashboard.i18n import _, language

_NAMES = {"en": "EN", "zh": "中文"}


def header(title: str, subtitle: str) -> None:
    with st.container(gap="xxsmall"):
        st.title(plain(title), anchor=False)
        muted(subtitle)


def language_choice() -> None:
    """English or Chinese; the last thing of the bar below the title."""
    st.session_state["language_choice"] = language()
    st.segmented_control(_("Language"), list(_NAMES), format_func=_NAMES.__getitem__, key="language_choice",
                         required=True, label_visibility="collapsed", on_change=_changed)  # fmt: skip


def _changed() -> None:
    session.set_language(st.session_state["language_choice"])


def company_name() -> str:
    """Name of the company in the reader's language: from the settings, else from the data."""
    return names.company_name(session.company())
