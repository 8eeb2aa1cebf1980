"""Targets: how much is reached, does the plan add up, what explains the gap, does potential agree with sales."""

import streamlit as st

from dashboard import session
from dashboard.components import filters, header, notices, targets, views
from dashboard.components.text import note
from dashboard.findings import targets as findings
from dashboard.i18n import _

top = st.container(gap="xxsmall")
scope = filters.scope()
answer = session.ask("targets.attainment", scope)
currency = session.settings().currency
with top:
    header.header(findings.page_title(answer), findings.page_subtitle(answer, header.company_name(), currency))
filters.bar(scope, dealers=answer.values["dealers"])
if answer.values["level"] is None:
    for item in answer.notes:
        notices.hint(note(item))
targets.row(answer)

shown = views.choose(_("View"), {"reached": _("Reached"), "plan": _("Decomposition"), "gap": _("Gap to target"),
                                 "potential": _("Potential")})  # fmt: skip
match shown:
    case "reached":
        targets.reached(scope, currency)
    case "plan":
        targets.decomposition(scope, currency)
    case "gap":
        targets.gap(scope, answer, currency)
    case "potential":
        targets.agreement(scope)
