"""Few lines over time, each named at its end."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Kind

WORDS = 104  # px right of the last point for the names
FULL = 7  # figures below a phone's width of months


def lines(frame: pd.DataFrame, style: Style, *, kind: Kind, height: int = 300) -> go.Figure:
    """Draw one line a series from zero, with points; its name and last figure stand at its end.

    frame: `period` (a date, named by its month), `label` (of the series), `value`, `strong` (bool: in the colour of
    what is talked about, else grey). Series stand in the order in which they first come.
    """
    canvas, colours = Canvas(style), style.palette
    days = sorted(set(frame["period"]))
    position = {day: i for i, day in enumerate(days)}
    ends: list[tuple[str, float, bool]] = []
    for label, part in frame.groupby("label", sort=False):
        part = part.sort_values("period")
        values, strong = rows.numbers(part, "value"), bool(part["strong"].iloc[0])
        ink = colours.actual if strong else colours.last_year
        places = [position[day] for day in part["period"]]
        canvas.traces.append(
            {"type": "scatter", "mode": "lines+markers", "name": str(label), "x": places, "y": values,
             "line": {"color": ink, "width": 2.5 if strong else 2}, "marker": {"size": 5, "color": ink},
             "cliponaxis": False, "hoverinfo": "text",
             "hovertext": [f"<b>{rows.safe(label)}</b><br>{formats.month(day, lang=style.lang, year=True)} "
                           f"{formats.measure(value, kind, lang=style.lang)}"
                           for day, value in zip(part["period"], values, strict=True)]}
        )  # fmt: skip
        if known := rows.known(values):
            ends.append((str(label), known[-1], strong))
    high = max(rows.known(rows.numbers(frame, "value")), default=1.0) * 1.12
    n = len(days)
    _names(canvas, ends, n, kind, 34 * high / max(height - 40, 1))
    step = 1 if n <= FULL else -(-n // FULL)
    shown = list(range((n - 1) % step, n, step)) if n else []
    canvas.line(-0.3, 0, n - 0.7, 0)
    return canvas.figure(
        height=height, margin={"l": 30, "r": WORDS, "t": 8, "b": 22},
        xaxis={"range": [-0.3, max(n, 1) - 0.7], "tickangle": 0, "tickvals": shown,
               "ticktext": [formats.month(days[i], lang=style.lang) for i in shown]},
        yaxis={"range": [0, high], "nticks": 5, "tickformat": ".0%" if kind == "rate" else ",.0f"},
    )  # fmt: skip


def _names(canvas: Canvas, ends: list[tuple[str, float, bool]], n: int, kind: Kind, line: float) -> None:
    """Name each line at its end, in two lines, pushed apart where they are close."""
    last = -line
    for label, value, strong in sorted(ends, key=lambda end: end[1]):
        last = max(value, last + line)
        ink = canvas.style.palette.text if strong else canvas.style.palette.muted
        text = f"{rows.safe(label)}<br><b>{formats.measure(value, kind, lang=canvas.style.lang)}</b>"
        canvas.note(text, n - 1, last, xshift=10, xanchor="left", yanchor="middle", align="left",
                    font={"size": look.LABEL, "color": ink})  # fmt: skip
