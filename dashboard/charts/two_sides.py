"""What lies above a band and what lies below it, over time: columns that rise from a line and fall from it."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit, choose_unit

WIDTH = 0.6
FULL = 7  # columns up to which each carries its figure on a phone
SERIES = ("first", "second")


def two_sides(frame: pd.DataFrame, style: Style, *, words: tuple[str, str], series: tuple[str, str],
              unit: Unit | None = None, height: int = 380) -> go.Figure:  # fmt: skip
    """Draw a column a month upwards for what is above, and one downwards for what is below; both from one line.

    frame: `period` (a date, named by its month), `above_first`, `above_second`, `below_first`, `below_second` (money,
    none of it negative; missing counts as nothing). words: what above and below are called; series: what the dark
    (first) and the grey (second) part of each column are.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    days = list(frame["period"])
    values = {
        (side, part): [value or 0.0 for value in rows.numbers(frame, f"{side}_{part}")]
        for side in ("above", "below")
        for part in SERIES
    }
    totals = {side: [a + b for a, b in zip(*(values[side, part] for part in SERIES), strict=True)]
              for side in ("above", "below")}  # fmt: skip
    unit = unit or choose_unit([*totals["above"], *totals["below"]], lang=style.lang)
    inks = dict(zip(SERIES, (colours.actual, colours.last_year), strict=True))
    for (side, part), amounts in values.items():
        sign = 1 if side == "above" else -1
        name = f"{words[sign < 0]}, {series[SERIES.index(part)]}"
        canvas.traces.append(
            {"type": "bar", "name": f"{side} {part}", "x": list(range(n)), "y": [sign * value for value in amounts],
             "width": WIDTH, "customdata": rows.ids(frame, "period"), "marker": {"color": inks[part]},
             "hovertext": [f"<b>{formats.month(day, lang=style.lang, year=True)}</b><br>{name} "
                           f"{formats.compact(value, lang=style.lang)}"
                           for day, value in zip(days, amounts, strict=True)]}
        )  # fmt: skip
    high, low = (max(totals[side], default=0.0) for side in ("above", "below"))
    step = 1 if n <= FULL else -(-n // FULL)
    shown = list(range((n - 1) % step, n, step)) if n else []  # counted from the last, which always has its figures
    for side, place in (("above", "top center"), ("below", "bottom center")):
        sign = 1 if side == "above" else -1
        texts = [f"<b>{unit.label(totals[side][i])}</b>" if totals[side][i] else "" for i in shown]
        ends = [sign * (totals[side][i] + 0.015 * (high + low)) for i in shown]
        canvas.words(shown, ends, texts, place, name=f"{side} totals")
    room = 0.22 * ((high + low) or 1.0)
    canvas.line(-0.5, 0, n - 0.5, 0, color=colours.text)
    for word, edge, anchor in ((words[0], high + room, "top"), (words[1], -low - room, "bottom")):
        canvas.note(word, -0.5, edge, xanchor="left", yanchor=anchor)
    return canvas.figure(
        height=height, barmode="relative", margin={"l": 8, "r": 8, "t": 8, "b": 22},
        xaxis={"range": [-0.5, max(n, 1) - 0.5], "tickangle": 0, "tickvals": shown,
               "ticktext": [formats.month(days[i], lang=style.lang) for i in shown]},
        yaxis={"visible": False, "range": [-low - room, high + room]},
    )  # fmt: skip
