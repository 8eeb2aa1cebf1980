"""What a page says when it cannot show numbers: empty, being computed, failed. Never a traceback.

What DuckDB, the disk or the ledger may do to a page is listed in docs/reliability.md.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import formats, session
from dashboard.components import links
from dashboard.components.text import muted, plain
from dashboard.i18n import _
from data.company import Damaged, NoSnapshot, NotEnoughMemory, QueryTooLong, SnapshotDamaged
from data.ledger import LedgerUnavailable
from data.records import NOT_KEPT, RecordError
from data.settings import SettingsError

_log = logging.getLogger("qudao")
_PASS = ("StopException", "RerunException")  # how Streamlit ends a run on purpose


@contextmanager
def instead_of_traceback() -> Iterator[None]:
    """The page inside; when it fails, a sentence and a number that the log knows.

    Fragments and dialogs run by themselves, out of the page's reach: they take it as a decorator.
    """
    try:
        yield
    except NoSnapshot:
        if broken := session.damaged():
            _nothing_left(broken[0])
        else:
            no_data()
    except SnapshotDamaged as error:  # met just now: the next run takes the snapshot before
        _log.error("%s", error)
        st.rerun()
    except SettingsError as error:
        _sentence(_("A setting cannot be used"), str(error))
    except QueryTooLong as error:
        _sentence(_("This view takes too long"),
                  _("A query ran for more than {seconds} seconds and was stopped, so that the others are not held up. "
                    "Choose a shorter period or fewer dealers, or ask whoever runs this installation for more time.",
                    seconds=f"{error.seconds:g}"))  # fmt: skip
    except NotEnoughMemory:
        _sentence(_("This view needs too much memory"),
                  _("The database may not use more. Choose a shorter period or fewer dealers, or ask whoever runs this "
                    "installation for a higher limit."))  # fmt: skip
    except LedgerUnavailable as error:
        _log.error("the ledger cannot be written: %s", error)
        _sentence(_("Not saved"), _(NOT_KEPT))
    except RecordError as error:
        _sentence(_("Not saved"), _(error.message, **{key: _(value) for key, value in error.values.items()}))
    except Exception as error:
        if type(error).__name__ in _PASS:
            raise
        failed(error)


def _sentence(title: str, text: str) -> None:
    st.markdown(f":material/error: **{plain(title)}**  \n{plain(text)}")


def failed(error: Exception) -> None:
    """A part could not be shown: says so, with a number for support. The log has the rest under that number."""
    number = secrets.token_hex(2).upper()
    _log.exception("failure %s", number, exc_info=error)
    with st.container(border=True):
        title = _("This page could not be shown")
        st.markdown(f":material/error: **{title}**")
        st.markdown(_("Nothing was changed, and the data are whole. Try again; if it stays, give support the number "
                      "**{number}**.", number=number))  # fmt: skip
        if st.button(_("Try again"), icon=":material/refresh:", key=f"again_{number}"):
            st.rerun()


def damage() -> None:
    """Above every page: a damaged snapshot, and which one stands in for it."""
    if (serving := session.snapshot()) is None:
        return
    for broken in session.damaged():
        hint(_("Snapshot {id} is damaged and cannot be read: {serving} serves in its place, with data to {day}. What "
               "was imported since then must be imported again.", id=broken.id, serving=serving.id,
               day=formats.date(serving.as_of)), "warning")  # fmt: skip


def _nothing_left(broken: Damaged) -> None:
    _sentence(_("The data cannot be read"),
              _("Snapshot {id} is damaged, and there is no earlier one to stand in for it. Whoever runs this "
                "installation can bring back a backup of its folder.", id=broken.id))  # fmt: skip


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


def hint(text: str, icon: str = "info") -> None:
    """One line that the reader must know."""
    st.markdown(f":small[:orange[:material/{icon}:] {plain(text)}]")
