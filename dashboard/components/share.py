"""Share: the address of exactly this view, and views saved under a name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from dashboard import address, session
from dashboard.components import links, notices
from dashboard.components.text import muted, plain
from dashboard.i18n import _
from data.scope import KEYS, Scope

KIND = "saved_view"


def link(scope: Scope, more: Mapping[str, str] | None = None) -> str:
    """Address of the view with every key written out: the same numbers for whoever may see them. more: further keys."""
    parts = urlsplit(st.context.url or "")
    keys = scope.to_keys() | address.options() | dict(more or {})
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(keys, safe=",:"), ""))


def button(scope: Scope) -> None:
    """The button; it opens the dialog."""
    if st.button(_("Share"), icon=":material/link:", type="tertiary"):
        _dialog(scope)


def _open(body: Mapping[str, str]) -> None:
    """Go to a saved view, on whichever page it was."""
    keys = {key: str(text) for key, text in body.items() if key != "page"}
    page = body.get("page", address.page())
    if page != address.page():
        st.switch_page(links.file(page), query_params=keys)
    address.put(dict.fromkeys((*KEYS, *address.OPTIONS), "") | keys)
    st.rerun()


def _dialog(scope: Scope) -> None:
    @st.dialog(_("Share this view"))
    @notices.instead_of_traceback()
    def show() -> None:
        muted(_("The link opens this page with the same period, comparison and filters."))
        st.code(link(scope), language=None, wrap_lines=True)
        ledger, viewer = session.company().ledger, session.viewer().viewer
        name = st.text_input(_("Save under a name"), placeholder=_("for example: Monday meeting, South"), max_chars=60)
        if st.button(_("Save"), icon=":material/bookmark_add:", disabled=not name.strip()):
            body = scope.to_keys() | address.options() | {"page": address.page()}
            ledger.write(KIND, f"{viewer}: {name.strip()}", viewer, body)  # a name is one's own
            st.rerun()
        saved = [entry for entry in ledger.latest(KIND) if entry.who == viewer]
        if saved:
            title = _("Saved views")
            st.markdown(f"**{title}**")
        for entry in reversed(saved):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(plain(entry.subject.removeprefix(f"{viewer}: ")), width="stretch")
                if st.button(_("Open view"), key=f"open_{entry.id}", type="tertiary"):
                    _open(entry.body)
                if st.button(_("Delete"), key=f"delete_{entry.id}", type="tertiary"):
                    ledger.write(KIND, entry.subject, viewer, {})
                    st.rerun()

    show()
