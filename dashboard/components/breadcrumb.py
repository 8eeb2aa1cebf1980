"""The way back up: where the reader came from, each step one click away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import address
from dashboard.components.text import plain


@dataclass(frozen=True)
class Crumb:
    """One step: its name, and what the address must change to go there."""

    label: str
    changes: Mapping[str, str]


def breadcrumb(crumbs: Sequence[Crumb], key: str = "crumb") -> None:
    """Draw the steps from the top down; the last one is where the reader is."""
    if len(crumbs) < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for i, crumb in enumerate(crumbs[:-1]):
            st.button(plain(crumb.label), key=f"{key}_{i}", type="tertiary", on_click=address.put,
                      args=(dict(crumb.changes),))  # fmt: skip
            st.markdown(":gray[›]", width="content")
        st.markdown(f"**{plain(crumbs[-1].label)}**", width="content")
