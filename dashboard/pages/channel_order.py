"""Channel order: sales out of territory, prices outside the band, stock loading; suspected, with the evidence."""

import streamlit as st

from dashboard import session
from dashboard.components import channel_order, filters, header, views
from dashboard.findings import integrity
from dashboard.i18n import _

top = st.container(gap="xxsmall")
scope = filters.scope()
answer = session.ask("integrity.summary", scope)
currency = session.settings().currency
with top:
    header.header(integrity.page_title(answer), integrity.page_subtitle(answer, header.company_name(), currency))
filters.bar(
    scope, dealers=answer.values["selling"], acts=("period", "region", "channel", "category", "dealer", "employee")
)
channel_order.row(answer)
shown = views.choose(
    _("View"), {"territory": _("Out of territory"), "prices": _("Prices"), "stock": _("Stock loading")}
)
channel_order.view(shown, scope, currency)
