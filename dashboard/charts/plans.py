"""Plans compared: one bar a plan with its 80 % whisker and figures; current grey, mine solid, recommended outlined."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.style import Canvas, Style, outline
from dashboard.formats import Unit

NAME_WIDTH = 12  # half-width characters on each of two lines
THICKNESS = 0.5  # of the distance between two rows
ROW = 58  # px
CURRENT, MINE, RECOMMENDED = "current", "mine", "recommended"


def plans(frame: pd.DataFrame, style: Style, unit: Unit) -> go.Figure:
    """Draw one row a plan in the order of the frame, from zero.

    frame: `label`, `value`, `low`, `high` (money), `plan` (current, mine, recommended: how the bar looks). unit: of the
    figures at the right.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    value, low, high = (rows.numbers(frame, column) for column in ("value", "low", "high"))
    known = rows.known([*value, *low, *high, 0.0])
    left, right = min(known), max(known)
    pad = 0.03 * ((right - left) or 1.0)
    looks = {
        CURRENT: {"color": colours.last_year},
        MINE: {"color": colours.actual},
        RECOMMENDED: outline(colours),
    }
    names = [str(label) for label in frame["label"]]
    texts = [f"{unit.label(v)} ({unit.label(a)} … {unit.label(b)})" for v, a, b in zip(value, low, high, strict=True)]
    for place, plan in enumerate(frame["plan"]):
        canvas.traces.append(
            {"type": "bar", "orientation": "h", "name": plan, "x": [value[place]], "y": [place], "width": THICKNESS,
             "marker": looks[plan], "hovertext": f"<b>{rows.safe(names[place])}</b><br>{texts[place]}"}
        )  # fmt: skip
    ends = [(a, place, b, place) for place, (a, b) in enumerate(zip(low, high, strict=True))
            if a is not None and b is not None]  # fmt: skip
    # a halo in the colour of the card keeps a whisker visible over a dark bar
    for colour, width, name in ((colours.background, 5, "halo"), (colours.model, 1.8, "whisker")):
        canvas.stems(((*end, colour, "solid") for end in ends), width, name=name)
        caps = ((x, place - 0.11, x, place + 0.11, colour, "solid") for a, place, b, _same in ends for x in (a, b))
        canvas.stems(caps, width, name=f"{name} ends")
    for place, (v, a, b) in enumerate(zip(value, low, high, strict=True)):
        canvas.note(f"<b>{unit.label(v)}</b><br>{unit.label(a)} … {unit.label(b)}", 1, place, xref="paper",
                    xanchor="left", xshift=8, align="left", font={"color": colours.text})  # fmt: skip
    canvas.line(0, -0.5, 0, n - 0.5, color=colours.text)
    yaxis = rows.names_axis(names, NAME_WIDTH, colours.text, two_lines=True)
    return canvas.figure(
        height=n * ROW + 16, margin={"l": 0, "r": 86, "t": 4, "b": 4},
        xaxis={"visible": False, "range": [left - pad, right + pad]},
        yaxis=yaxis | {"range": [n - 0.5, -0.5], "tickfont": {"size": look.NAME, "color": colours.text}},
    )  # fmt: skip
