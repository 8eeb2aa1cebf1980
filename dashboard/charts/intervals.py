"""Points with their bands, one row an item: an estimate with its 80 % and 95 % band, a median with its spread."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style

NAME_WIDTH = 19  # half-width characters on each of two lines
VALUE = 44  # px at the right for the figure of each row
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)  # between two figures of the axis


def intervals(frame: pd.DataFrame, style: Style, *, estimated: bool, places: int = 1, reference: str = "") -> go.Figure:
    """Draw one row an item in the order of the frame; the axis holds zero, figures are percent without their sign.

    frame: `label`, `mean`, `low`, `high` (rates), and where known `low_outer`, `high_outer` (a wider band); `open`
    (bool: an open point, for what must not be read as a finding); `id` for clicks. estimated: in the colour of what was
    estimated rather than recorded. reference: words above the zero line, where zero means something.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    colour = colours.model if estimated else colours.actual
    mean, names = rows.numbers(frame, "mean"), [str(label) for label in frame["label"]]
    hollow = frame["open"].astype(bool).tolist() if "open" in frame else [False] * n
    for near, far, shade in (("low_outer", "high_outer", 0.3), ("low", "high", 0.6)):
        ends = zip(rows.numbers(frame, near), rows.numbers(frame, far), strict=True)
        canvas.stems(
            ((left, row, right, row, colour, "solid") for row, (left, right) in enumerate(ends)
             if left is not None and right is not None),
            5, name=near, opacity=shade,
        )  # fmt: skip
    hover = [_hover(name, row, places) for name, (_index, row) in zip(names, frame.iterrows(), strict=True)]
    canvas.marks(
        mean, list(range(n)), ["circle-open" if is_open else "circle" for is_open in hollow], colour, name="mean",
        customdata=rows.ids(frame, "label"), hoverinfo="text", hovertext=hover,
        marker={"size": 9, "line": {"width": 2, "color": colour}},
    )  # fmt: skip
    for row, (value, is_open) in enumerate(zip(mean, hollow, strict=True)):
        text = formats.MISSING if value is None else formats.number(value * 100, places, signed=True)
        canvas.note(f"<b>{text}</b>", 1, row, xref="paper", xanchor="left", xshift=8,
                    font={"color": colours.muted if is_open else colours.text})  # fmt: skip
    low, high = _span(frame)
    canvas.line(0, -0.6, 0, n - 0.4, color=colours.text)
    if reference:
        canvas.note(reference, 0, 1, yref="paper", yanchor="bottom", yshift=2,
                    xanchor="left" if -low < 0.2 * (high - low) else "center")  # fmt: skip
    step = next((step for step in STEPS if (high - low) / step <= 5), (high - low) / 2)
    ticks = [k * step for k in range(-(-int(low / step * 1e6) // 1_000_000), int(high / step) + 1)]
    return canvas.figure(
        height=max(110, n * (46 if n <= 6 else 34) + 48),
        margin={"l": 0, "r": VALUE, "t": 24 if reference else 8, "b": 24},
        xaxis={"range": [low, high], "tickvals": ticks,
               "ticktext": [formats.number(tick * 100, 0 if step >= 0.01 else 1, signed=bool(tick)) for tick in ticks]},
        yaxis=rows.names_axis(names, NAME_WIDTH, colours.text, two_lines=True),
    )  # fmt: skip


def _span(frame: pd.DataFrame) -> tuple[float, float]:
    columns: Sequence[str] = [c for c in ("mean", "low", "high", "low_outer", "high_outer") if c in frame]
    known = rows.known(value for column in columns for value in rows.numbers(frame, column))
    low, high = min([0.0, *known]), max([0.0, *known])
    pad = 0.04 * ((high - low) or 1.0)
    return low - pad, high + pad


def _hover(name: str, row: pd.Series, places: int) -> str:
    low, high = rows.number(row.get("low")), rows.number(row.get("high"))
    text = f"<b>{rows.safe(name)}</b><br>{formats.rate(row['mean'], places, signed=True)}"
    if low is not None and high is not None:
        text += f"<br>{formats.rate(low, places, signed=True)} … {formats.rate(high, places, signed=True)}"
    return text
