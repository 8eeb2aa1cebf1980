"""Receivables: who owes how much and since when, and what to collect this week."""

import streamlit as st

from dashboard import session
from dashboard.components import aging, collect, credit, filters, header, notices, views
from dashboard.components.text import note
from dashboard.findings import receivables as findings
from dashboard.i18n import _

top = st.container(gap="xxsmall")
scope = filters.scope()
answer = session.ask("receivables.aging", scope)
currency = session.settings().currency
with top:
    header.header(findings.page_title(answer), findings.page_subtitle(answer, header.company_name(), currency))
filters.bar(scope, dealers=answer.values["dealers"], acts=filters.OF_DEALERS)
if not answer.values["imported"]:
    notices.missing(note(answer.notes[-1]))
    st.stop()
for item in answer.notes:
    notices.hint(note(item))
if answer.values["before_data"]:
    st.stop()  # what is not known is no zero
aging.row(answer, session.ask("receivables.days", scope))

shown = views.choose(_("View"), {
    "aging": _("Aging"), "collect": _("Collect"), "quality": _("Quality"), "provision": _("Expected loss"),
    "cash": _("Cash to come"),
})  # fmt: skip
match shown:
    case "aging":
        aging.view(scope, answer, currency)
    case "collect":
        collect.view(scope, currency)
    case "quality":
        credit.quality(scope)
    case "provision":
        credit.provision(scope, currency)
    case "cash":
        credit.cash(scope, currency)
