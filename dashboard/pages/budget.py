"""Budget: where the money of promotions earns most; the current plan, one's own and the recommended one."""

import streamlit as st

from dashboard import session
from dashboard.components import budget, filters, header, notices, pending
from dashboard.findings import budget as findings
from dashboard.i18n import _

top = st.empty()
scope = filters.scope()
answer = session.ask("budget.evaluate", scope)
if answer.verdict != "ok":
    with top.container():
        header.header(findings.page_title(answer), findings.page_subtitle(answer, header.company_name()))
filters.bar(scope, dealers=answer.values["dealers"], acts=("region",))
if answer.verdict != "ok":
    pending.instead(answer, "budget", _("Where the budget earns most is not computed yet; it takes a minute or two."))
    st.stop()


@st.fragment
@notices.instead_of_traceback()
def board() -> None:
    """All that changes with a slider, the page's title included."""
    told = budget.asked(scope)
    with top.container():
        header.header(findings.page_title(told), findings.page_subtitle(told, header.company_name()))
    budget.show(told, session.settings().currency)


board()
budget.kept(scope)
