"""The aging form on its page: overdue by month and office, the form, every debtor with the action taken."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.questions import Answer
from dashboard import address, formats, session
from dashboard.components import cards, debtors, kpis, views
from dashboard.components.panel import table_height
from dashboard.components.text import muted
from dashboard.findings import Finding, aging_form
from dashboard.findings import receivables as findings
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line
from dashboard.i18n import _, ngettext
from data.measures import measure
from data.scope import Scope


def row(answer: Answer, days: Answer) -> None:
    """The KPIs of receivables: what is owed, what is late, how long it takes, what was collected, what is over limits.

    days: the answer of `receivables.days` in the same scope.
    """
    values, ends = answer.values, answer.frames["days"]
    month = _("vs {day}", day=formats.short_date(values["last_month"]))

    def changes(id: str) -> list[Line]:
        lines = []
        for suffix, words in (("last_month", month), ("last_year", _("vs last year"))):
            change = values[id] - values[f"{id}_{suffix}"]
            if not known(change):
                lines.append(Line(_("no comparison")))
                continue
            shown = formats.variance(change, measure(id).unit)
            lines.append(Line(words, shown, change, measure(id).direction))
        return lines

    def card(id: str, lines: list[Line], label: str = "") -> Kpi:
        spark = tuple(ends[id]) if id in ends else ()
        return Kpi(label or _(measure(id).label), formats.measure(values[id], measure(id).unit), lines,
                        _(measure(id).formula), spark)  # fmt: skip

    kpis.row([
        card("receivables", changes("receivables")),
        card("overdue", changes("overdue"), _("Overdue")),
        card("overdue_share", changes("overdue_share")),
        _countback(days, month),
        _collected(days, month),
        _limits(answer),
    ])  # fmt: skip


def _limits(answer: Answer) -> Kpi:
    """The money above the limits, where a debtor has one."""
    values, owing = answer.values, answer.frames["aging"].iloc[:-1]  # the last row is the total
    n, means = int(values["over_limit_dealers"]), _("Receivables and open orders above the credit limits")
    if values["debtors"] and not owing["credit_limit"].notna().any():
        return Kpi(_("Over the limit"), formats.MISSING, [Line(_("no debtor has a limit"))], means)
    lines = [Line(ngettext("{n} dealer", "{n} dealers", n)),
             Line(_("open orders included") if owing["open_orders"].notna().any()
                       else _("without open orders"))]  # fmt: skip
    return Kpi(_("Over the limit"), formats.compact(values["over_limit"]), lines, means)


def _countback(days: Answer, month: str) -> Kpi:
    """How long money stays outside, little moved by a month of small sales."""
    value, before = days.values["countback_dso"], days.values["countback_dso_before"]
    shown = formats.days(value)
    lines = [Line(_("best possible {days}", days=formats.days(days.values["best_possible_dso"])))]
    if known(value - before):
        lines.insert(0, Line(month, formats.days(value - before, signed=True), value - before, -1))
    return Kpi(_("DSO, countback"), f"≥ {shown}" if days.values["beyond"] else shown, lines,
                    _(measure("countback_dso").formula), tuple(days.frames["days"]["countback_dso"]))  # fmt: skip


def _collected(days: Answer, month: str) -> Kpi:
    """The part of what could be collected in the month that was."""
    value, before = days.values["cei"], days.values["cei_before"]
    lines = [Line(_("CEI, the month to the day"))]
    if known(value - before) and days.values["whole"]:  # part of a month against a whole one would tell nothing
        lines.insert(0, Line(month, formats.points(value - before), value - before, 1))
    return Kpi(_("Collection rate"), formats.rate(value), lines, _(measure("cei").formula),
                    tuple(days.frames["days"]["cei"]))  # fmt: skip


def view(scope: Scope, answer: Answer, currency: str) -> None:
    """The form in three cards: over time, what moved it, the whole; then every debtor, editable."""
    empty = _("No invoice was open on these days.")
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(findings.by_month(answer, currency), empty=empty, on_pick=_open_day)
    with right:
        cards.chart(findings.movement(session.ask("receivables.movement", scope), currency), empty=empty)
    left, right = st.columns([3, 2], gap="small")
    with left:
        full = _form(answer, currency)
    with right:
        cards.chart(findings.by_office(answer, currency), empty=empty, on_pick=_open_office)
    by = _debtors(scope, answer, currency, full=full)
    if (dealer := address.item()) and by == "dealer":
        debtors.panel(scope, dealer, currency)


def _open_day(day: str) -> None:
    address.put({"as_of": day})


def _open_office(region: str) -> None:
    address.put({"region": region, "by": ""})


def _form(answer: Answer, currency: str) -> bool:
    """The form of the whole scope. True when amounts are wanted in full."""
    units = {aging_form.THOUSANDS: formats.thousand_name(currency), aging_form.FULL: _("in full")}
    full = address.option("unit", tuple(units)) == aging_form.FULL
    finding = aging_form.form(answer, currency, full=full)
    with st.container(border=True, height="stretch"):
        cards.head(finding)
        views.choose(_("Unit"), units, option="unit")
        shown = aging_form.form_rows(finding, full=full)
        wide = 108 if full else 66
        st.dataframe(shown, hide_index=True, alt=f"{finding.title}. {finding.subtitle}", column_config={
            head: st.column_config.TextColumn(head, alignment="right" if place else "left", width=wide if place else 92)
            for place, head in enumerate(shown.columns)
        })  # fmt: skip
        muted(_("Credit balances and unapplied cash stand apart; they are not netted into the classes."))
    return full


def _debtors(scope: Scope, answer: Answer, currency: str, *, full: bool) -> str:
    with st.container(border=True):
        head = st.container()
        by = views.choose(_("Rows"), {"dealer": _("Dealers"), "office": _("Regions")}, option="by")
        if by == "office":
            finding = aging_form.offices(answer, currency, full=full)
            with head:
                cards.head(finding)
            _offices(finding, full=full)
        else:
            finding = aging_form.dealers(answer, currency, full=full)
            with head:
                cards.head(finding)
            debtors.editor(scope, finding, full=full)
    return by


def _offices(finding: Finding, *, full: bool) -> None:
    frame, config = debtors.figures(finding, full)
    event: Any = st.dataframe(frame, hide_index=True, column_config=config, placeholder="–", key="table_aging_offices",
                              height=table_height(len(frame), 12), alt=f"{finding.title}. {finding.subtitle}",
                              on_select="rerun", selection_mode="single-cell")  # fmt: skip
    muted(_("Click a row to open it."))
    if cells := event["selection"]["cells"]:
        region = finding.frame["region_id"].iloc[cells[0][0]]
        if isinstance(region, str):
            _open_office(region)
            st.rerun()
