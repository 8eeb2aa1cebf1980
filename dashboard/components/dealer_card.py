"""The dealer card: choosing a dealer, and the parts of its card."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from dashboard import address, session
from dashboard.components import cards, kpis
from dashboard.components.kpis import Kpi, Line
from dashboard.findings import dealer as findings
from dashboard.findings.briefing import known
from dashboard.findings.names import name_of
from dashboard.formats import measure as shown
from dashboard.i18n import _, language
from data.measures import measure
from data.scope import Scope


def chooser(scope: Scope) -> None:
    """A box to search another dealer by name or code."""
    frame = session.ask("dealers.list", scope.but(dealer=())).frames["dealers"]
    names = {row["dealer_id"]: name_of(row, "dealer") for _index, row in frame.iterrows()}
    widget = f"choose_dealer_{language()}"
    st.session_state[widget] = scope.dealer[0] if len(scope.dealer) == 1 and scope.dealer[0] in names else None
    st.selectbox(_("Dealer"), list(names), format_func=lambda id: f"{names.get(id, id)} · {id}", key=widget, width=300,
                 label_visibility="collapsed", placeholder=_("Search a dealer by name or code"),
                 on_change=lambda: address.put({"dealer": st.session_state[widget] or ""}))  # fmt: skip


def choice(scope: Scope) -> None:
    """The dealers in scope as a table that opens the one clicked."""

    def picked(row: pd.Series) -> None:
        address.put({"dealer": row["dealer_id"]})
        st.rerun()

    finding = findings.dealers(session.ask("dealers.list", scope), session.settings().currency)
    cards.table(finding, most=20, on_pick=picked)


def row(answer: Answer) -> None:
    """The KPIs of the dealer."""
    kpis.row([_kpi(answer, id) for id in answer.frames["kpis"]["measure"]])


def _kpi(answer: Answer, id: str) -> Kpi:
    definition, found = measure(id), findings.kpi(answer, id)
    if not known(found["value"]):
        return Kpi(_(definition.label), "–", [Line(_("no rows for this view"))], _(definition.formula))
    return Kpi(_(definition.label), shown(found["value"], definition.unit),
               [kpis.change_line(found, _("vs the compared period"))], _(definition.formula))  # fmt: skip
