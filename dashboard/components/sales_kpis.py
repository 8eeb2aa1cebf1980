"""The KPI row of the Sales page."""

from __future__ import annotations

from analytics.questions import Answer
from dashboard import formats
from dashboard.components import kpis
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line, change_line, versus
from dashboard.i18n import _
from data.measures import measure


def row(answer: Answer) -> None:
    """Net sales, margin, quantity, price, orders, dealers."""
    rows = answer.frames["summary"].set_index("measure", drop=False)
    values, spark, against = answer.values, answer.frames["spark"], versus(answer)

    def change(id: str) -> Line:
        return change_line(rows.loc[id], against)

    def kpi(id: str, lines: list[Line]) -> Kpi:
        definition = measure(id)
        if not known(values[id]):
            why = _("no cost of goods is known") if id == "gross_margin" else _("no rows for this view")
            return Kpi(_(definition.label), "–", [Line(why)], _(definition.formula))
        return Kpi(_(definition.label), formats.measure(values[id], definition.unit), lines, _(definition.formula),
                   tuple(spark[id]))  # fmt: skip

    rate = rows.loc["gross_margin_rate"]
    margin = Line(_("{rate} of sales", rate=formats.rate(rate["value"]))) if known(rate["value"]) else Line("")
    if known(rate["change"]):
        margin = Line(_("to {rate} of sales", rate=formats.rate(rate["value"])), formats.points(rate["change"]),
                      float(rate["change"]), 1)  # fmt: skip
    kpis.row([
        kpi("net_sales", [change("net_sales"), Line(_("returns {amount}", amount=formats.compact(values["returns"])))]),
        kpi("gross_margin", [change("gross_margin"), margin]),
        kpi("quantity", [change("quantity"), Line(_("sales units"))]),
        kpi("price", [change("price"), Line(_("discounts {rate}", rate=formats.rate(values["discount_rate"])))]),
        kpi("orders", [change("orders"), Line(_("documents with a sale"))]),
        kpi("active_dealers", [change("active_dealers"), Line(_dealers(answer))]),
    ])  # fmt: skip


def _dealers(answer: Answer) -> str:
    """New, returning and lost dealers in one line; those that cannot be told are left out."""
    values = answer.values
    words = {"new_dealers": _("{n} new"), "returning_dealers": _("{n} returning"), "lost_dealers": _("{n} lost")}
    told = [text.format(n=formats.count(values[id])) for id, text in words.items() if known(values[id])]
    return " · ".join(told) or _("new and lost cannot be told")
