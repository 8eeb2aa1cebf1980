"""The dashboard: page config, sign-in, language, navigation."""

import streamlit as st

from dashboard import navigation, session
from dashboard.components import notices

st.set_page_config(page_title="Qudao", page_icon="static/icon.svg", layout="wide")
with notices.instead_of_traceback():
    session.begin()
    name, run = navigation.page()
    session.enter(name)
    run()
    session.settle()
