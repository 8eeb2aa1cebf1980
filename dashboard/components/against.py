"""Any other period to compare with, on a view that leads from one period to another."""

from __future__ import annotations

import streamlit as st

from dashboard import address, options, session
from dashboard.components import filters
from dashboard.i18n import _, language
from data.scope import Scope


def choose(scope: Scope) -> str:
    """The period chosen as text; empty: that of the comparison. A text that cannot be read counts as empty."""
    company = session.company()
    label = filters.period_labels(company)
    chosen = options.period(company, address.chosen("against"))
    listed = ["", *(text for text in filters.periods(company) if text != str(scope.period))]
    widget = f"option_against_{language()}"
    st.session_state[widget] = chosen
    st.selectbox(_("From which period"), listed if chosen in listed else [*listed, chosen], key=widget, width=260,
                 format_func=lambda text: _("from {period}", period=label(text)) if text
                 else _("from the compared period"), label_visibility="collapsed", accept_new_options=True,
                 on_change=lambda: address.put({"against": st.session_state[widget] or ""}))  # fmt: skip
    return chosen
