"""Groups of dealers by size and growth: a numbered disc a group, and behind it a dot a dealer."""

import math

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style

SMALLEST, LARGEST = 20, 54  # px across of a disc; its area is the share of sales
EDGE = 0.6  # growth beyond which dots lie at the edge
MOST_DOTS = 1500  # the largest dealers; more only make a cloud
TICKS = (-0.6, -0.3, 0.0, 0.3, 0.6)


def segment_map(groups: pd.DataFrame, dots: pd.DataFrame, style: Style, *, picked: str = "") -> go.Figure:
    """Draw net sales a dealer (log axis) over growth.

    groups: `id`, `number` (what stands in the disc), `label`, `size` (net sales a dealer), `growth`, `share` (of net
    sales; the disc's area). dots: `id` (of the group), `label`, `size`, `growth`. picked: the group whose dots and disc
    are dark. What has no growth or no sales is left out; growth beyond EDGE lies at the edge.
    """
    canvas, colours = Canvas(style), style.palette
    shown = groups[(groups["size"] > 0) & groups["growth"].notna()]
    seen = dots[(dots["size"] > 0) & dots["growth"].notna()].nlargest(MOST_DOTS, "size")
    for own, colour, opacity in ((False, colours.last_year, 0.35), (True, colours.actual, 0.8)):
        part = seen[(seen["id"] == picked) == own]
        if part.empty:
            continue
        canvas.marks(
            part["growth"].clip(-EDGE, EDGE).tolist(), part["size"].tolist(), "circle", colour, name="dots",
            hoverinfo="text", customdata=part["id"].tolist(), marker={"size": 5, "opacity": opacity},
            hovertext=[f"<b>{rows.safe(row.label)}</b><br>{formats.compact(row.size, lang=style.lang)} · "
                       f"{formats.rate(row.growth, signed=True)}" for row in part.itertuples()],
        )  # fmt: skip
    most = max(shown["share"].clip(lower=0).max(), 1e-9) if len(shown) else 1.0
    sizes = [SMALLEST + (LARGEST - SMALLEST) * math.sqrt(max(share, 0.0) / most) for share in shown["share"]]
    dark = [id == picked for id in shown["id"]]
    canvas.traces.append(
        {"type": "scatter", "mode": "markers+text", "name": "groups", "cliponaxis": False, "hoverinfo": "text",
         "x": shown["growth"].clip(-EDGE, EDGE).tolist(), "y": shown["size"].tolist(),
         "text": [f"<b>{number}</b>" for number in shown["number"]], "customdata": shown["id"].tolist(),
         "textfont": {"color": [colours.background if on else colours.text for on in dark], "size": 12},
         "marker": {"size": sizes, "color": [colours.actual if on else colours.soft for on in dark],
                    "opacity": 0.94, "line": {"color": colours.actual, "width": 1.2}},
         "unselected": {"marker": {"opacity": 0.94}},
         "hovertext": [f"<b>{rows.safe(row.label)}</b><br>{formats.compact(row.size, lang=style.lang)} · "
                       f"{formats.rate(row.growth, signed=True)} · {formats.rate(row.share)}"
                       for row in shown.itertuples()]}
    )  # fmt: skip
    values = [*shown["size"], *seen["size"]]
    low, high = (min(values), max(values)) if values else (1.0, 10.0)
    ticks = [10.0**power for power in range(2, 12) if low / 3 <= 10.0**power <= high * 3]
    canvas.line(0, 0, 0, 1, yref="paper")
    return canvas.figure(
        height=380, margin={"l": 40, "r": 10, "t": 8, "b": 26},
        xaxis={"range": [-EDGE * 1.12, EDGE * 1.12], "tickvals": TICKS,
               "ticktext": [("≤ " if t == -EDGE else "≥ " if t == EDGE else "") + formats.rate(t, 0, signed=True)
                            for t in TICKS]},
        yaxis={"type": "log", "range": [math.log10(low / 1.6), math.log10(high * 1.6)], "tickvals": ticks,
               "ticktext": [formats.compact(value, lang=style.lang) for value in ticks]},
    )  # fmt: skip
