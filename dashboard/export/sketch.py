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
    "series_0", "series_1", "series_2", "series_3", "series_4",
]  # fmt: skip


@dataclass(frozen=True)
class Series:
    """Values of one series, one a category (None: nothing there), in the unit that the subtitle states.

    looks: one a value where they differ. labels: words at the values; () for none, None for the values themselves.
    drawn: bars are clustered, or stacked where the sketch says so; areas are always stacked; a "line" may be markers
    alone. low, high: ends of a whisker at each value (none in a stack). x: places of the values in a sketch of points.

    Labels stand beyond the end of a bar, and above the points of a line (below, where none of its values is above
    zero). The labels of a hidden bar in a stack begin where it begins: so words stand beyond the stack.
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
    """A chart: lying bars run from top to bottom in the order of the categories. What comes first stands behind.

    number: the Excel number format of values, in the unit `unit` (words, such as "CNY m"), which is `factor` plain
    units; x_number: that of places on the axis of points. axes: words for the two axes of points; log: those that run
    by powers of ten. stacked: bars stand on each other; overlaid: before each other, at one place; neither: side by
    side, each shifted a little before the one behind. legend: names each look once, nothing hidden. note: what the
    chart leaves out.
    """

    shape: Shape
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    number: str = "#,##0.0"
    unit: str = ""
    factor: float = 1.0
    x_number: str = ""
    stacked: bool = False
    overlaid: bool = False
    log: Literal["", "x", "y"] = ""
    note: str = ""
    legend: bool = False
    axes: tuple[str, str] = ("", "")
    bold: frozenset[int] = field(default_factory=frozenset)  # categories of totals

    def whiskers(self, series: Series) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """How far the whiskers of a series reach below and above its values."""
        below, above = [], []
        for value, low, high in zip(series.values, series.low, series.high, strict=True):
            known = value is not None and low is not None and high is not None
            below.append((value or 0.0) - (low or 0.0) if known else 0.0)
            above.append((high or 0.0) - (value or 0.0) if known else 0.0)
        return tuple(below), tuple(above)


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
