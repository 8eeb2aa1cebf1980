"""Dealer: one dealer on one page."""

from functools import partial

import streamlit as st

from dashboard import session
from dashboard.components import dealer_card, filters, header, notices, sheet
from dashboard.components.text import muted, note
from dashboard.findings import dealer as findings
from dashboard.i18n import _

scope = filters.scope()
answer = session.ask("dealers.card", scope, peers=dealer_card.peers())
found = len(answer.frames["dealer"]) == 1
if found and sheet.is_open():
    sheet.begin()
if found:
    with st.container(gap="xxsmall"):
        header.header(findings.page_title(answer), findings.page_subtitle(answer))
        with st.container(horizontal=True, vertical_alignment="center"):
            muted(findings.terms(answer))
            if not sheet.is_open():
                sheet.open_button()
        dealer_card.standing(scope)
else:
    header.header(_("Which dealer?"), _("Search by name or code, or click a row"))
if not (found and sheet.is_open()):
    acts = ("period", "compare", "category") if found else filters.EVERYTHING
    filters.bar(
        scope, dealers=1 if found else dealer_card.count(scope), acts=acts, lead=partial(dealer_card.chooser, scope)
    )
for item in answer.notes:
    if found or scope.dealer:
        notices.hint(note(item))
if found:
    dealer_card.body(answer, session.settings().currency, printed=sheet.is_open())
else:
    dealer_card.choice(scope if len(scope.dealer) > 1 else scope.but(dealer=()))
