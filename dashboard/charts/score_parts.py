"""What makes up a score: the most that each criterion can give as an outline, what it gave as a solid bar inside."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import PHONE, Panel
from dashboard.charts.style import Canvas, Style

OUTER, INNER = 0.58, 0.36  # of the distance between two rows
NAME_WIDTH = 16  # half-width characters
ROW = 40  # px


def score_parts(frame: pd.DataFrame, style: Style) -> go.Figure:
    """Draw one row a criterion, in the order of the frame.

    frame: `label`, `most` (points of the score that it can give), `got` (those that it gave; missing = unknown),
    `value` (the words at the end of the row).
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    most, got = rows.numbers(frame, "most"), rows.numbers(frame, "got")
    names = [str(label) for label in frame["label"]]
    texts = [f"{formats.number(part, 0)} / {formats.number(whole, 0)}  {value}" for part, whole, value in
             zip(got, most, frame["value"], strict=True)]  # fmt: skip
    hover = [f"<b>{rows.safe(name)}</b><br>{text}" for name, text in zip(names, texts, strict=True)]
    common = {"type": "bar", "orientation": "h", "y": list(range(n)), "hovertext": hover,
              "customdata": rows.ids(frame, "label")}  # fmt: skip
    canvas.traces.append({**common, "name": "most", "x": most, "width": OUTER, "marker": look.outline(colours)})
    canvas.traces.append({**common, "name": "got", "x": [part or 0.0 for part in got], "width": INNER,
                          "marker": {"color": colours.actual}})  # fmt: skip
    ends = [whole or 0.0 for whole in most]
    panel = Panel(low=[0.0] * n, high=ends, text=texts, back=[False] * n)
    pixels = PHONE - 30 - min(NAME_WIDTH, max(map(rows.width, names), default=0)) * 6
    span = panel.span(pixels)
    canvas.words(panel.places(span, pixels), list(range(n)), texts, "middle right", name="figures")
    canvas.line(0, -0.6, 0, n - 0.4, color=colours.text)
    return canvas.figure(
        height=max(120, n * ROW + 24), margin={"l": 0, "r": 8, "t": 8, "b": 8},
        xaxis={"visible": False, "range": span}, yaxis=rows.names_axis(names, NAME_WIDTH, colours.text),
    )  # fmt: skip
