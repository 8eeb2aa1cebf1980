"""Waterfalls: bars that float from one level to the next, stacked over an unseen base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.charts import rows
from dashboard.charts.style import Direction
from dashboard.charts.waterfall import ordered, variance_waterfall
from dashboard.export.native.base import MOST, NAME_WIDTH, after, judged, scale
from dashboard.export.sketch import Look, Series, Sketch, floating
from dashboard.formats import Kind, Unit, choose_unit
from dashboard.i18n import ngettext

Step = tuple[str, float, int]  # its name, its length, the direction that judges it


def sketch_waterfall(frame: pd.DataFrame, *, closing: str, opening: tuple[str, float] | None = None,
                     kind: Kind = "money", direction: Direction = 1, unit: Unit | None = None,
                     sort: bool = True) -> Sketch:  # fmt: skip
    """Steps that add up to the closing bar, as in the chart; what there is no room for is one step."""
    there = [value is not None for value in rows.numbers(frame, "value")]
    taken = frame[pd.Series(there, index=frame.index, dtype=bool)]
    if sort and opening is None:
        taken = ordered(taken, direction)
    judges = taken["direction"].tolist() if "direction" in taken else [direction] * len(taken)
    steps = _folded([
        (str(label), float(value), int(judge)) for label, value, judge in
        zip(taken["label"], taken["value"], judges, strict=True)
    ], direction)  # fmt: skip
    levels = [opening[1] if opening else 0.0]
    for _name, length, _judge in steps:
        levels.append(levels[-1] + length)
    chosen = unit or choose_unit([levels[0], levels[-1], *(length for _n, length, _d in steps)], kind)
    own = scale(chosen, [], kind)

    bars: list[tuple[str, float, float, Look]] = [  # name, from, to, look
        (name, start, end, judged(length, judge))
        for (name, length, judge), start, end in zip(steps, levels[:-1], levels[1:], strict=True)
    ]
    bars.append((closing, 0.0, levels[-1], "actual" if opening else judged(levels[-1], direction)))
    if opening:
        bars.insert(0, (opening[0], 0.0, opening[1], "actual"))
    ends = frozenset({0, len(bars) - 1} if opening else {len(bars) - 1})
    lengths = [end - start for _name, start, end, _look in bars]
    words = [chosen.label(length, signed=not (opening and i in ends)) for i, length in enumerate(lengths)]
    low = [own.one(min(start, end)) for _name, start, end, _look in bars]
    high = [own.one(max(start, end)) for _name, start, end, _look in bars]
    base, below, above = floating(low, high)
    looks = tuple(look for *_bar, look in bars)
    back = [(b <= 0 and a < b) or (length < 0 and a < 0) for a, b, length in zip(low, high, lengths, strict=True)]
    return Sketch(
        "bars", tuple(rows.cut(name, NAME_WIDTH) for name, *_bar in bars),
        (Series("", base, "hidden"), *_unless_empty(below, looks), Series("Δ", above, "neutral", looks=looks),
         after(high, words, low, back)),
        own.number, own.unit, own.factor, stacked=True, bold=ends,
    )  # fmt: skip


def _unless_empty(below: Sequence[float], looks: tuple[Look, ...]) -> tuple[Series, ...]:
    return (Series("Δ", tuple(below), "neutral", looks=looks),) if any(below) else ()


def _folded(steps: list[Step], direction: int) -> list[Step]:
    """As many steps as there is room for: the largest in their order, then one for all others."""
    room = MOST - 2  # an opening and a closing bar
    if len(steps) <= room:
        return steps
    largest = {i for i, _step in sorted(enumerate(steps), key=lambda item: -abs(item[1][1]))[: room - 1]}
    kept = [step for i, step in enumerate(steps) if i in largest]
    rest = [step for i, step in enumerate(steps) if i not in largest]
    name = ngettext("{n} other", "{n} others", len(rest))
    return [*kept, (name, sum(length for _name, length, _judge in rest), direction)]


SKETCHES: dict[Any, Any] = {variance_waterfall: sketch_waterfall}
