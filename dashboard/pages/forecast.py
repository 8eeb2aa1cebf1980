"""Forecast: what the next months and quarters bring, where they land, what moved, how good it is, one's own word."""

import streamlit as st

from dashboard import session
from dashboard.components import filters, forecast, forecast_changes, header, notices, views
from dashboard.components.text import note
from dashboard.findings import forecast as findings
from dashboard.i18n import _

top = st.container(gap="xxsmall")
scope = filters.scope()
outlook, landing = session.ask("forecast.outlook", scope), forecast.landing_of(scope)
currency = session.settings().currency
with top:
    header.header(findings.page_title(landing),
                  findings.page_subtitle(outlook, header.company_name(), currency))  # fmt: skip
past = ("as_of",) if scope.as_of != session.company().snapshot.as_of else ()
filters.bar(scope, dealers=outlook.values["dealers"], acts=(*past, *forecast.FILTERS))
if outlook.verdict != "ok":
    forecast.waiting(outlook)
    st.stop()
for item in outlook.notes:
    notices.hint(note(item))
forecast.row(outlook, landing, session.ask("forecast.moved", scope))

shown = views.choose(_("View"), {"outlook": _("Outlook"), "landing": _("Landing"), "moved": _("What moved"),
                                 "accuracy": _("Accuracy"), "changes": _("Changes")})  # fmt: skip
match shown:
    case "outlook":
        forecast.outlook(scope, outlook, landing, currency)
    case "landing":
        forecast.landing(scope, currency)
    case "moved":
        forecast.moved(scope, currency)
    case "accuracy":
        forecast.accuracy(scope, currency)
    case "changes":
        forecast_changes.view(scope, currency)
