"""How fast launched products reach the shelves: a line a launch over the months since, against the target."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style
from dashboard.i18n import translator

NAME_WIDTH = 16  # half-width characters of a product beside its line


def launches(frame: pd.DataFrame, style: Style, *, target: float) -> go.Figure:
    """Draw `numeric` (rate) over `month` since the launch, a line for each `product_id` with its `label`; `outlets` for
    the reader who asks. The target holds one month after the launch."""
    canvas, colours, _ = Canvas(style), style.palette, translator(style.lang)
    products = list(dict.fromkeys(frame["product_id"]))
    last = max(2, int(frame["month"].max()))
    ends: list[tuple[float, str, str]] = []
    for number, product in enumerate(products):
        part = frame[frame["product_id"] == product].sort_values("month")
        colour = colours.series[number % len(colours.series)]
        name = str(part["label"].iloc[0])
        hover = [
            f"<b>{rows.safe(name)}</b><br>"
            + _("month {n}", n=row.month)
            + f": {formats.rate(row.numeric)}<br>"
            + _("{n} outlets checked", n=formats.count(row.outlets))
            for row in part.itertuples()
        ]
        canvas.traces.append({
            "type": "scatter", "mode": "lines+markers", "name": name, "x": part["month"].tolist(),
            "y": part["numeric"].tolist(), "line": {"color": colour, "width": 2},
            "marker": {"size": 7, "color": colour},
            "hoverinfo": "text", "hovertext": hover, "customdata": [product] * len(part), "cliponaxis": False,
        })  # fmt: skip
        ends.append((float(part["numeric"].iloc[-1]), rows.shortened(name, NAME_WIDTH), colour))
    _names(canvas, ends, last)
    crowded = bool((frame["numeric"] - target).abs().min() < 0.08)
    canvas.line(0.5, target, last + 0.3, target, dash="dot", color=colours.text)
    words = _("target {share}, one month after the launch", share=formats.rate(target, 0))
    canvas.note(words, last + 0.3, target, xanchor="right", yanchor="bottom", yshift=18 if crowded else 0)
    canvas.marks([1], [target], "diamond-open", colours.text, name="target", marker={"size": 11})
    return canvas.figure(
        height=300, margin={"l": 34, "r": 8, "t": 8, "b": 24},
        xaxis={"range": [0.5, last * 1.55], "tickvals": list(range(1, last + 1, max(1, last // 6)))},
        yaxis={"range": [0, 1.02], "tickformat": ".0%", "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1]},
    )  # fmt: skip


def _names(canvas: Canvas, ends: list[tuple[float, str, str]], last: int) -> None:
    """Write names right of the lines' ends, moved apart where they would touch."""
    floor = -1.0
    for value, name, colour in sorted(ends):
        place = max(value, floor + 0.075)
        floor = place
        canvas.note(name, last, place, xanchor="left", xshift=8, font={"color": colour})
