"""Briefing: where the business stands, and what to decide this week."""

import streamlit as st

from dashboard import session
from dashboard.components import actions, alerts, cards, filters, header, kpis, notices
from dashboard.components.text import note
from dashboard.findings import briefing
from dashboard.findings.kpis import briefing as briefing_kpis
from dashboard.i18n import _

top = st.container(gap="xxsmall")
scope = filters.scope()
answer = session.ask("overview", scope, decide=False)
currency = session.settings().currency
with top:
    header.header(briefing.page_title(answer), briefing.page_subtitle(answer, header.company_name(), currency))
filters.bar(scope, dealers=answer.values["dealers"])
for item in answer.notes:
    notices.hint(note(item))
kpis.row(briefing_kpis(answer, session.ask("forecast.landing", scope)))

left, right = st.columns([3, 2], gap="small")
with left:
    cards.chart(briefing.trend(answer, currency, ahead=session.ask("forecast.outlook", scope)))
with right:
    cards.chart(briefing.gap(answer, currency), empty=_("A target by dealer or a year of history is needed."))
left, right = st.columns([1.15, 1], gap="small")
with left:
    cards.chart(briefing.regions(answer, currency))
with right, st.spinner(_("Looking for what to decide …"), width="stretch"):
    alerts.card(scope)
    actions.card(session.ask("actions.list", answer.scope))
