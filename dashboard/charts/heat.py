"""A table of rates over time whose cells are the darker the higher the rate."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.style import Canvas, Style

ROW = 34  # px
LABELLED = 6  # months named below a phone's width of cells


def heat_table(frame: pd.DataFrame, style: Style, *, highest: float = 1.0) -> go.Figure:
    """Draw one cell a row and month: percent without its sign; the table behind the chart has the rest.

    frame: `row` (a label; rows stand in the order in which they first come), `period` (a date, named by its month),
    `rate` (a fraction; missing is an empty cell). highest: the rate of the darkest colour, one scale for all rows.
    """
    canvas = Canvas(style)
    colours = style.palette
    names = list(dict.fromkeys(frame["row"]))
    days = sorted(set(frame["period"]))
    rates = {(row, day): rows.number(rate) for row, day, rate in
             zip(frame["row"], frame["period"], frame["rate"], strict=True)}  # fmt: skip
    z = [[rates.get((name, day)) for day in days] for name in names]
    ramp = [colours.background, *colours.aging[1:]]
    hover = [[f"<b>{rows.safe(name)}</b><br>{formats.month(day, lang=style.lang, year=True)} "
              f"{formats.rate(rates.get((name, day)))}" for day in days] for name in names]  # fmt: skip
    canvas.traces.append(
        {"type": "heatmap", "z": z, "x": list(range(len(days))), "y": list(range(len(names))), "zmin": 0,
         "zmax": highest, "colorscale": [[i / (len(ramp) - 1), colour] for i, colour in enumerate(ramp)],
         "showscale": False, "xgap": 2, "ygap": 2, "hoverinfo": "text", "hovertext": hover,
         "text": [["" if rate is None else formats.number(rate * 100, 0) for rate in line] for line in z],
         "texttemplate": "%{text}", "textfont": {"size": look.LABEL - 0.5}}
    )  # fmt: skip
    step = max(1, -(-len(days) // LABELLED))
    shown = range((len(days) - 1) % step, len(days), step) if days else range(0)
    return canvas.figure(
        height=ROW * len(names) + 34,
        margin={"l": 8, "r": 8, "t": 8, "b": 26},
        xaxis={"tickvals": list(shown), "ticktext": [formats.month(days[i], lang=style.lang) for i in shown],
               "range": [-0.5, len(days) - 0.5]},
        yaxis={"tickvals": list(range(len(names))), "ticktext": [rows.safe(name) for name in names],
               "range": [len(names) - 0.5, -0.5], "automargin": True, "ticklabelstandoff": 6,
               "tickfont": {"size": look.NAME, "color": colours.text}},
    )  # fmt: skip
