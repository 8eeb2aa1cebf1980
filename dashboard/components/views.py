"""The views of a page: one choice below the KPI row, kept in the address, so that a page shows few charts at a time."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard import address
from dashboard.i18n import language


def choose(label: str, views: Mapping[str, str], *, option: str = "show") -> str:
    """Let the reader choose among views (id -> word shown); the first is what opens. Returns the id."""
    widget = f"option_{option}_{language()}"
    chosen = address.option(option, tuple(views))
    st.session_state[widget] = chosen

    def moved() -> None:
        picked = st.session_state[widget]
        address.put({option: "" if picked == next(iter(views)) else picked})

    st.segmented_control(label, list(views), format_func=views.__getitem__, key=widget, required=True,
                         label_visibility="collapsed", on_change=moved)  # fmt: skip
    return chosen


def pick(label: str, options: Mapping[str, str], *, option: str = "item", width: int = 340) -> str:
    """Let the reader choose one of many (id -> word shown) from a list; the first stands until then. Returns the id."""
    widget = f"pick_{option}_{language()}"
    chosen = address.option(option, tuple(options))
    st.session_state[widget] = chosen
    st.selectbox(label, list(options), format_func=lambda id: options.get(id, id), key=widget, width=width,
                 label_visibility="collapsed",
                 on_change=lambda: address.put({option: st.session_state[widget]}))  # fmt: skip
    return chosen
