"""Ways from one page to another: a dealer's card, a page with another scope."""

from __future__ import annotations

import streamlit as st

from dashboard import address, i18n
from dashboard.i18n import _
from data.scope import Scope
from data.words import N_

DEALER = "dashboard/pages/dealer.py"
# The page that shows an exception of a kind.
PAGES = {
    "overdue": ("receivables", ":material/payments:"), "drop": ("sales", ":material/trending_up:"),
    "silent": ("sales", ":material/trending_up:"), "stock": ("channel_order", ":material/gavel:"),
    "territory": ("channel_order", ":material/gavel:"), "price": ("channel_order", ":material/gavel:"),
}  # fmt: skip
VIEWS = {"overdue": "collect", "silent": "dealers", "stock": "stock", "price": "prices"}  # of that page; else its first
LABELS = {"receivables": N_("Receivables"), "sales": N_("Sales"), "channel_order": N_("Channel order")}


def to_dealer(scope: Scope, dealer_id: str) -> dict[str, str]:
    """The address of a dealer's card: the period, comparison and day of the view, and the one dealer."""
    keys = {key: text for key, text in scope.to_keys().items() if key in ("period", "compare", "as_of")}
    return keys | {"dealer": dealer_id, address.LANGUAGE: i18n.language()}


def dealer(scope: Scope, dealer_id: str, name: str) -> None:
    """A link that opens the dealer's card."""
    st.page_link(DEALER, label=name, query_params=to_dealer(scope, dealer_id))


def open_dealer(scope: Scope, dealer_id: str) -> None:
    """Go to the dealer's card now. Does not return."""
    st.switch_page(DEALER, query_params=to_dealer(scope, dealer_id))


def evidence(scope: Scope, kind: str, subject: str, id: str) -> None:
    """Links to the pages that show an exception, with the scope that shows it."""
    keys = scope.to_keys() | {address.LANGUAGE: i18n.language()}
    with st.container(horizontal=True):
        if subject == "dealer":
            st.page_link(DEALER, label=_("Dealer card"), icon=":material/storefront:",
                         query_params=to_dealer(scope, id))  # fmt: skip
        if subject in ("dealer", "region") and kind in PAGES:
            page, icon = PAGES[kind]
            shown = {"show": VIEWS[kind]} if kind in VIEWS else {}
            st.page_link(f"dashboard/pages/{page}.py", label=_(LABELS[page]), icon=icon,
                         query_params=keys | {subject: id} | shown)  # fmt: skip
