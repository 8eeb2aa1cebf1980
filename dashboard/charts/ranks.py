"""Two orders side by side: where each item stands in the one and in the other."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import CHARACTER, PHONE
from dashboard.charts.style import Canvas, Style

NAME_WIDTH = 16  # half-width characters


def ranks(frame: pd.DataFrame, style: Style, *, first: str, second: str) -> go.Figure:
    """Draw one row an item, in the order of the frame: an open circle at `rank_x`, a solid mark at `rank_y`, the way
    between them, and the places won or lost.

    frame: `label`, `rank_x`, `rank_y` (1 = first), and for clicks `id` (else the label). first, second: words for the
    two orders, above the chart. Rank 1 stands at the left. A way to the left is a gain.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    names = [str(label) for label in frame["label"]]
    x, y = ([value or 0.0 for value in rows.numbers(frame, column)] for column in ("rank_x", "rank_y"))
    won = [a - b for a, b in zip(x, y, strict=True)]
    verdicts = [style.verdict(change, 1) for change in won]
    texts = [formats.number(change, int(change % 1 != 0), signed=True) if change else "=" for change in won]
    hover = [
        f"<b>{rows.safe(name)}</b><br>{first} {a:g}<br>{second} {b:g}" for name, a, b in zip(names, x, y, strict=True)
    ]
    canvas.stems(((x[i], i, y[i], i, verdicts[i].colour, "solid") for i in range(n) if won[i]), 3, name="way")
    ids = rows.ids(frame, "label")
    canvas.marks(x, list(range(n)), "circle-open", colours.actual, name="x", customdata=ids, hoverinfo="text",
                 hovertext=hover, marker={"size": 11, "line": {"width": 1.6}})  # fmt: skip
    canvas.marks(y, list(range(n)), [verdict.symbol if change else "circle" for verdict, change in
                                     zip(verdicts, won, strict=True)],
                 [verdict.colour if change else colours.actual for verdict, change in zip(verdicts, won, strict=True)],
                 name="y", customdata=ids, hoverinfo="text", hovertext=hover, marker={"size": 7})  # fmt: skip
    last = max([*x, *y, 2.0])
    pixels = PHONE - 30 - min(NAME_WIDTH, max(map(rows.width, names), default=0)) * 6
    words = max(map(len, texts), default=1) * CHARACTER + 16
    scale = (last - 1) / (pixels - words - 12)
    canvas.words([last + 10 * scale] * n, list(range(n)), texts, "middle right", name="figures",
                 colour=[verdict.word if change else colours.muted for verdict, change in
                         zip(verdicts, won, strict=True)])  # fmt: skip
    for rank in (1, last):
        canvas.line(rank, -0.6, rank, n - 0.4, dash="dot")
        canvas.note(f"{rank:g}", rank, 1, yref="paper", yanchor="bottom", yshift=2)
    return canvas.figure(
        height=max(80, int((n + 0.2) * (34 if n <= 8 else 28 if n <= 20 else 22)) + 32),
        margin={"l": 0, "r": 8, "t": 24, "b": 8},
        xaxis={"visible": False, "range": [1 - 12 * scale, last + words * scale]},
        yaxis={"range": [n - 0.4, -0.6], "automargin": True, "ticklabelstandoff": 6, "tickvals": list(range(n)),
               "ticktext": [rows.shortened(name, NAME_WIDTH) for name in names],
               "tickfont": {"size": look.NAME, "color": colours.text}},
    )  # fmt: skip
