"""How large a share is, and how sure that is: a point with its band a row, against the share that makes suspect."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style

NAME_WIDTH = 14  # half-width characters on each of two lines
VALUE = 44  # px at the right for the figure of each row
ROW = 36  # px
TICKS = (0.05, 0.1, 0.2, 0.25, 0.5)  # between two figures of the axis


def suspicion(frame: pd.DataFrame, style: Style, *, limit: float, reference: str) -> go.Figure:
    """Draw one row an item, in the order of the frame.

    frame: `label`, `share`, `low`, `high` (fractions: the estimate and its band), `suspected` (bool: a filled square in
    the colour of bad, else an open grey circle), `picked` (bool: its name in bold), `id` for clicks. limit: where a
    vertical line stands, with the words of `reference` above it.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    share, low, high = (rows.numbers(frame, column) for column in ("share", "low", "high"))
    suspected = frame["suspected"].astype(bool).tolist()
    inks = [colours.bad if bad else colours.neutral for bad in suspected]
    canvas.stems(
        ((left, row, right, row, ink, "solid")
         for row, (left, right, ink) in enumerate(zip(low, high, inks, strict=True))
         if left is not None and right is not None),
        6, name="band", opacity=0.35,
    )  # fmt: skip
    names = [str(label) for label in frame["label"]]
    hover = [
        f"<b>{rows.safe(name)}</b><br>{formats.rate(a)} ({formats.rate(b)} – {formats.rate(c)})"
        for name, a, b, c in zip(names, share, low, high, strict=True)
    ]
    canvas.marks(
        share, list(range(n)), ["square" if bad else "circle-open" for bad in suspected], inks, name="share",
        customdata=rows.ids(frame, "label"), hoverinfo="text", hovertext=hover,
        marker={"size": 10, "line": {"width": 2, "color": inks}},
    )  # fmt: skip
    for row, (value, bad) in enumerate(zip(share, suspected, strict=True)):
        canvas.note(f"<b>{formats.rate(value, 0)}</b>", 1, row, xref="paper", xanchor="left", xshift=8,
                    font={"color": colours.bad_word if bad else colours.muted})  # fmt: skip
    top = max([limit * 1.5, *rows.known(high)])
    step = next((step for step in TICKS if top / step <= 5), 0.5)
    ticks = [k * step for k in range(int(top / step) + 1)]
    canvas.line(limit, -0.6, limit, n - 0.4, color=colours.text)
    canvas.note(reference, limit, 1, yref="paper", yanchor="bottom", yshift=2,
                xanchor="center" if limit > 0.25 * top else "left")  # fmt: skip
    axis = rows.names_axis(names, NAME_WIDTH, colours.text, two_lines=True)
    axis["ticktext"] = [f"<b>{text}</b>" if picked else text
                        for text, picked in zip(axis["ticktext"], frame["picked"], strict=True)]  # fmt: skip
    return canvas.figure(
        height=max(120, n * ROW + 52), margin={"l": 0, "r": VALUE, "t": 26, "b": 24},
        xaxis={"range": [-0.02 * top, top * 1.04], "tickvals": ticks, "ticktext": [formats.rate(t, 0) for t in ticks]},
        yaxis=axis,
    )  # fmt: skip
