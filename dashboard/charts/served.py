"""Visits against what dealers are worth: a point a dealer, the norm of each value class as a step."""

from math import log10

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit


def served(frame: pd.DataFrame, style: Style, *, unit: Unit) -> go.Figure:
    """Draw `per_month` (visits) over `sales` (plain money, log axis).

    frame: `id`, `label`, `served` (under, over, norm), `value_class`, `norm` (visits a month of the class).
    """
    canvas, colours = Canvas(style), style.palette
    frame = frame[frame["sales"] > 0]
    looks = (("norm", "circle", colours.last_year, 5, 0.5), ("over", "circle-open", colours.actual, 8, 1.0),
             ("under", "square", colours.bad, 7, 1.0))  # fmt: skip
    for kind, symbol, colour, size, opacity in looks:
        part = frame[frame["served"] == kind]
        hover = [
            f"<b>{rows.safe(row.label)}</b><br>{unit.label(row.sales)}{unit.symbol}<br>"
            f"{formats.number(row.per_month)} / {formats.number(row.norm)}"
            for row in part.itertuples()
        ]
        canvas.marks(part["sales"].tolist(), part["per_month"].tolist(), symbol, colour, name=kind, opacity=opacity,
                     customdata=rows.ids(part, "label"), hoverinfo="text", hovertext=hover,
                     marker={"size": size})  # fmt: skip
    for value_class, part in frame.groupby("value_class"):
        low, high, norm = part["sales"].min(), part["sales"].max(), part["norm"].iloc[0]
        canvas.stems([(low, norm, high, norm, colours.model, "solid")], 2, name=f"norm {value_class}")
        canvas.note(f"<b>{value_class}</b> {formats.number(norm)}", log10(low), norm, xanchor="right", xshift=-3,
                    bgcolor=colours.background, font={"color": colours.model})  # fmt: skip
    ticks = [value for value in (10.0**power for power in range(2, 12))
             if frame["sales"].min() / 3 <= value <= frame["sales"].max() * 3]  # fmt: skip
    return canvas.figure(
        height=400, margin={"l": 26, "r": 8, "t": 8, "b": 24},
        xaxis={"type": "log", "tickvals": ticks,
               "ticktext": [formats.compact(value, lang=style.lang) for value in ticks]},
        yaxis={"rangemode": "tozero", "nticks": 6},
    )  # fmt: skip
