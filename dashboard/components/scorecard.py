"""The views of the scorecard, of credit grades and of risk."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from dashboard import address, formats, session
from dashboard.components import cards, links, notices, records
from dashboard.components.panel import panel
from dashboard.components.text import muted, note
from dashboard.findings import grades as grade_findings
from dashboard.findings import risk as risk_findings
from dashboard.findings import scorecard as findings
from dashboard.findings.names import name_of, names_of
from dashboard.i18n import _, language
from data.scope import Scope


def _chosen(frame: pd.DataFrame) -> str | None:
    """The dealer that the reader looks at: the one of the address, where it is among those shown."""
    widget, wanted = f"looked_at_{language()}", address.chosen("item")
    told = dict(zip(frame["dealer_id"], names_of(frame, "dealer"), strict=True))
    st.session_state[widget] = wanted if wanted in told else None
    st.selectbox(_("Dealer"), list(told), format_func=lambda id: f"{told.get(id, id)} · {id}", key=widget, width=300,
                 label_visibility="collapsed", placeholder=_("Look at one dealer"),
                 on_change=lambda: address.put({"item": st.session_state[widget] or ""}))  # fmt: skip
    return st.session_state[widget]


def _look(row: pd.Series) -> None:
    address.put({"item": row["dealer_id"]})
    st.rerun()


def score(scope: Scope) -> None:
    """All scores, and of one dealer its parts, what would move it up, and its appeal."""
    answer = session.ask("dealers.scorecard", scope)
    for item in answer.notes:
        notices.hint(note(item))
    dealer = _chosen(answer.frames["dealers"])
    if dealer:
        one = session.ask("dealers.scorecard", scope.but(dealer=(dealer,)))
        left, middle, right = st.columns([3, 3, 2], gap="small")
        with left:
            cards.chart(findings.parts(one))
        with middle:
            cards.table(findings.ways(one), empty=_("There is no higher tier, or no score."),
                        note=_("Personal traits of owners do not count."))  # fmt: skip
        with right:
            _appeal(dealer, "score")
            if st.button(_("Open its card"), icon=":material/storefront:"):
                links.open_dealer(scope, dealer)
    cards.table(findings.table(answer), most=15, on_pick=_look, note=findings.tiers_words(answer))


def _appeal(dealer: str, about: str) -> None:
    """What the dealer objects to, and the answer. about: what a new appeal is about at first."""
    subject = f"dealer:{dealer}"
    written = session.ledger().history("dealer_appeal", subject)
    with panel(_("Appeal") if written else _("No appeal yet"), _("A dealer may object to tier, score, grade or group")):
        records.history("dealer_appeal", subject, most=3)
        with st.popover(_("Write or answer an appeal"), icon=":material/edit:"):
            standing = dict(written[-1].body) if written else {"state": "open", "about": about}
            if records.form("dealer_appeal", subject, current=standing):
                st.rerun()


def grades(scope: Scope, currency: str) -> None:
    """Balances by grade, the changes that wait, and every dealer's grade with what it costs."""
    answer = session.ask("dealers.grades", scope, today=dt.date.today().isoformat())  # clocks run in real time
    for item in answer.notes:
        notices.hint(note(item))
    if not answer.values["imported"]:
        return
    left, right = st.columns([2, 3], gap="small")
    with left:
        cards.chart(grade_findings.money(answer, currency))
    with right:
        cards.table(grade_findings.requests(answer), most=6, empty=_("Pick a dealer below to ask for a change."))
    dealer = _chosen(answer.frames["dealers"])
    if dealer:
        left, right = st.columns([3, 2], gap="small")
        with left:
            _change(answer.frames["dealers"].set_index("dealer_id", drop=False).loc[dealer])
        with right:
            _appeal(dealer, "grade")
    cards.table(grade_findings.table(answer, currency), most=15, on_pick=_look)


def _change(row: pd.Series) -> None:
    """Ask for another grade of one dealer, verify or refuse it."""
    subject = f"dealer:{row['dealer_id']}"
    written = session.ledger().history("grade_change", subject)
    title = _("{name}: grade {grade} by the rules, {valid} valid", name=name_of(row, "dealer"),
              grade=grade_findings.grade_word(row["grade"]),
              valid=grade_findings.grade_word(row["standing"]))  # fmt: skip
    with panel(title, _("Apply within 2 working days of knowing the reason; verify within 3 more")):
        records.history("grade_change", subject, most=3)
        with st.popover(_("Ask for a change, verify or refuse it"), icon=":material/edit:"):
            running = written and written[-1].body and written[-1].body["state"] == "applied"
            standing = dict(written[-1].body) if running else {"state": "applied"}
            if records.form("grade_change", subject, current=standing):
                st.rerun()


def risk(scope: Scope, currency: str) -> None:
    """Who may go quiet and what that costs, how well it was known, who hangs on promotions."""
    answer = session.ask("dealers.risk", scope)
    for item in answer.notes:
        notices.hint(note(item))
    cards.table(risk_findings.table(answer, currency), most=12, note=risk_findings.margin_words(answer),
                on_pick=lambda row: links.open_dealer(scope, row["dealer_id"]))  # fmt: skip
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(risk_findings.calibration(answer), empty=_("90 days of earlier history are needed."))
    with right:
        cards.table(risk_findings.dependence(answer, currency), most=8,
                    empty=_("No dealer buys a quarter on promotion."),
                    note=risk_findings.concentration_words(answer),
                    on_pick=lambda row: links.open_dealer(scope, row["dealer_id"]))  # fmt: skip
    muted(_("Personal traits of owners do not count; {n} dealers that bought within the year.",
            n=formats.count(answer.values["dealers"])))  # fmt: skip
