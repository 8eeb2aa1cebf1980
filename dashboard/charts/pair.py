"""Two shares of the same thing, one row an item: a point for the one, a diamond for the other."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style

NAME_WIDTH = 19  # half-width characters on each of two lines
VALUE = 72  # px at the right for the two figures of each row


def pair(frame: pd.DataFrame, style: Style, *, heads: tuple[str, str], mark: float | None = None,
         highest: float = 1.0) -> go.Figure:  # fmt: skip
    """Draw rates on an axis from 0 to `highest`, in the order of the frame.

    frame: `label`, `first`, `second` (rates), `id` for clicks. heads: short words for the two figures at the right.
    mark: where a dotted line stands, such as a target.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    first, second = rows.numbers(frame, "first"), rows.numbers(frame, "second")
    names = [str(label) for label in frame["label"]]
    canvas.stems(
        ((a, row, b, row, colours.last_year, "solid") for row, (a, b) in enumerate(zip(first, second, strict=True))
         if a is not None and b is not None),
        2, name="between",
    )  # fmt: skip
    hover = [
        f"<b>{rows.safe(name)}</b><br>{heads[0]} {formats.rate(a)}<br>{heads[1]} {formats.rate(b)}"
        for name, a, b in zip(names, first, second, strict=True)
    ]
    ids = rows.ids(frame, "label")
    for values, symbol, name in ((second, "diamond-open", "second"), (first, "circle", "first")):
        canvas.marks(values, list(range(n)), symbol, colours.actual, name=name, customdata=ids, hoverinfo="text",
                     hovertext=hover, marker={"size": 9})  # fmt: skip
    for row, (a, b) in enumerate(zip(first, second, strict=True)):
        for value, shift, bold in ((a, 8, True), (b, 40, False)):
            text = formats.MISSING if value is None else formats.number(value * 100, 0)
            canvas.note(f"<b>{text}</b>" if bold else text, 1, row, xref="paper", xanchor="left", xshift=shift,
                        font={"color": colours.text if bold else colours.muted})  # fmt: skip
    for head, shift in zip(heads, (8, 40), strict=True):
        canvas.note(head, 1, 1, xref="paper", yref="paper", xanchor="left", xshift=shift, yanchor="bottom", yshift=2)
    known = rows.known([*first, *second])
    low = max(0.0, min([*known, mark if mark is not None else 1.0], default=0.0) - 0.1) if known else 0.0
    low = 0.0 if low < 0.3 else low // 0.1 / 10
    if mark is not None:
        canvas.line(mark, -0.6, mark, n - 0.4, dash="dot")
    step = 10 if low >= 0.5 or highest <= 0.5 else 20
    ticks = [tick / 100 for tick in range(0, 101, step) if low <= tick / 100 <= highest]
    return canvas.figure(
        height=max(110, n * 34 + 48),
        margin={"l": 0, "r": VALUE, "t": 22, "b": 24},
        xaxis={
            "range": [low, highest * 1.02],
            "tickvals": ticks,
            "ticktext": [formats.number(t * 100, 0) for t in ticks],
        },
        yaxis=rows.names_axis(names, NAME_WIDTH, colours.text, two_lines=True),
    )
