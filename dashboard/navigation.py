"""The menu: the pages that the viewer may open; who may not be here finds the door instead, at every address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import address, session, signin
from dashboard.components import doors, links, notices
from dashboard.i18n import _
from dashboard.titles import TITLES
from data.scope import PAGES, Entitlement

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

LOG_OUT = "log_out"


def page() -> tuple[str, Callable[[], None]]:
    """Name of the page at this address (empty: the first), and what runs it; the menu is drawn.

    All pages are registered for everybody, so that an address stays when the rights change; this is where they open.
    """
    try:
        viewer = session.admitted()
    except signin.Refused as refused:
        name = _menu(None).url_path
        return name, partial(doors.closed, refused, name)
    chosen = _menu(viewer)
    name = chosen.url_path or "briefing"
    if name == LOG_OUT:
        return name, doors.log_out
    doors.entered(viewer)
    if name == "briefing" and not st.query_params and (place := signin.recall()):
        st.switch_page(links.file(place.page), query_params=place.keys)
    if not viewer.opens(name):
        if name == "briefing" and (others := [other for other in PAGES if viewer.opens(other)]):
            st.switch_page(links.file(others[0]))
        return chosen.url_path, partial(doors.forbidden, name, str(TITLES[name][0]), viewer)
    if session.shows_nothing(viewer):
        rules = session.access()
        return name, partial(_nothing, name, viewer, rules.ask if rules else "")
    return chosen.url_path, partial(_open, chosen, name, viewer)


def _open(chosen: StreamlitPage, name: str, viewer: Entitlement) -> None:
    doors.seen(viewer, name, address.keys() | address.options())
    notices.damage()
    chosen.run()


def _nothing(name: str, viewer: Entitlement, ask: str) -> None:
    doors.seen(viewer, name, address.keys() | address.options())
    doors.nothing(viewer, ask)


def _menu(viewer: Entitlement | None) -> StreamlitPage:
    """The page at this address. Without a viewer nothing is listed."""
    listed = [
        st.Page(links.file(name), title=str(title), icon=f":material/{icon}:", url_path=name,
                default=name == "briefing", visibility="visible" if viewer and viewer.opens(name) else "hidden")
        for name, (title, icon) in TITLES.items()
    ]  # fmt: skip
    if signin.configured():
        listed.append(st.Page(doors.log_out, title=_("Log out"), icon=":material/logout:", url_path=LOG_OUT,
                              visibility="visible" if viewer else "hidden"))  # fmt: skip
    return st.navigation(listed, position="top" if viewer else "hidden")
