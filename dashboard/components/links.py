"""Ways from one page to another: a dealer's card, a page with another scope."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import address, i18n, session
from dashboard.components.text import plain
from dashboard.i18n import _
from data.scope import Scope
from data.words import N_

DEALER = "dealer"
# The page that shows an exception of a kind.
PAGES = {
    "overdue": ("receivables", ":material/payments:"), "drop": ("sales", ":material/trending_up:"),
    "silent": ("sales", ":material/trending_up:"), "stock": ("channel_order", ":material/gavel:"),
    "territory": ("channel_order", ":material/gavel:"), "price": ("channel_order", ":material/gavel:"),
}  # fmt: skip
VIEWS = {"overdue": "collect", "silent": "dealers", "stock": "stock", "price": "prices"}  # of that page; else its first
LABELS = {"receivables": N_("Receivables"), "sales": N_("Sales"), "channel_order": N_("Channel order")}


def file(name: str) -> str:
    """The file of a page; the empty name is the first."""
    return f"dashboard/pages/{name or 'briefing'}.py"


def page(name: str, label: str, **how: Any) -> None:
    """A link to a page that is among the reader's; for others nothing is offered."""
    if session.viewer().opens(name):
        st.page_link(file(name), label=label, **how)


def to_dealer(scope: Scope, dealer_id: str) -> dict[str, str]:
    """The address of a dealer's card: the period, comparison and day of the view, and the one dealer."""
    keys = {key: text for key, text in scope.to_keys().items() if key in ("period", "compare", "as_of")}
    return keys | {"dealer": dealer_id, address.LANGUAGE: i18n.language()}


def dealer(scope: Scope, dealer_id: str, name: str) -> None:
    """A link that opens the dealer's card; its name alone where that is not among the reader's pages."""
    if session.viewer().opens(DEALER):
        page(DEALER, name, query_params=to_dealer(scope, dealer_id))
    else:
        st.markdown(plain(name))


def open_dealer(scope: Scope, dealer_id: str) -> None:
    """Go to the dealer's card now, or, where that is not among the reader's pages, narrow this one to the dealer. Does
    not return."""
    if not session.viewer().opens(DEALER):
        address.put({"dealer": dealer_id})
        st.rerun()
    st.switch_page(file(DEALER), query_params=to_dealer(scope, dealer_id))


def evidence(scope: Scope, kind: str, subject: str, id: str) -> None:
    """Links to the pages that show an exception, with the scope that shows it."""
    keys = scope.to_keys() | {address.LANGUAGE: i18n.language()}
    with st.container(horizontal=True):
        if subject == "dealer":
            page(DEALER, _("Dealer card"), icon=":material/storefront:", query_params=to_dealer(scope, id))
        if subject in ("dealer", "region") and kind in PAGES:
            name, icon = PAGES[kind]
            shown = {"show": VIEWS[kind]} if kind in VIEWS else {}
            page(name, _(LABELS[name]), icon=icon, query_params=keys | {subject: id} | shown)
