"""The same six subjects on the dashboard's own cards: Briefing's and Sales' charts, one choice of region."""

import streamlit as st

from dashboard import session
from dashboard.components import cards, filters, header
from dashboard.findings import briefing, sales, sales_bridge
from data.scope import Scope

st.set_page_config(layout="wide")
session.begin()
session.enter("")
scope: Scope = filters.scope()
currency = session.settings().currency
answer = session.ask("overview", scope, decide=False)
header.header(briefing.page_title(answer), briefing.page_subtitle(answer, header.company_name(), currency))
filters.bar(scope, dealers=answer.values["dealers"])
found = [
    briefing.trend(answer, currency, ahead=session.ask("forecast.outlook", scope)),
    briefing.gap(answer, currency),
    briefing.regions(answer, currency),
    sales.drill(session.ask("sales.drill", scope), currency),
    sales.like_for_like(session.ask("sales.like_for_like", scope)),
    sales_bridge.steps(session.ask("sales.bridge", scope), currency, ends=False),
]
columns = [*st.columns(2), *st.columns(2), *st.columns(2)]
for column, finding in zip(columns, found, strict=True):
    with column:
        cards.chart(finding)
session.settle()
