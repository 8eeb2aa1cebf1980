"""Sales: what was sold, against when, and what explains the change."""

import streamlit as st

from dashboard import session
from dashboard.components import filters, header, notices, sales_kpis, sales_views, views
from dashboard.components.text import note
from dashboard.findings import sales
from dashboard.i18n import _

top = st.container(gap="xxsmall")
scope = filters.scope()
summary, alike = session.ask("sales.summary", scope), session.ask("sales.like_for_like", scope)
currency = session.settings().currency
with top:
    header.header(sales.page_title(summary, alike), sales.page_subtitle(summary, header.company_name(), currency))
filters.bar(scope, dealers=summary.values["dealers"])
for item in summary.notes:
    notices.hint(note(item))
sales_kpis.row(summary)

view = views.choose(_("View"), {"overview": _("Overview"), "bridge": _("Price, volume, mix"), "mix": _("Product mix"),
                                "concentration": _("Concentration"), "dealers": _("Dealers")})  # fmt: skip
match view:
    case "overview":
        sales_views.overview(scope, alike, currency)
    case "bridge":
        sales_views.bridge(scope, summary.notes, currency)
    case "mix":
        sales_views.mix(scope, currency)
    case "concentration":
        sales_views.concentration(scope, currency)
    case "dealers":
        sales_views.dealers(scope, currency)
