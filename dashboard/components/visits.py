"""The parts of the page of visits: its KPIs and its views."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from dashboard import address, formats, session
from dashboard.components import cards, kpis, links
from dashboard.components.panel import panel
from dashboard.components.text import muted, plain
from dashboard.findings import visits as plan
from dashboard.findings import visits_effect, visits_shelf, visits_whom
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line, versus
from dashboard.findings.names import name_of
from dashboard.i18n import _, language
from data.measures import measure
from data.scope import Scope


def row(coverage: Answer, time: Answer, shelf: Answer) -> None:
    """Coverage, planned, done, unplanned, strike rate, time off the norm, distribution."""
    values = {**coverage.values, **time.values, **shelf.values}
    months = coverage.frames["months"]
    against = versus(coverage)

    def change(id: str) -> Line:
        before = values.get(f"{id}_compared")
        if not known(before) or not known(values[id]):
            return Line(_("no comparison"))
        off, direction = values[id] - before, measure(id).direction
        if measure(id).unit == "rate":
            return Line(against, formats.points(off), off, direction)
        return Line(against, formats.rate(off / before if before else math.nan, signed=True), off, direction)

    def card(id: str, *more: str, shown: str = "") -> Kpi:
        lines = [change(id), *(Line(words) for words in more if words)]
        text = shown or formats.measure(values[id], measure(id).unit)
        spark = tuple(months[id]) if id in months else ()
        if not known(values[id]):
            text, lines = formats.MISSING, [Line(_("no rows for this view"))]
        return Kpi(_(measure(id).label), text, lines, _(measure(id).formula), spark)

    outlets = _("{n} outlets checked", n=formats.count(values.get("outlets")))
    number = formats.number(values["time_deviation"] * 100, 1)
    kpis.row([
        card("visit_coverage", _("planned visits done")), card("planned_visits"), card("planned_visits_done"),
        card("unplanned_visits", _("counted apart")), card("strike_rate", _("order on the same day")),
        card("time_deviation", _("points off 30/30/20/20"), shown=number),
        card("numeric_distribution", outlets),
    ])  # fmt: skip


def plan_view(scope: Scope, coverage: Answer) -> None:
    """Coverage by region and person; a click looks closer."""
    by_person = session.ask("visits.coverage", scope, by="employee")
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(plan.coverage(coverage, "region"), on_pick=_to("region"))
    with right:
        cards.chart(plan.coverage(by_person, "employee"), on_pick=_to("employee"))
    cards.table(plan.people(by_person))


def time_view(scope: Scope, time: Answer) -> None:
    """Hours against the norm; new against existing customers."""
    empty = plan.no_hours(scope)
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(plan.time(time), empty=empty)
        cards.chart(plan.new_customers(session.ask("visits.time", scope, by="region")), empty=empty,
                    on_pick=_to("region"))  # fmt: skip
    with right:
        cards.chart(plan.deviations(time), empty=empty, on_pick=_to("employee"))


def whom_view(scope: Scope, served: Answer, currency: str) -> None:
    """Whom to call; who gets too few and too many visits."""
    calls = session.ask("visits.calls", scope)
    _person(scope)
    cards.table(visits_whom.calls(calls, currency), most=12, on_pick=lambda row: _open(scope, row))
    left, right = st.columns([2, 3], gap="small")
    with left:
        cards.chart(visits_whom.frequency(served, currency), on_pick=lambda id: links.open_dealer(scope, id))
        cards.table(visits_whom.served(served, "over", currency), most=5, on_pick=lambda row: _open(scope, row))
    with right:
        cards.table(visits_whom.served(served, "under", currency), most=20, on_pick=lambda row: _open(scope, row))


def shelf_view(scope: Scope, shelf: Answer) -> None:
    """Distribution, launches, shelf prices."""
    empty = visits_shelf.unchecked(shelf)
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(visits_shelf.distribution(shelf, "region"), empty=empty, on_pick=_to("region"))
    with right:
        by_product = session.ask("shelf.distribution", scope, by="product")
        cards.chart(visits_shelf.distribution(by_product, "product"), empty=empty, on_pick=_to("product"))
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(visits_shelf.launches(session.ask("shelf.launches", scope)), empty=empty)
    with right:
        cards.chart(visits_shelf.prices(session.ask("shelf.prices", scope)), empty=empty, on_pick=_to("product"))


def effect_view(scope: Scope, currency: str) -> None:
    """Visits and the orders that follow, with the placebo."""
    answer = session.ask("visits.effect", scope)
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(visits_effect.effect(answer), empty=visits_effect.verdict(answer))
        cards.chart(visits_effect.weeks(answer), empty=visits_effect.verdict(answer))
    with right, panel(_("How to read this"), height="stretch"):
        for head, text in visits_effect.explained(answer, currency):
            st.markdown(f"**{plain(head)}**{'：' if language() == 'zh' else ': '}{plain(text)}")
        muted(_("The period does not act here: three years up to the as-of day are compared."))


def _to(key: str):  # type: ignore[no-untyped-def]
    return lambda id: address.put({key: id})


def _open(scope: Scope, row: pd.Series) -> None:
    links.open_dealer(scope, row["dealer_id"])


def _person(scope: Scope) -> None:
    """The sales person whose list is shown: the filter of the address, at hand."""
    names = session.company().store.names("employee")
    people = session.ask("visits.coverage", scope.but(employee=()), by="employee").frames["by"]
    options = [id for id in people["employee_id"] if isinstance(id, str)]
    widget = f"calls_of_{language()}"
    st.session_state[widget] = ",".join(scope.employee) if len(scope.employee) == 1 else ""
    st.selectbox(
        _("Sales person"), ["", *sorted(set(options) | set(scope.employee))], key=widget, width=260,
        format_func=lambda id: name_of(names.loc[id], "employee") if id in names.index else _("All sales people"),
        label_visibility="collapsed", on_change=lambda: address.put({"employee": st.session_state[widget]}),
    )  # fmt: skip
