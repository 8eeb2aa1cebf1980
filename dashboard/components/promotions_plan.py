"""The planner of promotions: what is asked for, the effect, the cost that follows, and what to test first."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from dashboard import address, session
from dashboard.components import cards, notices, promotions, views
from dashboard.components.text import note
from dashboard.findings import promotions_plan as findings
from dashboard.findings.promotion_words import type_name
from dashboard.findings.promotions_plan import NUMBERS, OWN
from dashboard.i18n import _, language
from data.scope import Scope, ScopeError

PLAN, START, TYPE = "cuts", "against", "by"  # options of the address: numbers of the plan, its first day, its type


def planner(scope: Scope, currency: str) -> None:
    """Controls, then the estimate beside its reckoning, then the experiment and the history."""
    given = _given()
    first = session.ask("promotions.plan", scope)
    if first.values.get("pending") or not first.values["types"]:
        promotions.waiting(first)
        return
    types = {first.values["type"]: type_name(first.values["type"])}
    types |= {code: type_name(code) for code in first.values["types"]}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = views.pick(_("Type"), types, option=TYPE, width=220)
        for name in NUMBERS:
            _number(name, given)
        _start(first.values["start"])
        with st.popover(_("Other effect or cost"), icon=":material/tune:", key=f"plan_own_{language()}"):
            for name in OWN:
                _own(name, given)
    try:
        answer = session.ask("promotions.plan", scope, type=kind, start=address.chosen(START), **given)
    except ScopeError:
        address.put({PLAN: "", START: ""})
        st.rerun()
    for item in answer.notes:
        notices.hint(note(item))
    if answer.verdict != "ok":
        return
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(findings.steps(answer, currency))
    with right:
        cards.table(findings.reckoning(answer, currency), most=10)
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.table(findings.history(answer), most=8)
    with right:
        test = findings.experiment(answer)
        cards.table(test, most=6, note=test.note(session.style()) if test.note else "",
                    empty=_("Too few dealers without a promotion to tell how noisy they are."))  # fmt: skip


def _labels() -> dict[str, str]:
    return {"dealers": _("Dealers"), "weeks": _("Weeks"), "uplift": _("Lift in the weeks, %"),
            "cost_rate": _("Cost, % of list value sold"), "fee": _("Fee on top")}  # fmt: skip


def _given() -> dict[str, float]:
    """The numbers of the plan that the address holds; none where they cannot be read."""
    text = address.chosen(PLAN)
    try:
        return findings.tried(text)
    except ScopeError:
        notices.hint(_("“{value}” could not be read or is not in the data; the view goes without it.", value=text))
        return {}


def _put(name: str, value: float | None, standing: float | None) -> None:
    kept = {key: number for key, number in _given().items() if key != name}
    if value is not None and value != standing:
        kept[name] = value
    address.put({PLAN: ";".join(f"{key}={number:g}" for key, number in kept.items())})


def _number(name: str, given: dict[str, float]) -> None:
    standing, low, high, step = NUMBERS[name]
    widget = f"plan_{name}_{language()}"
    st.session_state[widget] = int(given.get(name, standing))
    st.number_input(_labels()[name], low, high, step=step, key=widget, width=130,
                    on_change=lambda: _put(name, st.session_state[widget], standing))  # fmt: skip


def _own(name: str, given: dict[str, float]) -> None:
    low, high, step = OWN[name]
    scale = 1 if name == "fee" else 100
    widget = f"plan_{name}_{language()}"
    st.session_state[widget] = given[name] * scale if name in given else None

    def moved() -> None:
        value = st.session_state[widget]
        _put(name, None if value is None else value / scale, None)

    st.number_input(_labels()[name], low, high, value=None, step=step, key=widget, on_change=moved,
                    placeholder=_("as before"))  # fmt: skip


def _start(standing: dt.date) -> None:
    widget = f"plan_start_{language()}"
    asked = address.chosen(START)
    try:
        st.session_state[widget] = dt.date.fromisoformat(asked) if asked else standing
    except ValueError:
        st.session_state[widget] = standing

    def moved() -> None:
        day = st.session_state[widget]
        address.put({START: day.isoformat() if day and day != standing else ""})

    st.date_input(_("Starts"), format="YYYY-MM-DD", key=widget, on_change=moved, width=150)
