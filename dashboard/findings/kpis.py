"""KPIs as words: name, value, and lines that say the variance; a page draws them, a slide writes them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.briefing import known
from dashboard.i18n import _
from data.measures import Direction, measure
from data.words import N_


@dataclass(frozen=True)
class Line:
    """A line under a KPI: a difference with its judgement, or plain words."""

    words: str
    value: str = ""
    change: float = 0.0
    direction: Direction = 0

    @property
    def mark(self) -> str:
        """Up, down, or neither where the difference vanishes in what is shown."""
        flat = not self.change or math.isnan(self.change) or not set(self.value) & set("123456789")
        return "■" if flat else "▲" if self.change > 0 else "▼"


@dataclass(frozen=True)
class Kpi:
    """What one card of the row shows. `spark`: the values of its sparkline, oldest first."""

    label: str
    value: str
    lines: list[Line]
    help: str
    spark: tuple[float, ...] = ()


def change_line(kpi: pd.Series, words: str) -> Line:
    """The difference to the compared period: points for rates, days for days, percent for all else."""
    definition = measure(kpi["measure"])
    by_points = definition.unit in ("rate", "days")
    if not known(kpi["change" if by_points else "change_rate"]):  # unknown, or nothing to divide by
        return Line(_("no comparison"))
    if definition.unit == "rate":
        text = formats.points(kpi["change"])
    elif definition.unit == "days":
        text = formats.days(kpi["change"], signed=True)
    else:
        text = formats.rate(kpi["change_rate"], signed=True)
    return Line(words, text, float(kpi["change"]), definition.direction)


def versus(answer: Answer) -> str:
    """What a difference on a KPI refers to, in short."""
    return {
        "last_year": _("vs last year"),
        "previous": _("vs the period before"),
        "selling_days": _("vs last year, same selling days"),
        "lunar": _("vs last year, by Spring Festival"),
        "target": "",
    }[answer.scope.compare]


def briefing(answer: Answer, landing: Answer) -> list[Kpi]:
    """The six KPIs of the Briefing; where there is a forecast, the year's landing stands in place of the DSO."""
    kpis = answer.frames["kpis"].set_index("measure", drop=False)
    spark, values = answer.frames["spark"], answer.values
    against = versus(answer)

    def shown(id: str) -> str:
        return formats.measure(values[id], measure(id).unit)

    sales = kpis.loc["net_sales"]
    target = sales["target_change_rate"]
    to_target = Line(_("vs target"), formats.rate(target, signed=True), target, 1) if known(target) else Line(
        _("no target for this view"))  # fmt: skip
    reached: list[Line] = [Line(_("no target for this view"))]
    if known(values["attainment"]):
        off = values["pace"] - 1 if known(values["pace"]) else float("nan")
        reached = [Line(_("vs target to date"), formats.points(off), off, 1),
                   Line(_("of {target}", target=formats.compact(values["target"])))]  # fmt: skip
    rows: list[tuple[str, list[Line]]] = [
        ("net_sales", [to_target, change_line(sales, against)]),
        ("attainment", reached),
        ("gross_margin_rate", [change_line(kpis.loc["gross_margin_rate"], against),
                               Line(_("gross margin {amount}", amount=formats.compact(values["gross_margin"])))]),
        ("overdue_share", [change_line(kpis.loc["overdue_share"], against),
                           Line(_("{part} of {whole}", part=formats.compact(values["overdue"]),
                                  whole=formats.compact(values["receivables"])))]),
        ("dso", [change_line(kpis.loc["dso"], against), Line(_("on invoices of 90 days"))]),
        ("visit_coverage", [change_line(kpis.loc["visit_coverage"], against), Line(_("planned visits done"))]),
    ]  # fmt: skip
    items = {
        id: Kpi(_(_SHORT.get(id, measure(id).label)), shown(id),
            lines if known(values[id]) else [Line(_missing(answer, id))],
            _(measure(id).formula), tuple(spark[id]) if id in spark else ())
        for id, lines in rows
    }  # fmt: skip
    periods = landing.frames["periods"].set_index("kind")
    if "year" in periods.index:
        year = landed(periods.loc["year"], _("Year landing"))
        del items["dso"]
        items = dict(list(items.items())[:2]) | {"landing": year} | items
    return list(items.values())


def landed(row: pd.Series, label: str) -> Kpi:
    """Where a period lands: against target with the chance to reach it, or with its band and against last year."""
    band = Line(_("80%: {low} to {high}", low=formats.compact(row["lo-80"]), high=formats.compact(row["hi-80"])))
    lines = [band]
    if known(row["target"]) and row["target"]:
        off = row["expected"] / row["target"] - 1
        lines = [Line(_("vs target"), formats.rate(off, signed=True), off, 1),
                 Line(_("chance {chance} to hit target", chance=formats.probability(row["probability"])))]  # fmt: skip
    elif known(row["last_year"]) and row["last_year"] > 0:
        off = row["expected"] / row["last_year"] - 1
        lines.insert(0, Line(_("vs last year"), formats.rate(off, signed=True), off, 1))
    return Kpi(label, formats.compact(row["expected"]), lines, f"{_(measure('landing').formula)}. {band.words}")


def _missing(answer: Answer, id: str) -> str:
    """Why a KPI has no value."""
    if not answer.values["imported"][id]:
        return _("not imported yet")
    return _("no target for this view") if id == "attainment" else _("no rows for this view")


_SHORT = {"dso": "DSO", "gross_margin_rate": N_("Gross margin rate"), "overdue_share": N_("Overdue share")}
