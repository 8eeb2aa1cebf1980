"""Promotions: what they brought for what they cost, one in full, what waits for its evaluation, and the next one."""

import streamlit as st

from dashboard import session
from dashboard.components import filters, header, promotions, promotions_plan, views
from dashboard.findings import promotions as findings
from dashboard.i18n import _

ACTS = ("period", "compare", "region", "channel", "category", "dealer", "employee")

top = st.container(gap="xxsmall")
scope = filters.scope()
answer = session.ask("promotions.portfolio", scope)
currency = session.settings().currency
with top:
    header.header(findings.page_title(answer), findings.page_subtitle(answer, header.company_name()))
filters.bar(scope, dealers=answer.values["dealers"], acts=ACTS)
if answer.verdict != "ok":
    promotions.waiting(answer)
    st.stop()
promotions.row(answer)

overdue = session.ask("promotions.overdue", scope)
shown = views.choose(_("View"), {"portfolio": _("Portfolio"), "one": _("One promotion"),
                                 "evaluation": promotions.overdue_words(overdue), "plan": _("Planner")})  # fmt: skip
match shown:
    case "portfolio":
        promotions.portfolio(answer, currency)
    case "one":
        promotions.one(scope, currency)
    case "evaluation":
        promotions.evaluation(scope)
    case "plan":
        promotions_plan.planner(scope, currency)
