"""What a page says when it cannot show numbers: empty, being computed, failed. Never a traceback."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.components import links
from dashboard.components.text import muted, plain
from dashboard.i18n import _
from data.company import NoSnapshot
from data.settings import SettingsError

_log = logging.getLogger("qudao")
_PASS = ("StopException", "RerunException")  # how Streamlit ends a run on purpose


@contextmanager
def instead_of_traceback() -> Iterator[None]:
    """The page inside; when it fails, a sentence and a number that the log knows."""
    try:
        yield
    except NoSnapshot:
        no_data()
    except SettingsError as error:
        title = _("A setting cannot be used")
        st.markdown(f":material/error: **{title}**  \n{plain(error)}")
    except Exception as error:
        if type(error).__name__ in _PASS:
            raise
        failed(error)


def failed(error: Exception) -> None:
    """A part could not be shown: says so, with a number for support. The log has the rest under that number."""
    number = secrets.token_hex(2).upper()
    _log.exception("failure %s", number, exc_info=error)
    with st.container(border=True):
        title = _("This page could not be shown")
        st.markdown(f":material/error: **{title}**")
        st.markdown(_("Nothing was changed, and the data are whole. Try again; if it stays, give support the number "
                      "**{number}**.", number=number))  # fmt: skip
        if st.button(_("Try again"), icon=":material/refresh:"):
            st.rerun()


def no_data() -> None:
    """The home is empty."""
    with st.container(border=True, horizontal_alignment="center"):
        title = _("No data yet")
        st.markdown(f"**{title}**", text_alignment="center")
        muted(_("Import sales, or run “qudao demo” for a company to look at."))
        links.page("data", _("Import files"), icon=":material/upload:")


def missing(text: str) -> None:
    """A page without the table that it is about: what to import, and the way there."""
    with st.container(border=True, height=240, horizontal_alignment="center", vertical_alignment="center"):
        muted(text)
        links.page("data", _("Import files"), icon=":material/upload:")


def empty(title: str, text: str, *, height: int = 240) -> None:
    """A card without rows keeps its height and says what is missing."""
    with st.container(height=height, border=False, horizontal_alignment="center", vertical_alignment="center"):
        st.markdown(f"**{plain(title)}**", text_alignment="center")
        st.markdown(f":gray[{plain(text)}]", text_alignment="center")


def hint(text: str) -> None:
    """One line that the reader must know."""
    st.markdown(f":small[:orange[:material/info:] {plain(text)}]")
