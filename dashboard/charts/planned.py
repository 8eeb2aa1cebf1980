"""Planned and done: an outline with the solid bar of what was done before it, "853 of 1,076" and the share."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import PHONE, Panel
from dashboard.charts.style import Canvas, Style
from dashboard.i18n import translator

THICKNESS = 0.5  # of the distance between two rows
SHIFT = THICKNESS / 5
NAME_WIDTH = 14  # half-width characters


def planned_done(frame: pd.DataFrame, style: Style) -> go.Figure:
    """Draw one row an item in the order of the frame: `label`, `planned`, `done` (counts), `id` for clicks."""
    canvas, colours, _ = Canvas(style), style.palette, translator(style.lang)
    planned, done = (
        [value or 0.0 for value in rows.numbers(frame, "planned")],
        [value or 0.0 for value in rows.numbers(frame, "done")],
    )
    names = [str(label) for label in frame["label"]]
    words = [
        _("{done} of {planned}", done=formats.count(part), planned=formats.count(whole))
        for part, whole in zip(done, planned, strict=True)
    ]
    shares = [
        formats.rate(part / whole, 0) if whole else formats.MISSING for part, whole in zip(done, planned, strict=True)
    ]
    places = list(range(len(frame)))
    hover = [
        f"<b>{rows.safe(name)}</b><br>{word}<br>{share}" for name, word, share in zip(names, words, shares, strict=True)
    ]
    common = {"type": "bar", "orientation": "h", "y": places, "width": THICKNESS, "hovertext": hover,
              "customdata": rows.ids(frame, "label")}  # fmt: skip
    canvas.traces += [
        {**common, "name": "PL", "x": planned, "offset": -THICKNESS / 2 + SHIFT / 2, "marker": look.outline(colours)},
        {**common, "name": "AC", "x": done, "offset": -THICKNESS / 2 - SHIFT / 2, "marker": {"color": colours.actual}},
    ]
    texts = [f"{word}  {share}" for word, share in zip(words, shares, strict=True)]
    room = [text + "  " * (rows.width(text) - len(text)) for text in texts]  # Chinese characters take two places
    ends = [max(pair) for pair in zip(planned, done, strict=True)]
    panel = Panel(low=[0.0] * len(ends), high=ends, text=room, back=[False] * len(ends))
    pixels = PHONE - 30 - min(NAME_WIDTH, max(map(rows.width, names), default=0)) * 6
    span = panel.span(pixels)
    bold = [f"{word}  <b>{share}</b>" for word, share in zip(words, shares, strict=True)]
    canvas.words(panel.places(span, pixels), places, bold, "middle right", name="figures")
    canvas.line(0, -0.6, 0, len(frame) - 0.4, color=colours.text)
    return canvas.figure(
        height=max(80, len(frame) * (36 if len(frame) <= 8 else 30) + 24),
        margin={"l": 0, "r": 8, "t": 8, "b": 8},
        xaxis={"visible": False, "range": span},
        yaxis=rows.names_axis(names, NAME_WIDTH, colours.text),
    )
