"""Days of sales that stand outside, over time: what was agreed, what is beyond it, and the countback beside them."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.style import Canvas, Style
from dashboard.i18n import translator

WIDTH = 0.6
WORDS = 92  # px right of the last column for the names of the parts
FULL = 7  # columns up to which each carries its figure on a phone


def days_columns(frame: pd.DataFrame, style: Style, *, height: int = 300) -> go.Figure:
    """Draw columns of DSO: best possible, and on it the days beyond; DSO on top, the countback as open diamonds.

    frame: one row a day, in order: `period` (a date, named by its month), `best`, `beyond`, `countback` (days; missing
    is not drawn).
    """
    canvas = Canvas(style)
    colours, _ = style.palette, translator(style.lang)
    best, beyond = rows.numbers(frame, "best"), rows.numbers(frame, "beyond")
    countback = rows.numbers(frame, "countback")
    n = len(frame)
    tops = [(a or 0.0) + (b or 0.0) for a, b in zip(best, beyond, strict=True)]
    named = [formats.month(day, lang=style.lang, year=True) for day in frame["period"]]
    identities = rows.ids(frame, "period")
    parts = ((_("in term"), best, colours.aging[0]), (_("beyond"), beyond, colours.aging[4]))
    for name, values, colour in parts:
        canvas.traces.append(
            {"type": "bar", "name": name, "x": list(range(n)), "y": values, "width": WIDTH, "customdata": identities,
             "hovertext": [f"<b>{day}</b><br>{name} {formats.days(value, 1, lang=style.lang)}"
                           for day, value in zip(named, values, strict=True)],
             "marker": {"color": colour, "line": {"color": colours.background, "width": 1}}}
        )  # fmt: skip
    mark = _("countback")
    hover = [
        f"<b>{day}</b><br>{mark} {formats.days(value, 1, lang=style.lang)}"
        for day, value in zip(named, countback, strict=True)
    ]
    canvas.marks(list(range(n)), countback, "diamond-open", colours.model, name="countback", hoverinfo="text",
                 hovertext=hover, marker={"size": 9, "line": {"width": 2}})  # fmt: skip
    step = 1 if n <= FULL else -(-n // FULL)
    shown = range((n - 1) % step, n, step) if n else range(0)  # counted from the last, which always has its figure
    high = max([*tops, *rows.known(countback)], default=0.0) or 1.0
    near = 0.1 * high  # a diamond this little above its column would stand in the figure
    above = [max(tops[i], peak + near / 2) if -near / 2 < (peak := countback[i] or 0.0) - tops[i] < near else tops[i]
             for i in shown]  # fmt: skip
    canvas.words(list(shown), above, [f"<b>{formats.number(tops[i], 0)}</b>" for i in shown], "top center",
                 name="totals")  # fmt: skip
    if n:
        words = [(_("in term"), (best[-1] or 0.0) / 2, best[-1]),
                 (_("beyond"), (best[-1] or 0.0) + (beyond[-1] or 0.0) / 2, beyond[-1]),
                 (_("◇ countback"), countback[-1] or 0.0, countback[-1])]  # fmt: skip
        _beside(canvas, words, n, 16 * high * 1.16 / height)
    canvas.line(-0.5, 0, n - 0.5, 0)
    return canvas.figure(
        height=height, barmode="relative", margin={"l": 8, "r": WORDS, "t": 12, "b": 22},
        xaxis={"range": [-0.5, n - 0.5], "tickangle": 0, "tickvals": list(shown),
               "ticktext": [formats.month(frame["period"].iloc[i], lang=style.lang) for i in shown]},
        yaxis={"visible": False, "range": [0, high * 1.16]},
    )  # fmt: skip


def _beside(canvas: Canvas, words: list[tuple[str, float, float | None]], n: int, line: float) -> None:
    """Name the parts beside the last column, pushed apart where they are close."""
    font = {"size": look.LABEL - 0.5, "color": canvas.style.palette.text}
    last = -line
    for name, place, value in sorted(words, key=lambda word: word[1]):
        last = max(place, last + line)
        canvas.note(f"{name} <b>{formats.number(value, 0)}</b>", n - 1 + WIDTH / 2, last, xshift=6, xanchor="left",
                    yanchor="middle", font=font)  # fmt: skip
