"""Sketch: a chart as plain data, as an office program can hold it: categories, series, and how each is drawn.

The notation is that of the pages (IBCS): AC solid, PY grey, PL outline, FC hatched; green and red for variances alone.
`dashboard/export/native.py` makes a sketch of each chart of `dashboard/charts`; PowerPoint and Excel draw it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Shape = Literal["columns", "bars", "points"]  # upright over time; lying; numbers on both axes
Drawn = Literal["bar", "line", "area"]
Look = Literal[
    "actual", "last_year", "plan", "forecast", "model", "good", "bad", "neutral", "hidden", "band_80", "band_95",
    "aging_0", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5",
]  # fmt: skip


@dataclass(frozen=True)
class Series:
    """Values of one series, one a category (None: nothing there), in the unit that the subtitle states.

    looks: one a value where they differ. labels: words at the values; () for none, None for the values themselves.
    drawn: bars are clustered, or stacked where the sketch says so; areas are always stacked; a "line" may be markers
    alone. low, high: ends of a whisker at each value. x: places of the values in a sketch of points.
    """

    name: str
    values: tuple[float | None, ...]
    look: Look
    drawn: Drawn = "bar"
    looks: tuple[Look, ...] = ()
    labels: tuple[str, ...] | None = ()
    markers: Literal["", "circle", "triangle", "diamond", "square", "dash"] = ""
    stroke: Literal["solid", "dash", "none"] = "solid"
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    x: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Sketch:
    """A chart: lying bars run from top to bottom in the order of the categories.

    number: the Excel number format of values, in the unit `unit` (words, such as "CNY m"), which is `factor` plain
    units. axes: words for the two axes of points.
    """

    shape: Shape
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    number: str = "#,##0.0"
    unit: str = ""
    factor: float = 1.0
    stacked: bool = False
    legend: bool = False
    axes: tuple[str, str] = ("", "")
    bold: frozenset[int] = field(default_factory=frozenset)  # categories of totals


def floating(low: Sequence[float], high: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    """Bars that float from low to high, as stacked bars can draw them: an unseen base, the part below zero, above.

    Office programs stack what is negative apart from what is positive, so a bar across zero needs both parts.
    """
    base, below, above = [], [], []
    for a, b in zip(low, high, strict=True):
        base.append(a if a > 0 else b if b < 0 else 0.0)
        below.append(a - b if b < 0 else min(a, 0.0))
        above.append(b - a if a > 0 else max(b, 0.0))
    return tuple(base), tuple(below), tuple(above)
