"""Columns, lines and bands over time, from left to right."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.aging import CLASSES, aging_columns, class_names
from dashboard.charts.cash import cash_columns
from dashboard.charts.days import days_columns
from dashboard.charts.style import Direction, Style
from dashboard.charts.trend import trend, worth_labels
from dashboard.charts.two_sides import two_sides
from dashboard.export.native import bands
from dashboard.export.native.base import Values, beyond, names, number_format, periods, scale
from dashboard.export.native.lying import AGING
from dashboard.export.sketch import Look, Series, Sketch
from dashboard.formats import Kind, Unit, choose_unit
from dashboard.i18n import _, language


def above(values: tuple[float | None, ...], words: list[str]) -> Series:
    """Words above (or below) stacks of columns, at an unseen line."""
    return Series("", values, "hidden", drawn="line", stroke="none", labels=tuple(words))


def sketch_trend(frame: pd.DataFrame, *, kind: Kind = "money", direction: Direction = 1, unit: Unit | None = None,
                 height: int = 0) -> Sketch:  # fmt: skip
    """AC solid and FC hatched before PL or PY; the relative variance stands below the figure."""
    actual, forecast = rows.numbers(frame, "actual"), rows.numbers(frame, "forecast")
    target, last_year = rows.numbers(frame, "target"), rows.numbers(frame, "last_year")
    column = [a if a is not None else f for a, f in zip(actual, forecast, strict=True)]
    looks: tuple[Look, ...] = tuple(
        "forecast" if a is None and f is not None else "actual" for a, f in zip(actual, forecast, strict=True)
    )
    chosen = unit or choose_unit([*column, *target], kind)
    own, wanted = scale(chosen, [], kind), worth_labels(column)
    planned = bool(rows.known(target))
    base = target if planned else last_year
    words = [_figure(value, against, chosen, kind) if shown else ""
             for value, against, shown in zip(column, base, wanted, strict=True)]  # fmt: skip
    series: list[Series] = []
    if rows.known(base):
        series.append(Series("PL" if planned else "PY", own.of(base), "plan" if planned else "last_year"))
    name = "AC, FC" if "forecast" in looks else "AC"
    series.append(Series(name, own.of(column), "actual", looks=looks))
    if planned and rows.known(last_year):
        series.append(Series("PY", own.of(last_year), "last_year", "line", markers="triangle", stroke="none"))
    ends: Values = [None if not rows.known(pair) else max(rows.known(pair)) if (pair[0] or 0.0) >= 0 else 0.0
                    for pair in zip(column, base, strict=True)]  # fmt: skip
    series.append(above(own.of(ends), words))
    return Sketch("columns", _when(frame), tuple(series), own.number, own.unit, own.factor, legend=len(series) > 2)


def _figure(value: float | None, base: float | None, unit: Unit, kind: Kind) -> str:
    if value is None:  # a period that has a target only
        return "" if base is None else unit.label(base)
    word = formats.rate(value, unit.decimals) if kind == "rate" else unit.label(value)
    apart = rows.difference(value, base) if kind == "rate" else rows.relative(value, base)
    if apart is None:
        return word
    return f"{word}\n{formats.points(apart) if kind == 'rate' else rows.percent(apart) + '%'}"


def _when(frame: pd.DataFrame) -> tuple[str, ...]:
    return names(frame) if "label" in frame else periods(frame["period"])


def sketch_aging_columns(frame: pd.DataFrame, *, unit: Unit | None = None, height: int = 0) -> Sketch:
    """Stacks of what is overdue, light to dark with age; total and share on top."""
    told = class_names(Style(lang=language()))
    classes = {name: [value or 0.0 for value in rows.numbers(frame, name)] for name in CLASSES}
    totals = [sum(values) for values in zip(*classes.values(), strict=True)]
    chosen = unit or choose_unit(totals)
    own = scale(chosen, [])
    shares = ["" if value is None else "\n" + formats.rate(value, 0) for value in rows.numbers(frame, "share")]
    words = [chosen.label(total) + share for total, share in zip(totals, shares, strict=True)]
    stack = (Series(told[name], own.of(values), look) for (name, values), look in
             zip(classes.items(), AGING, strict=True))  # fmt: skip
    when = periods(frame["period"]) if "period" in frame else names(frame)
    return Sketch("columns", when, (*stack, above(own.of(totals), words)), own.number, own.unit, own.factor,
                  stacked=True, legend=True)  # fmt: skip


def sketch_days(frame: pd.DataFrame, *, height: int = 0) -> Sketch:
    """DSO: what was agreed and what is beyond it, the sum on top, the countback as diamonds."""
    best, beyond_, countback = (rows.numbers(frame, column) for column in ("best", "beyond", "countback"))
    tops: Values = [(a or 0.0) + (b or 0.0) for a, b in zip(best, beyond_, strict=True)]
    words = [formats.number(top, 0) for top in tops]
    return Sketch("columns", periods(frame["period"]), (
        Series(_("in term"), tuple(best), "aging_0"), Series(_("beyond"), tuple(beyond_), "aging_4"),
        Series(_("countback"), tuple(countback), "model", "line", markers="diamond", stroke="none"),
        above(tuple(tops), words),
    ), number_format(1), stacked=True, legend=True)  # fmt: skip


def sketch_cash(frame: pd.DataFrame, *, unit: Unit | None = None, height: int = 0) -> Sketch:
    """What is expected, hatched and with its band, inside the outline of what falls due."""
    due, expected = rows.numbers(frame, "due"), rows.numbers(frame, "expected")
    low, high = rows.numbers(frame, "low"), rows.numbers(frame, "high")
    chosen = unit or choose_unit([*due, *expected])
    own = scale(chosen, [])
    far = [max(rows.known([*pair]), default=None) for pair in zip(due, expected, high, strict=True)]
    return Sketch("columns", tuple(formats.short_date(day) for day in frame["start"]), (
        Series(_("expected"), own.of(expected), "forecast", low=own.of(low), high=own.of(high)),
        Series(_("falls due"), own.of(due), "plan"), beyond(own.of(far), [chosen.label(value) for value in expected]),
    ), own.number, own.unit, own.factor, overlaid=True, legend=True)  # fmt: skip


def sketch_two_sides(frame: pd.DataFrame, *, words: tuple[str, str], series: tuple[str, str],
                     unit: Unit | None = None, height: int = 0) -> Sketch:  # fmt: skip
    """Columns upwards for what lies above, downwards for what lies below; the grey part is the second of each."""
    values = {(side, part): [value or 0.0 for value in rows.numbers(frame, f"{side}_{part}")]
              for side in ("above", "below") for part in ("first", "second")}  # fmt: skip
    totals = {side: [a + b for a, b in zip(values[side, "first"], values[side, "second"], strict=True)]
              for side in ("above", "below")}  # fmt: skip
    chosen = unit or choose_unit([*totals["above"], *totals["below"]])
    own, drawn = scale(chosen, []), list[Series]()
    for side, sign, word in (("above", 1, words[0]), ("below", -1, words[1])):
        for part, name, look in (("first", series[0], "actual"), ("second", series[1], "last_year")):
            signed: Values = [sign * value for value in values[side, part]]
            drawn.append(Series(f"{word}: {name}", own.of(signed), look))  # type: ignore[arg-type]
    for side, sign in (("above", 1), ("below", -1)):
        told = [chosen.label(value) if value else "" for value in totals[side]]
        drawn.append(above(own.of([sign * value for value in totals[side]]), told))
    return Sketch("columns", periods(frame["period"]), tuple(drawn), own.number, own.unit, own.factor, stacked=True,
                  legend=True)  # fmt: skip


SKETCHES: dict[Any, Any] = {
    aging_columns: sketch_aging_columns, cash_columns: sketch_cash, days_columns: sketch_days, trend: sketch_trend,
    two_sides: sketch_two_sides, **bands.SKETCHES,
}  # fmt: skip
