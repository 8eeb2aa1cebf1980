"""Lying bars, one row an item: rankings, and what was reached before the outline of what was to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.aging import CLASSES, aging_bars, class_names
from dashboard.charts.changes import changes
from dashboard.charts.pair import pair
from dashboard.charts.pareto import pareto
from dashboard.charts.parts import parts
from dashboard.charts.planned import planned_done
from dashboard.charts.ranking import Against, ranking
from dashboard.charts.ranks import ranks
from dashboard.charts.score_parts import score_parts
from dashboard.charts.style import Direction, Style
from dashboard.export.native.base import (
    MOST,
    after,
    beyond,
    bracketed,
    first,
    joined,
    judged,
    names,
    number_format,
    scale,
)  # fmt: skip
from dashboard.export.sketch import Look, Series, Sketch
from dashboard.formats import Kind, Unit, choose_unit
from dashboard.i18n import _, language

AGING: tuple[Look, ...] = ("aging_1", "aging_2", "aging_3", "aging_4", "aging_5")


def sketch_ranking(frame: pd.DataFrame, *, total: Mapping[str, float | None] | None = None,
                   against: Against | None = None, kind: Kind = "money", direction: Direction = 1,
                   unit: Unit | None = None) -> Sketch:  # fmt: skip
    """AC before what it is compared with; the variance stands behind the figure. The total is left to the table: its
    bar would dwarf the others."""
    column = against or ("target" if rows.known(rows.numbers(frame, "target")) else "last_year")
    every = rows.numbers(frame, "actual")
    chosen = unit or choose_unit([*every, None if total is None else rows.number(total.get("actual"))], kind)
    shown, note = first(frame)
    actual, base = rows.numbers(shown, "actual"), rows.numbers(shown, column)
    own = scale(chosen, [], kind)
    compared: tuple[Series, ...] = ()
    words = [chosen.label(value) if own.factor != 1.0 or chosen.symbol != "%" else formats.rate(value, chosen.decimals)
             for value in actual]  # fmt: skip
    if rows.known(base):
        told = [bracketed(word, _variance(a, b, kind)) for word, a, b in zip(words, actual, base, strict=True)]
        longer = [abs(b or 0.0) > abs(a or 0.0) for a, b in zip(actual, base, strict=True)]  # words beyond both bars
        outside = tuple(word if far else "" for word, far in zip(told, longer, strict=True))
        compared = (Series("PL" if column == "target" else "PY", own.of(base),
                           "plan" if column == "target" else "last_year", labels=outside),)  # fmt: skip
        words = ["" if far else word for word, far in zip(told, longer, strict=True)]
    return Sketch("bars", names(shown), (*compared, Series("AC", own.of(actual), "actual", labels=tuple(words))),
                  own.number, own.unit, own.factor, note=note, legend=bool(compared))  # fmt: skip


def _variance(value: float | None, base: float | None, kind: Kind) -> str:
    if kind == "rate":
        apart = rows.difference(value, base)
        return "" if apart is None else formats.points(apart)
    change = rows.relative(value, base)
    return "" if change is None else rows.percent(change) + "%"


def sketch_pareto(frame: pd.DataFrame, *, unit: Unit | None = None, rest: str = "") -> Sketch:
    """The largest first; the share so far stands behind the figure."""
    chosen = unit or choose_unit(rows.numbers(frame, "value"))
    own, (shown, note) = scale(chosen, []), first(frame)
    values, so_far = rows.numbers(shown, "value"), rows.numbers(shown, "cumulative")
    places = 0 if max(rows.known(so_far), default=0.0) > 0.2 else 1
    words = [joined(chosen.label(value), formats.rate(part, places)) for value, part in
             zip(values, so_far, strict=True)]  # fmt: skip
    return Sketch("bars", names(shown), (Series("AC", own.of(values), "actual", labels=tuple(words)),), own.number,
                  own.unit, own.factor, note=joined(_("share so far"), rest or note))  # fmt: skip


def sketch_aging_bars(frame: pd.DataFrame, *, unit: Unit | None = None) -> Sketch:
    """A stack a row, light to dark with age."""
    told = class_names(Style(lang=language()))
    shown, note = first(frame)
    classes = {name: [max(value or 0.0, 0.0) for value in rows.numbers(shown, name)] for name in CLASSES}
    totals = [sum(values) for values in zip(*classes.values(), strict=True)]
    chosen = unit or choose_unit(totals)
    own = scale(chosen, [])
    words = [joined(chosen.label(whole), "" if part is None else formats.rate(part, 0))
             for whole, part in zip(totals, rows.numbers(shown, "share"), strict=True)]  # fmt: skip
    stack = (Series(told[name], own.of(values), look) for (name, values), look in
             zip(classes.items(), AGING, strict=True))  # fmt: skip
    return Sketch("bars", names(shown), (*stack, after([own.one(total) for total in totals], words)), own.number,
                  own.unit, own.factor, stacked=True, legend=True, note=note)  # fmt: skip


def sketch_parts(frame: pd.DataFrame, *, unit: Unit | None = None) -> Sketch:
    """The sum of the parts inside the outline of the target; a difference stands behind its figure."""
    chosen = unit or choose_unit([*rows.numbers(frame, "target"), *rows.numbers(frame, "parts")])
    own, (shown, note) = scale(chosen, []), first(frame)
    target, inside = rows.numbers(shown, "target"), rows.numbers(shown, "parts")
    words = [
        bracketed(chosen.label(whole or 0.0), "" if state == "adds_up" else formats.compact(apart, signed=True))
        for whole, apart, state in zip(target, rows.numbers(shown, "difference"), shown["state"], strict=True)
    ]
    far = [max(rows.known(pair), default=None) for pair in zip(target, inside, strict=True)]
    return Sketch("bars", names(shown),
                  (Series(_("Sum of its parts"), own.of(inside), "last_year"),
                   Series(_("Target"), own.of(target), "plan"), beyond(own.of(far), words)),
                  own.number, own.unit, own.factor, overlaid=True, legend=True, note=note)  # fmt: skip


def sketch_planned_done(frame: pd.DataFrame) -> Sketch:
    """What was done inside the outline of what was planned."""
    shown, note = first(frame)
    planned, done = rows.numbers(shown, "planned"), rows.numbers(shown, "done")
    words = [
        _("{done} of {planned}", done=formats.count(part or 0.0), planned=formats.count(whole or 0.0))
        + ("  " + formats.rate((part or 0.0) / whole, 0) if whole else "")
        for part, whole in zip(done, planned, strict=True)
    ]
    far = [max(rows.known(pair), default=None) for pair in zip(planned, done, strict=True)]
    return Sketch("bars", names(shown), (Series("AC", tuple(done), "actual"), Series("PL", tuple(planned), "plan"),
                                         beyond(far, words)),
                  number_format(0), overlaid=True, legend=True, note=note)  # fmt: skip


def sketch_score_parts(frame: pd.DataFrame) -> Sketch:
    """The points that each criterion gave inside the outline of the most that it can give."""
    shown, note = first(frame)
    most, got = rows.numbers(shown, "most"), rows.numbers(shown, "got")
    words = [f"{formats.number(part, 0)} / {formats.number(whole, 0)}  {value}" for part, whole, value in
             zip(got, most, shown["value"], strict=True)]  # fmt: skip
    return Sketch("bars", names(shown), (Series("AC", tuple(got), "actual"), Series("max", tuple(most), "plan"),
                                         beyond(most, words)), number_format(0), overlaid=True, note=note)  # fmt: skip


def sketch_pair(frame: pd.DataFrame, *, heads: tuple[str, str], mark: float | None = None,
                highest: float = 1.0) -> Sketch:  # fmt: skip
    """Two bars a row: the first solid, the second grey behind it."""
    shown, note = first(frame)
    two = ((heads[1], "second", "last_year"), (heads[0], "first", "actual"))
    series: list[Series] = []
    for name, column, look in two:
        series.append(Series(name, tuple(rows.numbers(shown, column)), look, labels=None))  # type: ignore[arg-type]
    return Sketch("bars", names(shown), tuple(series), number_format(0, "%"), "%", legend=True, note=note)


def sketch_ranks(frame: pd.DataFrame, *, first: str, second: str) -> Sketch:
    """Places won or lost from the first order to the second; both places stand beside the name."""
    shown = frame.head(MOST)
    x, y = ([value or 0.0 for value in rows.numbers(shown, column)] for column in ("rank_x", "rank_y"))
    won = [a - b for a, b in zip(x, y, strict=True)]
    words = [formats.number(change, int(change % 1 != 0), signed=True) if change else "=" for change in won]
    named = [f"{name}  {a:g} → {b:g}" for name, a, b in zip(names(shown), x, y, strict=True)]
    looks = tuple(judged(change, 1) for change in won)
    note = joined(f"{first} → {second}", leftover(frame))
    return Sketch("bars", tuple(named), (Series("Δ", tuple(won), "neutral", looks=looks, labels=tuple(words)),),
                  number_format(0, signed=True), note=note)  # fmt: skip


def leftover(frame: pd.DataFrame) -> str:
    """Words for the rows that a chart leaves to the table."""
    return first(frame)[1]


def sketch_changes(frame: pd.DataFrame, *, direction: Direction = 1) -> Sketch:
    """One change seen in several ways."""
    shown, note = first(frame)
    values = rows.numbers(shown, "change")
    named = tuple(f"{label}\n{words}" for label, words in zip(shown["label"], shown["words"], strict=True))
    looks = tuple(judged(value, direction) for value in values)
    words = tuple("" if value is None else formats.rate(value, signed=True) for value in values)
    return Sketch("bars", named, (Series("Δ", tuple(values), "neutral", looks=looks, labels=words),),
                  number_format(1, "%", signed=True), "%", note=note)  # fmt: skip


SKETCHES: dict[Any, Any] = {
    aging_bars: sketch_aging_bars, changes: sketch_changes, pair: sketch_pair, pareto: sketch_pareto,
    parts: sketch_parts, planned_done: sketch_planned_done, ranking: sketch_ranking, ranks: sketch_ranks,
    score_parts: sketch_score_parts,
}  # fmt: skip
