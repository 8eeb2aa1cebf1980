"""Audit: who signed in, saw, exported or changed what; for administrators."""

import streamlit as st

from dashboard import session
from dashboard.components import audit, header, notices
from dashboard.i18n import _

header.header(_("Who saw, exported and changed what"),
              _("Pages are noted when a reader opens them or changes the view"))  # fmt: skip
if session.viewer().role == "local":
    notices.hint(_("There is no sign-in yet: of the one local user only what is written and exported is noted."))
with st.container(horizontal=True, vertical_alignment="center"):
    chosen = audit.choose()
    header.language_choice()
audit.problems()
audit.card(audit.entries(chosen, audit.SHOWN), chosen)
