"""Visits: whether the plan is kept, whom visits reach, what stands on the shelves, and what visits go with."""

import streamlit as st

from dashboard import session
from dashboard.components import filters, header, notices, views, visits
from dashboard.components.text import note
from dashboard.findings import visits as findings
from dashboard.i18n import _

top = st.container(gap="xxsmall")
scope = filters.scope()
coverage, time = session.ask("visits.coverage", scope), session.ask("visits.time", scope)
served, shelf = session.ask("visits.frequency", scope), session.ask("shelf.distribution", scope)
currency = session.settings().currency
with top:
    header.header(findings.page_title(coverage, served), findings.page_subtitle(coverage, header.company_name()))
filters.bar(scope, dealers=coverage.values["dealers"])
if not coverage.values["imported"] and not shelf.values["imported"]:
    notices.missing(note(coverage.notes[-1]))
    st.stop()
for text in dict.fromkeys(note(item) for answer in (coverage, time, shelf) for item in answer.notes):
    notices.hint(text)
visits.row(coverage, time, shelf)

shown = views.choose(_("View"), {"plan": _("Plan"), "whom": _("Whom"), "time": _("Time"), "shelf": _("Shelf"),
                                 "effect": _("Effect")})  # fmt: skip
match shown:
    case "plan":
        visits.plan_view(scope, coverage)
    case "whom":
        visits.whom_view(scope, served, currency)
    case "time":
        visits.time_view(scope, time)
    case "shelf":
        visits.shelf_view(scope, shelf)
    case "effect":
        visits.effect_view(scope, currency)
