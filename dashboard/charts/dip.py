"""One promotion over the weeks: actual over the baseline with its band, the promotion shaded, waiting and dip named."""

import datetime as dt

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit

HEIGHT, WORDS = 400, 78  # px: of the chart, right of the last week for the names of the lines
TICKS = 5  # names of weeks below


def dip(frame: pd.DataFrame, style: Style, unit: Unit, *, start: dt.date, end: dt.date, names: tuple[str, str],
        event: str, before: str = "", after: str = "") -> go.Figure:  # fmt: skip
    """Draw weekly figures from zero.

    frame: `week` (Mondays, in order), `actual`, `baseline`, `low`, `high` (80 % band of the baseline). start, end: of
    the promotion, the end exclusive. names: of the two lines; event: words in the shaded weeks; before, after: words
    for the week before and the weeks after, where something is to be said of them.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    actual, baseline, low, high = (rows.numbers(frame, column) for column in ("actual", "baseline", "low", "high"))
    weeks = [pd.Timestamp(day) for day in frame["week"]]
    at = list(range(n))
    begin = sum(week < pd.Timestamp(start) for week in weeks)
    stop = sum(week < pd.Timestamp(end) for week in weeks)
    top = 1.14 * max(rows.known([*actual, *high, *baseline]), default=1.0)
    for place, values in enumerate((low, high)):
        canvas.traces.append({"type": "scatter", "mode": "lines", "x": at, "y": values, "hoverinfo": "skip",
                              "name": "band",
                              "line": {"width": 0}, "fill": "tonexty" if place else None,
                              "fillcolor": colours.band_80})  # fmt: skip
    canvas.shapes.append({"type": "rect", "xref": "x", "yref": "paper", "x0": begin - 0.5, "x1": stop - 0.5, "y0": 0,
                          "y1": 1, "fillcolor": colours.attention_area, "line": {"width": 0},
                          "layer": "below"})  # fmt: skip
    canvas.note(
        event, (begin + stop - 1) / 2, 1, yref="paper", yanchor="top", yshift=-2, font={"color": colours.attention}
    )
    hover = [
        f"<b>{formats.date(week.date(), lang=style.lang)}</b><br>"
        f"{names[0]} {unit.label(a)}<br>{names[1]} {unit.label(b)}"
        for week, a, b in zip(weeks, actual, baseline, strict=True)
    ]
    canvas.traces.append({"type": "scatter", "mode": "lines", "x": at, "y": baseline, "name": "baseline",
                          "hoverinfo": "skip", "line": {"color": colours.model, "width": 2,
                                                        "dash": "dash"}})  # fmt: skip
    canvas.traces.append({"type": "scatter", "mode": "lines+markers", "x": at, "y": actual, "name": "actual",
                          "line": {"color": colours.actual, "width": 2}, "marker": {"size": 4, "color": colours.actual},
                          "hoverinfo": "text", "hovertext": hover})  # fmt: skip
    _ends(canvas, actual, baseline, n, names, top)
    below = 0.5 * sorted(rows.known(baseline) or [0.0])[len(rows.known(baseline)) // 4]
    if before and begin:
        _pointed(canvas, before, begin - 1, actual[begin - 1], below, "right")
    if after and stop < n:
        lowest = min(range(stop, min(stop + 4, n)), key=lambda i: top if (v := actual[i]) is None else v)
        _pointed(canvas, after, lowest, actual[lowest], below, "left")
    canvas.line(-0.5, 0, n - 0.5, 0, color=colours.text)
    step = max(1, -(-n // TICKS))
    shown = [i for i in at if (i - begin) % step == 0]
    return canvas.figure(
        height=HEIGHT, margin={"l": 34, "r": WORDS, "t": 8, "b": 24},
        xaxis={"range": [-0.6, n - 0.4], "tickvals": shown, "tickangle": 0,
               "ticktext": [formats.short_date(weeks[i].date(), lang=style.lang) for i in shown]},
        yaxis={"range": [0, top], **rows.round_ticks(top, unit)},
    )  # fmt: skip


def _ends(canvas: Canvas, actual: list[float | None], baseline: list[float | None], n: int, names: tuple[str, str],
          top: float) -> None:  # fmt: skip
    """Name both lines right of their last point, apart from each other."""
    a, b = (next((value for value in reversed(line) if value is not None), None) for line in (actual, baseline))
    if a is None or b is None:
        return
    apart = 26 * top / (HEIGHT - 40)
    if abs(a - b) < apart:
        middle = (a + b) / 2
        a, b = (middle + apart / 2, middle - apart / 2) if a >= b else (middle - apart / 2, middle + apart / 2)
    for y, name, colour in ((a, names[0], canvas.style.palette.text), (b, names[1], canvas.style.palette.model)):
        canvas.note(name, n - 1, y, xanchor="left", xshift=8, font={"color": colour})


def _pointed(canvas: Canvas, text: str, x: float, y: float | None, low: float, side: str) -> None:
    """Words at the height `low`, below all lines, with a hairline to a point."""
    if y is not None:
        canvas.note(text, x, y, showarrow=True, arrowhead=0, arrowwidth=1, arrowcolor=canvas.style.palette.muted,
                    axref="x", ayref="y", ax=x + (-0.6 if side == "right" else 0.6), ay=low, xanchor=side, align="left",
                    font={"color": canvas.style.palette.bad_word})  # fmt: skip
