"""The views of the Forecast page: outlook, landing, what moved, accuracy, changes; and what stands while it is made."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from dashboard import address, formats, session
from dashboard.components import cards, kpis, links, pending, views
from dashboard.components.text import muted, note
from dashboard.findings import forecast as findings
from dashboard.findings import forecast_accuracy, forecast_landing, forecast_moved
from dashboard.findings.kpis import Kpi, Line, landed
from dashboard.i18n import _
from data.measures import measure
from data.scope import Scope

FILTERS = ("region", "channel", "category", "employee", "dealer")  # those that act on the page
OVER, GRAIN = "over", "unit"  # options of the address: the period of a landing; months or weeks


def landing_of(scope: Scope) -> Answer:
    """The landing of the quarter, which the title and the KPIs are about."""
    return session.ask("forecast.landing", scope, over="quarter")


def row(outlook: Answer, landing: Answer, moved: Answer) -> None:
    """Next month, quarter, quarter after, year, what moved, how good."""
    periods = landing.frames["periods"]
    items = [landed(each, findings.when(each["start"], each["end"])) for _index, each in periods.iterrows()]
    items.append(_moved(moved))
    values = outlook.values
    lines = [Line(_("not tested: too short a history"))]
    if values["tested"]:
        lines = [Line(_("bias {bias}", bias=formats.rate(values["bias"], signed=True))),
                 Line(_("80% band held {share}", share=formats.rate(values["coverage_80"], 0)))]  # fmt: skip
    items.append(Kpi(_("Missed by (WAPE)"), formats.rate(values["wape"]), lines, _(measure("forecast_wape").formula)))
    kpis.row(items)


def _moved(answer: Answer) -> Kpi:
    label, help = _("Year moved by"), _("Change of the year's landing since a month ago")
    if answer.verdict != "ok":
        return Kpi(label, formats.MISSING, [Line(_("not known"))], help)
    values = answer.values
    lines = [Line(_("since {day}", day=formats.short_date(values["day"]))),
             Line(_("then {amount}", amount=formats.compact(values["then"])))]  # fmt: skip
    return Kpi(label, formats.compact(values["change"], signed=True), lines, help)


# ------------------------------------------------------------------ views


def outlook(scope: Scope, answer: Answer, landing: Answer, currency: str) -> None:
    """What comes, with its bands; where the periods land; the months ahead."""
    left, right = st.columns([3, 2], gap="small")
    with left:
        grains = {"month": _("Months"), "week": _("Weeks")}
        if address.option(GRAIN, tuple(grains)) == "week":
            finding = findings.weeks(session.ask("forecast.weeks", scope), answer.values, currency)
        else:
            finding = findings.outlook(answer, currency)
        cards.chart(finding, control=lambda: views.choose(_("By"), grains, option=GRAIN),
                    empty=_("Six whole months of sales are needed to tell weeks."))  # fmt: skip
    with right:
        cards.chart(findings.periods(landing, currency))
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.table(findings.months(answer, currency), most=12)
    with right:
        accuracy = session.ask("forecast.accuracy", scope)
        cards.table(forecast_accuracy.alarms(accuracy, currency), most=8, on_pick=lambda row: _opened(scope, row),
                    empty=_("Nobody was forecast too high, or too low, six months in a row."))  # fmt: skip


def _opened(scope: Scope, row: pd.Series) -> None:
    """A dealer's card; a region narrows the page to it."""
    if row["level"] == "dealer":
        links.open_dealer(scope, row["key"])
    kind = "region" if str(row["level"]).startswith("region") else str(row["level"])
    if kind in FILTERS:
        address.put({kind: row["key"]})
        st.rerun()


def landing(scope: Scope, currency: str) -> None:
    """Where each part lands against its target, and whether such chances came true."""
    with st.container(gap="xsmall"):  # below each other: side by side they do not wrap on a phone
        over = views.choose(_("Period"), findings.kinds(), option=OVER)
        by = views.choose(_("By"), forecast_landing.groupings(), option="by")
    answer = session.ask("forecast.landing", scope, by=by, over=over)
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(forecast_landing.by(answer, currency), on_pick=lambda id: _narrowed(scope, by, id),
                    empty=_("This view cannot be split that way: its forecasts are not kept by {by}.",
                            by=forecast_landing.groupings()[by].lower()))  # fmt: skip
    with right:
        cards.chart(
            forecast_landing.reliability(answer),
            empty=_("No past chance can be tested yet: targets and two years of history are needed."),
        )
    if len(answer.frames["by"]):
        cards.table(forecast_landing.by(answer, currency, key="landing_rows"), most=12)


def _narrowed(scope: Scope, by: str, id: str) -> None:
    if by == "dealer":
        links.open_dealer(scope, id)
    address.put({by: id})


def moved(scope: Scope, currency: str) -> None:
    """What changed since an earlier month, and why."""
    with st.container(horizontal=True, gap="small"):
        over = views.choose(_("Period"), forecast_moved.spans(), option=OVER)
        words = (_("a month ago"), _("two months ago"), _("three months ago"))
        back = views.choose(_("Since"), dict(zip(forecast_moved.BACK, words, strict=True)), option="item")
    answer = session.ask("forecast.moved", scope, back=int(back), over=over)
    empty = note(answer.notes[-1]) if answer.verdict != "ok" and answer.notes else ""
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(forecast_moved.moved(answer, currency), empty=empty)
    with right:
        cards.table(forecast_moved.then_and_now(answer, currency), empty=empty, most=12)


def accuracy(scope: Scope, currency: str) -> None:
    """How good the forecast was."""
    answer = session.ask("forecast.accuracy", scope)
    empty = note(answer.notes[-1]) if answer.verdict != "ok" and answer.notes else ""
    cards.table(forecast_accuracy.levels(answer), empty=empty, most=12)
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.table(forecast_accuracy.said(answer, currency), empty=empty, most=12)
    with right:
        cards.table(forecast_accuracy.steps(answer), empty=empty, most=12)
    cards.table(forecast_accuracy.alarms(answer, currency), most=12, on_pick=lambda row: _opened(scope, row),
                empty=_("Nobody was forecast too high, or too low, six months in a row."))  # fmt: skip


# ------------------------------------------------------------------ while there is none


def waiting(answer: Answer) -> None:
    """Why there is no forecast: what is missing, or how far its making is."""
    with st.container(border=True, height=240, horizontal_alignment="center", vertical_alignment="center"):
        if pending.missing("forecast"):
            pending.follow("forecast", _("The forecast of this data is not computed yet; it takes a minute for 600 "
                                         "dealers."))  # fmt: skip
            return
        for item in answer.notes[-1:]:
            muted(note(item))
        if answer.scope.product and st.button(_("Show all products"), icon=":material/filter_list_off:"):
            address.put({"product": ""})
            st.rerun()
