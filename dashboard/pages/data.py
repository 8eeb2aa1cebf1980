"""Data: what is there, how fresh, and importing."""

import datetime as dt

import streamlit as st

from dashboard import session
from dashboard.components import header, history, holdings, importing, notices, quarantine
from dashboard.findings import holdings as words

status = session.status()
header.header(words.page_title(status), words.page_subtitle(status, st.context.timezone))
old = words.age(status, dt.date.today())
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute" if old else "right"):
    if old:
        notices.hint(old)
    header.language_choice()
if status.snapshot is None:
    importing.card(status)
    left, right = st.columns([3, 2], gap="small")
    with left:
        holdings.card(status)
    with right:
        holdings.first_steps()
else:
    left, right = st.columns([3, 2], gap="small")
    with left:
        holdings.card(status)
    with right:
        quarantine.card(status)
    importing.card(status)
    left, right = st.columns([5, 3], gap="small")
    with left:
        history.imports(status)
    with right:
        history.snapshots()
