"""The KPIs of the dealer card."""

from __future__ import annotations

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings import dealer as findings
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line, change_line, versus
from dashboard.i18n import _
from data.measures import measure


def kpis(answer: Answer, *, sparks: bool = True) -> list[Kpi]:
    """Sales, target, margin, orders, what is overdue, visits."""
    values, spark = answer.values, answer.frames["spark"]
    against = versus(answer)
    target = values["pace"] - 1 if known(values["pace"]) else float("nan")
    to_target = Line(_("vs target"), formats.rate(target, signed=True), target, 1) if known(target) else Line(
        _("no target for this view"))  # fmt: skip
    gap = values["net_sales"] - values["target_to_date"]
    reached = [Line(_("of {target}", target=formats.compact(values["target"]))),
               Line(_("gap to date"), formats.compact(gap, signed=True), gap, 1)] if known(gap) else [
        Line(_("no target for this view"))]  # fmt: skip
    used = [Line(_("of {part}", part=formats.compact(values["receivables"])))]
    planned = _("{done} of {planned} done", done=formats.count(values["planned_visits_done"]),
                planned=formats.count(values["planned_visits"]))  # fmt: skip
    rows: list[tuple[str, str, list[Line]]] = [
        ("net_sales", "net_sales", [to_target, _change(answer, "net_sales", against)]),
        ("attainment", "pace", reached),
        ("gross_margin_rate", "gross_margin_rate", [
            _change(answer, "gross_margin_rate", against),
            Line(_("gross margin {amount}", amount=formats.compact(values["gross_margin"])))]),
        ("orders", "", [_change(answer, "orders", against)]),
        ("overdue", "", [*used, _change(answer, "overdue", against)]),
        ("visit_coverage", "visit_coverage", [Line(planned), _change(answer, "visit_coverage", against)]),
    ]  # fmt: skip
    return [
        Kpi(_(measure(id).label), formats.measure(values[id], measure(id).unit),
            lines if known(values[id]) else [Line(_("no rows for this view"))], _(measure(id).formula),
            tuple(spark[line]) if line and sparks else ())
        for id, line, lines in rows
    ]  # fmt: skip


def _change(answer: Answer, id: str, against: str) -> Line:
    return change_line(findings.kpi(answer, id), against)
