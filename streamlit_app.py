"""The dashboard: page config, sign-in, language, navigation."""

import streamlit as st

from dashboard import session
from dashboard.components import notices
from dashboard.i18n import _

st.set_page_config(page_title="Qudao", page_icon="static/icon.svg", layout="wide")
with notices.instead_of_traceback():
    session.begin()
    pages = [
        st.Page("dashboard/pages/briefing.py", title=_("Briefing"), icon=":material/wb_sunny:", default=True),
        st.Page("dashboard/pages/sales.py", title=_("Sales"), icon=":material/trending_up:"),
        st.Page("dashboard/pages/targets.py", title=_("Targets"), icon=":material/flag:"),
        st.Page("dashboard/pages/forecast.py", title=_("Forecast"), icon=":material/insights:"),
        st.Page("dashboard/pages/receivables.py", title=_("Receivables"), icon=":material/payments:"),
        st.Page("dashboard/pages/visits.py", title=_("Visits"), icon=":material/pin_drop:"),
        st.Page("dashboard/pages/channel_order.py", title=_("Channel order"), icon=":material/gavel:"),
        st.Page("dashboard/pages/promotions.py", title=_("Promotions"), icon=":material/campaign:"),
        st.Page("dashboard/pages/budget.py", title=_("Budget"), icon=":material/tune:"),
        st.Page("dashboard/pages/dealers.py", title=_("Dealers"), icon=":material/groups:"),
        st.Page("dashboard/pages/dealer.py", title=_("Dealer card"), icon=":material/storefront:"),
        st.Page("dashboard/pages/data.py", title=_("Data"), icon=":material/database:"),
        st.Page("dashboard/pages/definitions.py", title=_("Definitions"), icon=":material/menu_book:"),
    ]
    page = st.navigation(pages, position="top")
    session.enter(page.url_path)
    notices.damage()
    page.run()
    session.settle()
