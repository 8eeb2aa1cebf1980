"""Was it worth it: point and 80 % band around break-even, one row an item, coloured by verdict."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.style import Canvas, Style

NAME_WIDTH = 20  # half-width characters on each of two lines
VALUE = 46  # px at the right for the figure of each row
STEPS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
EDGE = 2.5  # bands are drawn to this many times the farthest point
BAR = 7  # px, thickness of a band


def worth(frame: pd.DataFrame, style: Style, *, reference: str) -> go.Figure:
    """Draw one row an item in the order of the frame; zero is break-even.

    frame: `label`, `cost` (money, in grey below the name), `mean`, `low`, `high` (return on spend), `verdict` (profit:
    disc, loss: square, else an open circle), `id` for clicks; `remark`: words in place of the point where `mean` is
    missing. reference: words above the zero line.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    mean, low, high = (rows.numbers(frame, column) for column in ("mean", "low", "high"))
    left, right = _span(mean, low, high)
    looks = [
        {"profit": (colours.good, colours.good_word, "circle"), "loss": (colours.bad, colours.bad_word, "square")}
        .get(code, (colours.neutral, colours.muted, "circle-open"))
        for code in frame["verdict"]
    ]  # fmt: skip
    inks = [ink[0] for ink in looks]
    ends = [
        (max(a, left), place, min(b, right), place, ink[0], "solid")
        for place, (a, b, ink) in enumerate(zip(low, high, looks, strict=True)) if a is not None and b is not None
    ]  # fmt: skip
    canvas.stems(ends, BAR, name="band", opacity=0.4)
    hover = [
        f"<b>{rows.safe(row.label)}</b><br>{formats.number(row.mean, 2, signed=True)}<br>"
        f"{formats.number(row.low, 2, signed=True)} … {formats.number(row.high, 2, signed=True)}"
        for row in frame.itertuples()
    ]
    canvas.marks(
        mean, list(range(n)), [ink[2] for ink in looks], inks, name="mean", hoverinfo="text",
        customdata=rows.ids(frame, "label"), hovertext=hover, marker={"size": 11, "line": {"width": 2, "color": inks}},
    )  # fmt: skip
    for place, (value, ink) in enumerate(zip(mean, looks, strict=True)):
        canvas.note(f"<b>{formats.number(value, 2, signed=True)}</b>", 1, place, xref="paper", xanchor="left", xshift=6,
                    font={"color": ink[1]})  # fmt: skip
    if "remark" in frame:
        for place, (value, remark) in enumerate(zip(mean, frame["remark"], strict=True)):
            if value is None:
                canvas.note(rows.safe(remark), max(left, 0.0), place, xanchor="left", xshift=8)
    canvas.line(0, -0.6, 0, n - 0.4, color=colours.text)
    side = "left" if -left < 0.15 * (right - left) else "right" if right < 0.15 * (right - left) else "center"
    canvas.note(reference, 0, 1, yref="paper", yanchor="bottom", yshift=2, xanchor=side)
    step = next((step for step in STEPS if (right - left) / step <= 5), STEPS[-1])
    ticks = [k * step for k in range(int(left / step), int(right / step) + 1)]
    named = [rows.folded(str(label), NAME_WIDTH) for label in frame["label"]]
    costs = [formats.compact(cost, lang=style.lang) for cost in rows.numbers(frame, "cost")]
    axis = rows.names_axis([], NAME_WIDTH, colours.text)
    axis |= {"range": [n - 0.4, -0.6], "tickvals": list(range(n)), "tickfont": {"size": look.NAME,
                                                                                "color": colours.text},
             "ticktext": [f'{name} <span style="color:{colours.muted}">{cost}</span>'
                          for name, cost in zip(named, costs, strict=True)]}  # fmt: skip
    return canvas.figure(
        height=max(150, n * (42 if n <= 8 else 36) + 52), margin={"l": 0, "r": VALUE, "t": 24, "b": 24},
        xaxis={"range": [left, right], "tickvals": ticks,
               "ticktext": [formats.number(tick, 1 if step >= 0.1 else 2, signed=bool(tick)) for tick in ticks]},
        yaxis=axis,
    )  # fmt: skip


def _span(mean: list[float | None], low: list[float | None], high: list[float | None]) -> tuple[float, float]:
    """The axis: all points, and bands as far as EDGE times the farthest point."""
    points = rows.known(mean)
    far = EDGE * max((abs(value) for value in points), default=1.0) or 1.0
    ends = [min(max(value, -far), far) for value in rows.known([*low, *high])]
    left, right = min([0.0, *points, *ends]), max([0.0, *points, *ends])
    pad = 0.05 * ((right - left) or 1.0)
    return left - pad, right + pad
