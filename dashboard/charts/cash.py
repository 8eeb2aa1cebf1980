"""Cash to come by week: what falls due as an outline, what is expected hatched before it, with its band."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit, choose_unit
from dashboard.i18n import translator

WIDTH = 0.56
SHIFT = WIDTH / 5


def cash_columns(frame: pd.DataFrame, style: Style, *, unit: Unit | None = None, height: int = 300) -> go.Figure:
    """Draw one pair of columns a week.

    frame: one row a week, in order: `start` (a date), `due`, `expected`, and where known `low`, `high`, in plain money.
    """
    canvas = Canvas(style)
    colours, _ = style.palette, translator(style.lang)
    due, expected = rows.numbers(frame, "due"), rows.numbers(frame, "expected")
    low, high = rows.numbers(frame, "low"), rows.numbers(frame, "high")
    unit = unit or choose_unit([*due, *expected], lang=style.lang)
    n = len(frame)
    hover, falls_due, awaited = [], _("falls due"), _("expected")
    for start, owed, mean, least, most in zip(frame["start"], due, expected, low, high, strict=True):
        lines = [f"<b>{formats.short_date(start, lang=style.lang)}</b>",
                 f"{falls_due} {formats.compact(owed, lang=style.lang)}",
                 f"{awaited} {formats.compact(mean, lang=style.lang)}"]  # fmt: skip
        if least is not None and most is not None:
            lines.append(f"80% {formats.compact(least, lang=style.lang)}–{formats.compact(most, lang=style.lang)}")
        hover.append("<br>".join(lines))
    common = {"type": "bar", "x": list(range(n)), "width": WIDTH, "hovertext": hover,
              "customdata": rows.ids(frame, "start")}  # fmt: skip
    canvas.traces.append({**common, "name": "due", "y": due, "offset": -WIDTH / 2 - SHIFT / 2,
                          "marker": look.outline(colours)})  # fmt: skip
    canvas.traces.append({**common, "name": "FC", "y": expected, "offset": -WIDTH / 2 + SHIFT / 2,
                          "marker": look.hatched(colours)})  # fmt: skip
    middle = [i + SHIFT / 2 for i in range(n)]
    stems = ((middle[i], a, middle[i], b, colours.model, "solid")
             for i, (a, b) in enumerate(zip(low, high, strict=True)) if a is not None and b is not None)  # fmt: skip
    canvas.stems(stems, 3, name="80 %")
    tops = [max(rows.known([mean, most])) if rows.known([mean, most]) else 0.0
            for mean, most in zip(expected, high, strict=True)]  # fmt: skip
    canvas.words(middle, tops, [unit.label(value) for value in expected], "top center", name="figures")
    ceiling = max([*tops, *rows.known(due)], default=0.0) or 1.0
    canvas.line(-0.5, 0, n - 0.5, 0)
    return canvas.figure(
        height=height, margin={"l": 8, "r": 8, "t": 12, "b": 24},
        xaxis={"range": [-0.6, n - 0.4], "tickangle": 0, "tickvals": list(range(0, n, 2)),  # all are too many
               "ticktext": [formats.short_date(day, lang=style.lang) for day in frame["start"].iloc[::2]]},
        yaxis={"visible": False, "range": [0, ceiling * 1.14]},
    )  # fmt: skip
