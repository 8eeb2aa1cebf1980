"""The largest first, and how much of the whole they are together: bars, and beside them the cumulative share."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import PHONE, Panel
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit, choose_unit
from dashboard.i18n import translator

THICKNESS = 0.56  # of the distance between two rows
NAME_WIDTH = 16  # half-width characters
BARS = 0.74  # of the width, beside it the shares
PLOT = (PHONE - 120) * BARS  # px that the bars have on a phone


def pareto(frame: pd.DataFrame, style: Style, *, unit: Unit | None = None, rest: str = "") -> go.Figure:
    """Draw one row an item, largest first: AC bar with its figure, at the right its share and the share so far.

    frame: `label`, `value` (plain money), `share`, `cumulative` (fractions), `class` (a hairline parts two classes, the
    letter stands where one begins), `id` for clicks (else the label). rest: words for what is not drawn, in a last row
    without a bar.
    """
    canvas, _ = Canvas(style), translator(style.lang)
    colours, n = style.palette, len(frame)
    values = [value or 0.0 for value in rows.numbers(frame, "value")]
    unit = unit or choose_unit(values, lang=style.lang)
    texts = [unit.label(value) for value in values]
    panel = Panel(low=[min(v, 0.0) for v in values], high=[max(v, 0.0) for v in values], text=texts,
                  back=[v < 0 for v in values])  # fmt: skip
    span = panel.span(PLOT)
    share, so_far = rows.numbers(frame, "share"), rows.numbers(frame, "cumulative")
    hover = [
        f"<b>{rows.safe(label)}</b><br>{formats.compact(value, lang=style.lang)} · {formats.rate(own)}"
        for label, value, own in zip(frame["label"], values, share, strict=True)
    ]
    canvas.traces.append(
        {"type": "bar", "orientation": "h", "name": "AC", "y": list(range(n)), "x": values, "width": THICKNESS,
         "marker": {"color": colours.actual}, "customdata": rows.ids(frame, "label"), "hovertext": hover}
    )  # fmt: skip
    canvas.words(panel.places(span, PLOT), list(range(n)), texts, panel.sides, name="figures")
    last = n - 0.4 + (1 if rest else 0)
    canvas.line(0, -0.6, 0, n - 0.4, color=colours.text)
    classes, muted = list(frame["class"]), colours.muted
    places = 0 if max(rows.known(so_far), default=0.0) > 0.2 else 1
    for i, value in enumerate(so_far):
        begins = i == 0 or classes[i] != classes[i - 1]
        canvas.note(formats.rate(value, places), 1, i, xref="paper", xanchor="right", xshift=-16,
                    font={"color": colours.text})  # fmt: skip
        if begins:
            canvas.note(f"<b>{classes[i]}</b>", 1, i, xref="paper", xanchor="right", font={"color": muted})
        if begins and i:
            canvas.line(0, i - 0.5, 1, i - 0.5, xref="paper", color=colours.hairline)
    canvas.note(_("share so far"), 1, 1, xref="paper", yref="paper", xanchor="right", yanchor="bottom")
    if rest:
        canvas.note(rest, 0, n, xref="paper", xanchor="left")
    return canvas.figure(
        height=int((last + 0.6) * (30 if n > 8 else 38)) + 32,
        margin={"l": 0, "r": 8, "t": 24, "b": 8},
        xaxis={"visible": False, "range": span, "domain": [0, BARS]},
        yaxis={
            "range": [last, -0.6], "automargin": True, "ticklabelstandoff": 6, "tickvals": list(range(n)),
            "ticktext": [rows.shortened(str(label), NAME_WIDTH) for label in frame["label"]],
            "tickfont": {"size": look.NAME, "color": colours.text},
        },
    )  # fmt: skip
