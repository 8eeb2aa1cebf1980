"""How far from usual: a rate a row as a mark before the range in which it usually lies."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import PHONE, Panel
from dashboard.charts.style import Canvas, Style

THICKNESS = 0.46  # of the distance between two rows
NAME_WIDTH = 16  # half-width characters
BAD, GOOD, USUAL = -1, 1, 0


def ranges(frame: pd.DataFrame, style: Style, *, goal: float = 1.0) -> go.Figure:
    """Draw one row an item, in the order of the frame: a mark at `value` before the band from `low` to `high`.

    frame: `label`, `value`, `low`, `high` (fractions; a row without a range has the mark alone), `side` (-1: below the
    range, bad; 1: above it, good; 0 or missing: within it), and for clicks `id` (else the label). goal: the value that
    a vertical line marks.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    names = [str(label) for label in frame["label"]]
    value, low, high = (rows.numbers(frame, column) for column in ("value", "low", "high"))
    sides = [int(side) if side == side and side is not None else USUAL for side in frame["side"]]
    verdicts = [style.verdict(side, 1) for side in sides]
    texts = ["" if v is None else formats.rate(v) for v in value]
    hover = []
    for name, v, a, b in zip(names, value, low, high, strict=True):
        usual = "" if a is None or b is None else f"<br>{formats.rate(a)} – {formats.rate(b)}"
        hover.append(f"<b>{rows.safe(name)}</b><br>{formats.rate(v)}{usual}")
    band = [(a, b) if a is not None and b is not None else (None, None) for a, b in zip(low, high, strict=True)]
    canvas.traces.append(
        {"type": "bar", "orientation": "h", "name": "usual", "y": list(range(n)), "base": [a for a, _ in band],
         "x": [None if a is None or b is None else b - a for a, b in band], "width": THICKNESS,
         "marker": {"color": colours.band_80}, "customdata": rows.ids(frame, "label"), "hovertext": hover}
    )  # fmt: skip
    there = [i for i in range(n) if value[i] is not None]
    shown = [value[i] or 0.0 for i in there]
    canvas.marks(
        shown, there, ["circle" if sides[i] == USUAL else verdicts[i].symbol for i in there],
        [colours.actual if sides[i] == USUAL else verdicts[i].colour for i in there], name="value",
        marker={"size": 9}, customdata=[rows.ids(frame, "label")[i] for i in there], hoverinfo="text",
        hovertext=[hover[i] for i in there],
    )  # fmt: skip
    known = rows.known([*value, *low, *high, goal])
    ends = (min(known), max(known))
    room = (ends[1] - ends[0]) or 1.0
    pixels = PHONE - 30 - min(NAME_WIDTH, max(map(rows.width, names), default=0)) * 6
    left, right = _span(ends, max(map(len, texts), default=0), pixels, room)
    # all figures stand in one column, right of everything
    column = ends[1] + (right - ends[1]) * 0.12
    inks = [colours.text if side == USUAL else verdict.word for side, verdict in zip(sides, verdicts, strict=True)]
    canvas.words([column] * n, list(range(n)), texts, "middle right", name="figures", colour=inks)
    canvas.line(goal, -0.6, goal, n - 0.4, color=colours.text)
    canvas.note(formats.rate(goal, 0), goal, 1, yref="paper", yanchor="bottom", yshift=2)
    step = 38 if n <= 8 else 32 if n <= 20 else 26
    yaxis: dict[str, Any] = {
        "range": [n - 0.4, -0.6], "automargin": True, "ticklabelstandoff": 6, "tickvals": list(range(n)),
        "ticktext": [rows.shortened(name, NAME_WIDTH) for name in names],
        "tickfont": {"size": look.NAME, "color": colours.text},
    }  # fmt: skip
    return canvas.figure(height=max(80, int((n + 0.2) * step) + 32), margin={"l": 0, "r": 8, "t": 24, "b": 8},
                         xaxis={"visible": False, "range": [left, right]}, yaxis=yaxis)  # fmt: skip


def _span(ends: tuple[float, float], letters: int, pixels: float, room: float) -> tuple[float, float]:
    """The axis: all marks with a little air, and the column of figures at the right."""
    panel = Panel(low=[0.0], high=[room], text=["0" * letters], back=[False], head=14)
    low, high = panel.span(pixels)
    return ends[0] - 0.04 * room + low, ends[0] + high + 0.04 * room
