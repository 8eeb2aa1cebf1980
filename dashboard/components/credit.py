"""Three views of receivables: their quality, what of them will be lost, what they will bring and when."""

from __future__ import annotations

import streamlit as st

from analytics.questions import Answer
from dashboard import address, formats, session
from dashboard.components import cards, links, notices
from dashboard.components.text import note
from dashboard.findings import cash as to_come
from dashboard.findings import credit as findings
from dashboard.i18n import _, language
from data.scope import Scope


def quality(scope: Scope) -> None:
    """How long customers take, how much of the collectable was collected, what rolled on."""
    days, rolls = session.ask("receivables.days", scope), session.ask("receivables.rolls", scope)
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(findings.days(days), empty=_("Days outside need 90 days of invoices."))
    with right:
        cards.chart(findings.collection(days), empty=_("A whole month of invoices is needed."))
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(findings.rolls(rolls), empty=_("Nothing was open a month ago."))
    with right:
        cards.table(findings.last_rolls(rolls), empty=_("Nothing was open a month ago."))


def provision(scope: Scope, currency: str) -> None:
    """The provision matrix under a factor of the reader's choice, and with whom the loss sits."""
    factor = _factor()
    answer = session.ask("receivables.provision", scope, factor=factor)
    _hints(scope, answer)
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.table(findings.matrix(answer, currency), note=findings.matrix_note(answer),
                    empty=_("Loss rates need invoices that were due a year ago."))  # fmt: skip
    with right:
        cards.chart(findings.losers(answer, currency), empty=_("No loss can be expected of what is known."),
                    on_pick=lambda id: links.open_dealer(scope, id))  # fmt: skip


def _hints(scope: Scope, *answers: Answer) -> None:
    """What the reader of a view must know and the page has not said yet."""
    said = {note(item) for item in session.ask("receivables.aging", scope).notes}
    for words in dict.fromkeys(note(item) for answer in answers for item in answer.notes):
        if words not in said:
            notices.hint(words)


def _unknown(scope: Scope, answer: Answer) -> None:
    """One card instead of many empty ones, with the way to the day that is known."""
    with st.container(border=True, horizontal_alignment="center"):
        why = note(answer.notes[-1]) if answer.notes else _("No invoice was open on this day.")
        notices.empty(_("What open invoices will bring"), why, height=160)
        if scope.as_of != session.company().snapshot.as_of and st.button(
            _("Show the last day of the data"), icon=":material/event:"
        ):
            address.put({"as_of": ""})
            st.rerun()


def _factor() -> float:
    """The forward-looking factor, kept in the address."""
    widget = f"option_factor_{language()}"
    st.session_state[widget] = address.option("factor", findings.FACTORS)

    def moved() -> None:
        picked = st.session_state[widget]
        address.put({"factor": "" if picked == findings.FACTORS[0] else picked})

    ordered = sorted(findings.FACTORS, key=float)
    st.select_slider(_("Forward-looking factor on the loss rates of the past (1.0 = as the past)"), ordered, key=widget,
                     format_func=lambda text: formats.number(float(text), 1), on_change=moved, width=420,
                     help=_("Raise it when customers pay worse than when the rates were made, or when hard times are "
                            "to be expected; lower it for the opposite."))  # fmt: skip
    return float(st.session_state[widget])


def cash(scope: Scope, currency: str) -> None:
    """Cash by week with its band, who should pay, who will be late, and how well that was known before."""
    coming, late = session.ask("receivables.cash", scope), session.ask("receivables.late", scope)
    if coming.verdict != "ok" and late.verdict != "ok":
        _unknown(scope, coming)
        return
    _hints(scope, coming, late)
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(to_come.weeks(coming, currency), empty=_("There is no expectation for this day."))
    with right:
        cards.table(to_come.payers(coming, currency), empty=_("No invoice is open."), most=8,
                    on_pick=lambda row: links.open_dealer(scope, row["dealer_id"]))  # fmt: skip
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.table(to_come.late(late, currency), empty=_("Too little is known of past payments."), most=18,
                    on_pick=lambda row: links.open_dealer(scope, row["dealer_id"]))  # fmt: skip
    with right:
        cards.chart(to_come.methods(late), empty=_("Too little is known of past payments."))
        cards.table(to_come.calibration(late), empty=_("Too little is known of past payments."))
