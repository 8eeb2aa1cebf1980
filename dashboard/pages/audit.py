"""Audit: who signed in, saw, exported or changed what; for administrators."""

import streamlit as st

from dashboard.components import audit, header
from dashboard.i18n import _

header.header(_("Who saw, exported and changed what"),
              _("Pages are noted when a reader opens them or changes the view"))  # fmt: skip
with st.container(horizontal=True, vertical_alignment="center"):
    chosen = audit.choose()
    header.language_choice()
audit.problems()
audit.card(audit.entries(chosen, audit.SHOWN), chosen)
