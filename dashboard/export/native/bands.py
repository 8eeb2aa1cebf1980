"""Lines over time, and the bands around them: areas on an unseen base."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.dip import dip
from dashboard.charts.launch import launches
from dashboard.charts.lines import lines
from dashboard.charts.outlook import changed, outlook
from dashboard.charts.weeks import around_event
from dashboard.export.native.base import Scale, Values, number_format, periods, scale
from dashboard.export.sketch import Look, Series, Sketch
from dashboard.formats import Kind, Unit, choose_unit
from dashboard.i18n import _

HUES: tuple[Look, ...] = ("series_0", "series_1", "series_2", "series_3", "series_4")


def band(own: Scale, at: Values, *limits: tuple[str, Values, Values]) -> tuple[Series, ...]:
    """Areas between limits, the widest first, each (name, low, high); where a band is not known it is closed, at
    the value of `at`, so that it opens from there."""
    edges: list[tuple[str, list[float]]] = []
    for name, low, high in limits:
        edges.append((name, [_edge(a, b, v) for a, b, v in zip(low, high, at, strict=True)]))
    for name, low, high in reversed(limits):
        edges.append((name, [_edge(b, a, v) for a, b, v in zip(low, high, at, strict=True)]))
    looks: dict[str, Look] = {"80%": "band_80", "95%": "band_95"}
    base = Series("", own.of(edges[0][1]), "hidden", "area")
    inner = len(limits) - 1
    names = [edges[i][0] if i <= inner else edges[i + 1][0] for i in range(len(edges) - 1)]
    steps = [[high - low for low, high in zip(a[1], b[1], strict=True)] for a, b in pairwise(edges)]
    return base, *(Series(name, own.of(step), looks[name], "area") for name, step in zip(names, steps, strict=True))


def _edge(limit: float | None, other: float | None, at: float | None) -> float:
    return (at or 0.0) if limit is None or other is None else limit


def sketch_outlook(frame: pd.DataFrame, *, unit: Unit | None = None, height: int = 0) -> Sketch:
    """AC as a line, FC dashed from its last point, with the bands; targets as dashes, last year as triangles."""
    n, actual, mean = len(frame), rows.numbers(frame, "actual"), rows.numbers(frame, "mean")
    target, last_year = rows.numbers(frame, "target"), rows.numbers(frame, "last_year")
    running = [not pd.isna(flag) and bool(flag) for flag in frame["running"]] if "running" in frame else [False] * n
    whole = [None if part else value for value, part in zip(actual, running, strict=True)]
    so_far = [value if part else None for value, part in zip(actual, running, strict=True)]
    forecast = [None if done is not None else value for value, done in zip(mean, whole, strict=True)]
    model = changed(rows.numbers(frame, "model"), forecast)
    chosen = unit or choose_unit([*actual, *forecast, *target])
    own = scale(chosen, [])
    start = next((i for i, value in enumerate(forecast) if value is not None), None)
    last = next((i for i in reversed(range(n if start is None else start)) if whole[i] is not None), None)
    led, limits = list(forecast), []
    if last is not None and start is not None:
        led[last] = whole[last]
    for level in (95, 80):
        low, high = rows.numbers(frame, f"lo-{level}"), rows.numbers(frame, f"hi-{level}")
        limits.append((f"{level}%", [None if done is not None else v for v, done in zip(low, whole, strict=True)],
                       [None if done is not None else v for v, done in zip(high, whole, strict=True)]))  # fmt: skip
    line = [a if a is not None else f for a, f in zip(whole, forecast, strict=True)]
    series: list[Series] = []
    limits = [limit for limit in limits if rows.known(limit[1])]
    if limits:
        series += band(own, line, *limits)
    for name, values, look, mark in (("PL", target, "plan", "dash"), ("PY", last_year, "last_year", "triangle"),
                                     (_("so far"), so_far, "neutral", "square")):  # fmt: skip
        if rows.known(values):
            series.append(Series(name, own.of(values), look, "line", markers=mark, stroke="none"))  # type: ignore[arg-type]
    if rows.known(model):
        series.append(Series(_("model"), own.of(model), "model", "line", stroke="dash"))
    ends = {i for i in (start, n - 1) if i is not None and i != last and forecast[i] is not None}
    series.append(Series("AC", own.of(whole), "actual", "line", markers="circle",
                         labels=_at({last} if last is not None else {n - 1}, whole, chosen)))  # fmt: skip
    if start is not None:
        series.append(Series("FC", own.of(led), "actual", "line", stroke="dash", labels=_at(ends, forecast, chosen)))
    return Sketch("columns", periods(frame["start"]), tuple(series), own.number, own.unit, own.factor, legend=True)


def _at(places: set[int], values: Values, unit: Unit) -> tuple[str, ...]:
    return tuple(unit.label(value) if i in places and value is not None else "" for i, value in enumerate(values))


def sketch_dip(frame: pd.DataFrame, unit: Unit, *, start: dt.date, end: dt.date, names: tuple[str, str], event: str,
               before: str = "", after: str = "") -> Sketch:  # fmt: skip
    """Actual over the baseline with its band; words at the first week of the event and at those beside it."""
    own = scale(unit, [])
    actual, baseline, low, high = (rows.numbers(frame, column) for column in ("actual", "baseline", "low", "high"))
    weeks = [pd.Timestamp(day) for day in frame["week"]]
    begin = sum(week < pd.Timestamp(start) for week in weeks)
    stop = sum(week < pd.Timestamp(end) for week in weeks)
    words = [""] * len(frame)
    told = [(begin, event)]
    if before and begin:
        told.append((begin - 1, before))
    if after and stop < len(frame):
        told.append((min(range(stop, min(stop + 4, len(frame))), key=lambda i: actual[i] or 0.0), after))
    for place, word in told:
        if place < len(words):
            words[place] = word.replace("<br>", " ")
    first, second = (name.replace("<br>", " ") for name in names)
    return Sketch("columns", periods(frame["week"]), (
        *band(own, baseline, ("80%", low, high)),
        Series(second, own.of(baseline), "model", "line", stroke="dash"),
        Series(first, own.of(actual), "actual", "line", markers="circle", labels=tuple(words)),
    ), own.number, own.unit, own.factor, legend=True)  # fmt: skip


def sketch_around(frame: pd.DataFrame) -> Sketch:
    """A point a week around an event, and its bands; week 0 is that of the event."""
    own = Scale(1.0, "%", number_format(1, "%", signed=True), "")
    mean = rows.numbers(frame, "mean")
    limits = [(f"{level}%", rows.numbers(frame, f"lo-{level}"), rows.numbers(frame, f"hi-{level}"))
              for level in (95, 80)]  # fmt: skip
    told = tuple(formats.number(int(lag), 0, signed=bool(lag)) for lag in frame["lag"])
    return Sketch("columns", told, (
        *band(own, mean, *limits), Series(_("Change"), tuple(mean), "model", "line", markers="circle", stroke="none"),
    ), own.number, own.unit, legend=True, note=_("before: must be zero"))  # fmt: skip


def sketch_lines(frame: pd.DataFrame, *, kind: Kind, height: int = 0) -> Sketch:
    """One line a series, named at its end with its last figure."""
    days = sorted(set(frame["period"]))
    drawn: list[Series] = []
    for label, part in frame.groupby("label", sort=False):
        known = dict(zip(part["period"], rows.numbers(part, "value"), strict=True))
        values = [known.get(day) for day in days]
        end = max((i for i, value in enumerate(values) if value is not None), default=-1)
        words = tuple(f"{label}\n{formats.measure(values[i], kind)}" if i == end else "" for i in range(len(days)))
        look: Look = "actual" if bool(part["strong"].iloc[0]) else "last_year"
        drawn.append(Series(str(label), tuple(values), look, "line", markers="circle", labels=words))
    number = number_format(0, "%" if kind == "rate" else "")
    return Sketch("columns", periods(days), tuple(drawn), number, "%" if kind == "rate" else "", legend=True)


def sketch_launches(frame: pd.DataFrame, *, target: float) -> Sketch:
    """A line a launch over the months since; the target stands one month after."""
    last = max(2, int(frame["month"].max()))
    months = range(1, last + 1)
    goal = Series(_("target {share}, one month after the launch", share=formats.rate(target, 0)),
                  tuple(target if month == 1 else None for month in months), "plan", "line", markers="diamond",
                  stroke="none")  # fmt: skip
    drawn = [goal]
    for number, (_id, part) in enumerate(frame.groupby("product_id", sort=False)):
        known = dict(zip(part["month"].astype(int), rows.numbers(part, "numeric"), strict=True))
        drawn.append(Series(str(part["label"].iloc[0]), tuple(known.get(month) for month in months),
                            HUES[number % len(HUES)], "line", markers="circle"))  # fmt: skip
    return Sketch("columns", tuple(_("month {n}", n=month) for month in months), tuple(drawn), number_format(0, "%"),
                  "%", legend=True)  # fmt: skip


SKETCHES: dict[Any, Any] = {
    around_event: sketch_around, dip: sketch_dip, launches: sketch_launches, lines: sketch_lines,
    outlook: sketch_outlook,
}  # fmt: skip
