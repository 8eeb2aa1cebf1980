"""One change seen in several ways: a pin of the relative change for each, on one zero line."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import PHONE, Panel
from dashboard.charts.style import Canvas, Direction, Style

NAME_WIDTH = 20  # half-width characters on each of two lines
HEIGHT = 84  # px of a row: the card stands beside taller ones
PLOT = PHONE - 150  # px that the pins have beside the names on a phone


def changes(frame: pd.DataFrame, style: Style, *, direction: Direction = 1) -> go.Figure:
    """Draw one row a way: its name, below it in muted words what it compares with, and a pin of the change.

    frame: `label`, `words` (the second line), `change` (a fraction; missing draws no pin), `id` for clicks (else the
    label).
    """
    canvas, values = Canvas(style), rows.numbers(frame, "change")
    n = len(frame)
    there = [i for i, value in enumerate(values) if value is not None]
    shown = [value or 0.0 for value in values]
    texts = [formats.rate(value, signed=True) if value is not None else formats.MISSING for value in values]
    panel = Panel(low=[min(v, 0.0) for v in shown], high=[max(v, 0.0) for v in shown], text=texts,
                  back=[v < 0 for v in shown], head=5)  # fmt: skip
    span = panel.span(PLOT)
    verdicts = [style.verdict(value, direction) for value in values]
    canvas.line(0, -0.6, 0, n - 0.4, color=style.palette.text)
    canvas.stems(((0, i, shown[i], i, verdicts[i].colour, "solid") for i in there), 3, name="stems")
    canvas.marks(
        [shown[i] for i in there], there, [verdicts[i].symbol for i in there], [verdicts[i].colour for i in there],
        name="changes", customdata=[rows.ids(frame, "label")[i] for i in there], marker={"size": 9},
    )  # fmt: skip
    canvas.words(panel.places(span, PLOT), list(range(n)), texts, panel.sides, name="figures",
                 colour=[verdict.word for verdict in verdicts])  # fmt: skip
    muted = style.palette.muted
    ticks = [
        f"{rows.shortened(str(label), NAME_WIDTH)}<br>"
        f"<span style='color:{muted}'>{rows.shortened(str(words), NAME_WIDTH + 4)}</span>"
        for label, words in zip(frame["label"], frame["words"], strict=True)
    ]
    axis: dict[str, Any] = {"range": [n - 0.4, -0.6], "automargin": True, "ticklabelstandoff": 6}
    return canvas.figure(
        height=max(110, 24 + n * HEIGHT),
        margin={"l": 0, "r": 8, "t": 8, "b": 8},
        xaxis={"visible": False, "range": span},
        yaxis=axis | {"tickvals": list(range(n)), "ticktext": ticks,
                      "tickfont": {"size": look.NAME, "color": style.palette.text}},
    )  # fmt: skip
