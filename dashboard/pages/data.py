"""Data: what is there, how fresh, and importing."""

import datetime as dt

import streamlit as st

from dashboard import session
from dashboard.components import header, history, importing, notices, quarantine
from dashboard.components.panel import panel
from dashboard.findings import holdings
from dashboard.i18n import _

status = session.status()
header.header(holdings.page_title(status), holdings.page_subtitle(status, st.context.timezone))
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    old = holdings.age(status, dt.date.today())
    if old:
        notices.hint(old)
    header.language_choice()
if status.snapshot is None:
    importing.card(status)
else:
    left, right = st.columns([3, 2], gap="small")
    with left:
        tables = holdings.tables(status)
        with panel(holdings.tables_title(tables), _("Rows by table, and what a table would add"), height="stretch"):
            st.dataframe(tables, hide_index=True, height=352, alt=holdings.tables_title(tables), column_config={
                "words": st.column_config.TextColumn(_("Table"), width=170),
                "rows": st.column_config.NumberColumn(_("Rows"), format="localized", width=90),
                "state": st.column_config.TextColumn(_("State"), width=300),
                "name": st.column_config.TextColumn(_("Name"), width=150),
            })  # fmt: skip
    with right:
        quarantine.card(status)
    importing.card(status)
    left, right = st.columns([3, 2], gap="small")
    with left:
        history.imports(status)
    with right:
        history.snapshots()
