"""The views of the Targets page: reached, decomposition, gap, potential."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from dashboard import address, formats, session
from dashboard.components import cards, kpis, links, potentials, variance_notes, views
from dashboard.findings import gap as gaps
from dashboard.findings import plan, potential, targets
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line
from dashboard.i18n import _, ngettext
from data.measures import measure
from data.scope import Scope


def row(answer: Answer) -> None:
    """Target, actual, reached, pace, gap to date, and what each selling day left must bring."""
    values, months = answer.values, answer.frames["months"]
    none = [Line(_("not begun yet") if known(values["target"]) and values["target"] else _("no target for this view"))]
    off = values["pace"] - 1 if known(values["pace"]) else float("nan")
    to_date = Line(_("for the whole period"))
    if values["running"]:
        to_date = Line(_("to date: {amount}", amount=formats.compact(values["target_to_date"])))
    gap_help = _("Net sales less the target to date")
    items = [
        Kpi(_("Target"), formats.compact(values["target"]), [to_date] if known(values["target"]) else none,
            _(measure("target").formula)),
        Kpi(_("Net sales"), formats.compact(values["net_sales"]),
            [Line(_("vs target to date"), formats.rate(off, signed=True), off, 1)] if known(off) else none,
            _(measure("net_sales").formula), tuple(months["net_sales"])),
        Kpi(_("Target reached"), formats.rate(values["attainment"]),
            [Line(_("of {target}", target=formats.compact(values["target"])))] if known(values["attainment"]) else none,
            _(measure("attainment").formula)),
        Kpi(_("Pace"), formats.rate(values["pace"]),
            [Line(_("vs target to date"), formats.points(off), off, 1)] if known(off) else none,
            _(measure("pace").formula), tuple(months["pace"])),
        Kpi(_("Gap to date"), formats.compact(values["gap"], signed=True), [_largest(answer)] if known(off) else none,
            gap_help),
        _a_day(answer),
    ]  # fmt: skip
    kpis.row(items)


def _largest(answer: Answer) -> Line:
    """The region that misses most."""
    frame = answer.frames["by"]
    behind = frame[(frame["gap"] < 0) & frame["region_id"].notna()] if "region_id" in frame else frame.head(0)
    if behind.empty:
        return Line(_("no region is behind"))
    return Line(ngettext("{n} region behind", "{n} regions behind", len(behind)))


def _a_day(answer: Answer) -> Kpi:
    values = answer.values
    label, help = _("Needed a day"), _("What is missing to the target, divided by the selling days left in the period")
    if not known(values["needed_a_day"]):
        ended = _("no selling day is left") if known(values["target"]) else _("no target for this view")
        return Kpi(label, formats.MISSING, [Line(ended)], help)
    days = ngettext("{n} selling day left", "{n} selling days left", values["days_left"])
    lines = [Line(days)]
    if known(values["made_a_day"]):
        lines.append(Line(_("so far {amount} a day", amount=formats.compact(values["made_a_day"]))))
    return Kpi(label, formats.compact(values["needed_a_day"]), lines, help)


# ------------------------------------------------------------------ views


def reached(scope: Scope, currency: str) -> None:
    """Target and actual by a grouping: money and pace beside each other, and what pace is usual."""
    by = views.choose(_("By"), targets.groupings(), option="by")
    answer = session.ask("targets.attainment", scope, by=by)
    if by not in answer.values["groupings"]:
        cards.chart(targets.reached(answer, by, currency), empty=targets.not_given(by, answer))
        return
    if by in targets.OF_DEALERS:
        left, right = st.columns([3, 2], gap="small")
        with right:
            cards.chart(targets.usual(answer, by), on_pick=_opened(scope, by), empty=targets.few(answer))
    else:
        left = st.container()
    with left:
        cards.chart(targets.reached(answer, by, currency), on_pick=_opened(scope, by), empty=targets.ahead())
    finding = targets.rows(answer, by, currency)
    if by != "employee":
        cards.table(finding, most=12, on_pick=_row_opened(scope, by))
        return
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.table(finding, most=12)
    with right:
        cards.table(targets.tasks(session.ask("targets.tasks", scope), currency), most=12,
                    empty=_("Every task lies within the band."))  # fmt: skip


def _opened(scope: Scope, by: str) -> Callable[[str], None]:
    """What a click does: a region opens what lies below it, a dealer its card, anything else filters."""

    def go(id: str) -> None:
        if by == "dealer":
            links.open_dealer(scope, id)
        address.put({by: id} | ({"by": "dealer"} if by == "employee" else {}))

    return go


def _row_opened(scope: Scope, by: str) -> Callable[[pd.Series], None] | None:
    def picked(row: pd.Series) -> None:
        if isinstance(row["id"], str):
            _opened(scope, by)(row["id"])
            st.rerun()

    return picked if by in ("region", "dealer") else None


def decomposition(scope: Scope, currency: str) -> None:
    """Each target beside the sum of its parts."""
    answer = session.ask("targets.decomposition", scope)
    pairs = plan.pairs(answer)
    if not pairs:
        cards.table(plan.unsolved(answer, currency),
                    empty=_("Targets of at least two levels are needed, one within the other."))  # fmt: skip
        return
    pair = views.pick(_("Levels"), pairs)
    finding = plan.parts(answer, pair, currency)
    left, right = st.columns([1, 1], gap="small")
    with left:
        drills = finding.frame["id"].notna().any()
        cards.chart(finding, on_pick=_opened(scope, "region") if drills else None)
    with right:
        cards.table(plan.unsolved(answer, currency), empty=_("Every target is the sum of its parts."))
    cards.table(plan.ladder(answer, currency))


def gap(scope: Scope, whole: Answer, currency: str) -> None:
    """What explains the gap, and what is written about it."""
    side = "short" if known(whole.values["gap"]) and whole.values["gap"] < 0 else "total"
    left, right = st.columns([1, 1], gap="small")
    with left:
        finding = gaps.gap(session.ask("targets.gap", scope, side=side), currency)
        cards.chart(finding, on_pick=lambda id: _dealer(scope, id),
                    empty=_("A target by dealer or a year of history is needed."))  # fmt: skip
    with right:
        cards.chart(gaps.gap(session.ask("targets.gap", scope, by="category", side=side), currency),
                    empty=_("A target by category or a year of history is needed."))  # fmt: skip
    left, right = st.columns([1, 1], gap="small")
    with left:
        answer = session.ask("targets.gap", scope, by="product", side=side)
        finding = gaps.gap(answer, currency)
        cards.chart(finding, empty=_("A year of history is needed."))
    with right:
        variance_notes.writing(scope)
    variance_notes.written(scope, currency)


def _dealer(scope: Scope, id: str) -> None:
    if id in session.company().store.names("dealer").index:  # the bars of groups open nothing
        links.open_dealer(scope, id)


def agreement(scope: Scope) -> None:
    """Potential beside sales."""
    by = views.choose(_("By"), potential.groupings(), option="by")
    answer = session.ask("targets.potential", scope, by=by)
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(potential.ranks(answer), empty=_("At least five potentials that differ are needed: fewer agree or "
                                                     "disagree by chance alone."))  # fmt: skip
    with right:
        potentials.sheet(answer)
    cards.table(potential.sheet(answer), most=12, note=potential.evidence(answer))
