"""What happens in the weeks around an event: a point and its bands a week; the weeks before, the placebo, shaded."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style
from dashboard.i18n import translator


def around_event(frame: pd.DataFrame, style: Style) -> go.Figure:
    """Draw `lag` (weeks after the event, negative before it) against `mean` with `lo-80`, `hi-80`, `lo-95`, `hi-95`
    (rates)."""
    canvas, colours, _ = Canvas(style), style.palette, translator(style.lang)
    lags = [int(lag) for lag in frame["lag"]]
    for near, far, shade in (("lo-95", "hi-95", 0.3), ("lo-80", "hi-80", 0.6)):
        ends = zip(lags, rows.numbers(frame, near), rows.numbers(frame, far), strict=True)
        canvas.stems(
            ((lag, left, lag, right, colours.model, "solid") for lag, left, right in ends
             if left is not None and right is not None),
            5, name=near, opacity=shade,
        )  # fmt: skip
    hover = [
        "<b>"
        + _("week {n}", n=formats.number(lag, 0, signed=bool(lag)))
        + f"</b><br>{formats.rate(mean, 1, signed=True)}<br>"
        + f"{formats.rate(left, 1, signed=True)} … {formats.rate(right, 1, signed=True)}"
        for lag, mean, left, right in zip(lags, *(frame[c] for c in ("mean", "lo-80", "hi-80")), strict=True)
    ]
    canvas.marks(lags, rows.numbers(frame, "mean"), ["circle" if lag > 0 else "circle-open" for lag in lags],
                 colours.model, name="mean", hoverinfo="text", hovertext=hover,
                 marker={"line": {"width": 2, "color": colours.model}})  # fmt: skip
    first, last = min(lags) - 0.6, max(lags) + 0.6
    known = rows.known([*rows.numbers(frame, "lo-95"), *rows.numbers(frame, "hi-95"), 0.0])
    low, high = min(known), max(known)
    pad = 0.12 * ((high - low) or 0.01)
    canvas.shapes.append({"type": "rect", "x0": first, "x1": -0.5, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
                          "fillcolor": colours.soft, "line": {"width": 0}})  # fmt: skip
    canvas.line(first, 0, last, 0, color=colours.text)
    canvas.note(_("before: must be zero"), (first - 0.5) / 2, 1, yref="paper", yanchor="bottom", yshift=2)
    canvas.note(_("after the visit"), (last + 0.5) / 2, 1, yref="paper", yanchor="bottom", yshift=2)
    return canvas.figure(
        height=280, margin={"l": 36, "r": 8, "t": 24, "b": 24},
        xaxis={"range": [first, last], "tickvals": lags,
               "ticktext": [formats.number(lag, 0, signed=bool(lag)) for lag in lags]},
        yaxis={"range": [low - pad, high + pad], "nticks": 5, "tickformat": "+.0%" if high - low > 0.03 else "+.1%"},
    )  # fmt: skip
