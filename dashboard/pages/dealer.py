"""Dealer: one dealer on one page."""

import streamlit as st

from dashboard import session
from dashboard.components import dealer_card, filters, header, notices
from dashboard.components.text import note
from dashboard.findings import dealer as findings
from dashboard.i18n import _

top = st.container(gap="xxsmall")
scope = filters.scope()
answer = session.ask("dealers.card", scope)
found = len(answer.frames["dealer"]) == 1
with top:
    if found:
        header.header(findings.page_title(answer), findings.page_subtitle(answer))
    else:
        header.header(_("Which dealer?"), _("Search by name or code, or click a row"))
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    dealer_card.chooser(scope)
    filters.bar(scope, dealers=1 if found else len(scope.dealer), acts=("period", "compare", "category"))
for item in answer.notes:
    if found or scope.dealer:
        notices.hint(note(item))
if found:
    dealer_card.row(answer)
else:
    dealer_card.choice(scope)
