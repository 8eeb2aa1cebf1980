"""Whether what was said to be likely happened as often: a point a class of chances against the line "as said"."""

import math

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style
from dashboard.i18n import translator

SMALL, LARGE = 7, 17  # px across of points: of few cases, of the most
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
LABEL = 10  # px of the number of cases
HEAD = 0.06  # of the axis that such a number takes
EDGE = 0.04  # beyond 0 and 100 %, for half a point


def reliability(frame: pd.DataFrame, style: Style) -> go.Figure:
    """Draw `happened` over `said`, both from 0 to 100 %, with the whisker `lo` to `hi` and the number of cases.

    frame: `said`, `happened`, `count`, and where they exist `lo`, `hi`, all but the count fractions. Where the whisker
    misses the line, what was said was wrong by more than chance: a square in the colour of bad.
    """
    canvas, colours, _ = Canvas(style), style.palette, translator(style.lang)
    said, happened, count, low, high = (
        rows.numbers(frame, column) for column in ("said", "happened", "count", "lo", "hi")
    )
    there = [i for i in range(len(frame)) if said[i] is not None and happened[i] is not None]
    most = max(rows.known(count), default=0.0)
    canvas.traces.append(
        {"type": "scatter", "mode": "lines", "name": "as said", "x": [0, 1], "y": [0, 1], "hoverinfo": "skip",
         "line": {"color": colours.muted, "width": 1}}
    )  # fmt: skip
    canvas.stems(
        ((x, a, x, b, colours.model, "solid") for i in there
         if (x := said[i]) is not None and (a := low[i]) is not None and (b := high[i]) is not None),
        2, name="whiskers",
    )  # fmt: skip
    sizes = [_size(count[i], most) for i in there]
    missed = [misses(said[i], low[i], high[i]) for i in there]
    likely, often, band = _("said"), _("happened"), formats.rate(0.9, 0)
    hover = []
    for i in there:
        lines = [f"{likely} {formats.rate(said[i], 0)}", f"{often} {formats.rate(happened[i], 0)}"]
        if low[i] is not None and high[i] is not None:
            lines.append(f"{band} {formats.rate(low[i], 0)} … {formats.rate(high[i], 0)}")
        hover.append("<br>".join([*lines, f"n {formats.count(count[i])}"]))
    canvas.marks(
        [said[i] for i in there], [happened[i] for i in there], ["square" if miss else "circle" for miss in missed],
        [colours.bad if miss else colours.actual for miss in missed], name="points", hoverinfo="text", hovertext=hover,
        marker={"size": sizes, "opacity": 1, "line": {"color": colours.background, "width": 1}},
    )  # fmt: skip
    for i, size in zip(there, sizes, strict=True):
        x, y = said[i] or 0.0, happened[i] or 0.0
        ends = [end for end in (low[i], high[i]) if end is not None] or [y]
        # away from the line, but not where the names of the axes stand
        above = (y >= x or min(ends) < HEAD) and max(ends) <= 1 - HEAD
        end = max([y, *ends]) if above else min([y, *ends])
        away = 2 + (size / 2 if end == y else 0)
        canvas.note(formats.count(count[i]), x, end, yanchor="bottom" if above else "top",
                    yshift=away if above else -away, font={"size": LABEL, "color": colours.text})  # fmt: skip
    for edge in ((0, 0, 1, 0), (0, 0, 0, 1)):
        canvas.line(*edge)
    canvas.note(often, 0, 1, xanchor="left", yanchor="bottom", yshift=10, xshift=-30)
    canvas.note(_("as said"), 1, 1, xanchor="right", yanchor="bottom", yshift=10)
    canvas.note(likely, 1, 0, xanchor="right", yanchor="top", yshift=-24, xshift=8)
    ticks = {"tickvals": TICKS, "ticktext": [formats.rate(tick, 0) for tick in TICKS], "range": [-EDGE, 1 + EDGE],
             "constrain": "domain", "zeroline": False}  # fmt: skip
    return canvas.figure(
        height=360, margin={"l": 38, "r": 8, "t": 24, "b": 40},
        xaxis={**ticks, "tickangle": 0, "constraintoward": "left"}, yaxis={**ticks, "scaleanchor": "x"},
    )  # fmt: skip


def _size(count: float | None, most: float) -> float:
    """Return the px across of a point whose area grows with its cases, between two bounds."""
    share = (count or 0.0) / most if most > 0 else 0.0
    return max(SMALL, LARGE * math.sqrt(max(share, 0.0)))


def misses(said: float | None, low: float | None, high: float | None) -> bool:
    """Tell whether what was said lies outside the limits of what happened."""
    return said is not None and low is not None and high is not None and not low <= said <= high
