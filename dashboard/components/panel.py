"""A card that holds something other than a chart: message, muted line, then whatever stands inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st

from dashboard.components.text import muted, plain

_ROW = 31  # pixels of a table row at the base font of 14 px


@contextmanager
def panel(title: str, subtitle: str = "", *, height: Literal["content", "stretch"] = "content") -> Iterator[None]:
    """The card around what follows."""
    with st.container(border=True, height=height):
        with st.container(gap="xxsmall"):
            st.markdown(f"**{plain(title)}**")
            if subtitle:
                muted(subtitle)
        yield


def table_height(rows: int, most: int) -> int | Literal["auto"]:
    """Height of a table: as high as its rows, but scrolling inside beyond `most`."""
    return "auto" if rows <= most else _ROW * (most + 1) + _ROW // 2  # the half row says that there is more
