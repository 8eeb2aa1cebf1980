"""A page as one sheet of paper: what to leave out, and how wide the paper is (docs/decisions/0010-print.md)."""

from __future__ import annotations

import streamlit as st

from dashboard import address
from dashboard.components.text import muted
from dashboard.i18n import _

WIDTH = 1115  # CSS pixels of the sheet: charts are drawn for it, whatever the screen
_ZOOM = 0.655  # 194 mm of an A4 page between margins of 8 mm are 733 pixels
_STYLE = f"""<style>
.stMainBlockContainer {{ max-width: {WIDTH}px; padding-left: 0; padding-right: 0; }}
@page {{ size: A4 portrait; margin: 8mm; }}
@media print {{
    html {{ zoom: {_ZOOM}; }}
    [data-testid="stHeader"], .stMain button, .stMain [class*="st-key-screen_"],
    .stMain :has(> [class*="st-key-screen_"]:only-child) {{ display: none !important; }}
    .stMainBlockContainer {{ padding: 0 !important; }}
    .stHorizontalBlock:has(> .stColumn) {{ display: flex !important; flex-wrap: nowrap !important; }}
    .stColumn {{ margin-bottom: 0 !important; }}
}}
</style>"""


def open_button() -> None:
    """The way to the sheet."""
    if st.button(_("Print"), icon=":material/print:", type="tertiary", key="open_sheet"):
        address.put({"show": "print"})
        st.rerun()


def is_open() -> bool:
    """The reader looks at the sheet."""
    return address.option("show", ("", "print")) == "print"


def begin() -> None:
    """Make this page the sheet; the line above it is not printed."""
    st.html(_STYLE)
    with st.container(key="screen_sheet", horizontal=True, vertical_alignment="center"):
        muted(_("One A4 page: print it from your browser, upright, at 100%."))
        if st.button(_("Back to the page"), icon=":material/arrow_back:", type="tertiary", key="close_sheet"):
            address.put({"show": ""})
            st.rerun()
