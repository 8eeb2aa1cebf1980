"""What explains a gap or a change: a horizontal waterfall from zero, whose steps add up to its closing bar."""

from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import PHONE, Panel
from dashboard.charts.style import Canvas, Direction, Style
from dashboard.formats import Kind, Unit, choose_unit

THICKNESS = 0.56  # of the distance between two rows
NAME_WIDTH = 17  # half-width characters on each of two lines
PLOT = PHONE - 130  # px that the bars have beside the names on a phone


def variance_waterfall(
    frame: pd.DataFrame,
    style: Style,
    *,
    closing: str,
    opening: tuple[str, float] | None = None,
    kind: Kind = "money",
    direction: Direction = 1,
    unit: Unit | None = None,
    sort: bool = True,
) -> go.Figure:
    """Draw steps that add up to the bar named `closing`, which is computed from them.

    frame: one row a step: `label`, `value` (plain units, signed; missing is no step), and where wanted `id` for
    clicks (else the label), `direction` (1, -1, 0) where a step is judged in its own way, `rest` (True for
    "others", which stays last).

    Without `opening` the chart explains a variance: coloured bars from zero, the largest loss first unless `sort`
    is off. With `opening` (name, amount) it leads from one balance to the next: solid bars at both ends, steps in
    the order of the frame. direction: that of the measure; where more is worse, an increase is a loss.
    """
    canvas = Canvas(style)
    colours = style.palette
    steps = frame[
        pd.Series([value is not None for value in rows.numbers(frame, "value")], index=frame.index, dtype=bool)
    ]
    if sort and opening is None:
        steps = ordered(steps, direction)
    values = [float(value) for value in steps["value"]]
    judged = steps["direction"].tolist() if "direction" in steps else [direction] * len(steps)
    start = opening[1] if opening else 0.0
    levels = [start]
    for value in values:
        levels.append(levels[-1] + value)
    unit = unit or choose_unit([start, levels[-1], *values], kind, lang=style.lang)

    names = [*([opening[0]] if opening else []), *(str(label) for label in steps["label"]), closing]
    lengths = [*([start] if opening else []), *values, levels[-1]]
    bases = [*([0.0] if opening else []), *levels[:-1], 0.0]
    judged = [*([0] if opening else []), *judged, direction]
    ends = {0, len(names) - 1} if opening else {len(names) - 1}
    bars, texts, hover = [], [], []
    for i, (length, own) in enumerate(zip(lengths, judged, strict=True)):
        solid = opening is not None and i in ends
        verdict = style.verdict(length, own)
        bars.append(colours.actual if solid else verdict.colour)
        text = unit.label(length, signed=not solid)
        texts.append(f"<b>{text}</b>" if i in ends else text)
        amount = formats.measure(length, kind, lang=style.lang, signed=not solid)
        hover.append(f"<b>{rows.safe(names[i])}</b><br>{amount}")
    places = list(range(len(names)))
    identities = [*([opening[0]] if opening else []), *rows.ids(steps, "label"), closing]
    canvas.traces.append(
        {"type": "bar", "orientation": "h", "name": "steps", "y": places, "x": lengths, "base": bases,
         "width": THICKNESS, "marker": {"color": bars}, "customdata": identities, "hovertext": hover}
    )  # fmt: skip
    # the level that one row hands to the next
    handed = [base + length for base, length in zip(bases, lengths, strict=True)]
    for (i, level), _next in pairwise(enumerate(handed)):
        canvas.line(level, i - THICKNESS / 2, level, i + 1 + THICKNESS / 2, color=colours.text)
    panel = Panel(
        low=[base + min(length, 0) for base, length in zip(bases, lengths, strict=True)],
        high=[base + max(length, 0) for base, length in zip(bases, lengths, strict=True)],
        text=[unit.label(length, signed=True) for length in lengths],
        back=[length < 0 for length in lengths],
    )
    span = panel.span(PLOT)
    canvas.words(panel.places(span, PLOT), places, texts, panel.sides, name="figures")
    canvas.line(0, -0.6, 0, len(names) - 0.4, color=colours.text)
    ticks = [rows.folded(name, NAME_WIDTH) for name in names]
    return canvas.figure(
        height=max(150, 24 + len(names) * (52 if len(names) <= 8 else 34)),
        margin={"l": 0, "r": 8, "t": 8, "b": 8},
        xaxis={"visible": False, "range": span},
        yaxis={
            "range": [len(names) - 0.4, -0.6], "automargin": True, "tickvals": places, "ticklabelstandoff": 6,
            "ticktext": [f"<b>{tick}</b>" if i in ends else tick for i, tick in enumerate(ticks)],
            "tickfont": {"size": look.NAME, "color": colours.text},
        },
    )  # fmt: skip


def ordered(steps: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Return the steps with the largest loss first, the smallest gain last of all but the rest."""
    gain = steps["value"].astype(float) * (-1 if direction < 0 else 1)
    rest = steps["rest"].astype(bool) if "rest" in steps else pd.Series(False, index=steps.index)
    keyed = steps.assign(_rest=rest, _loss=gain >= 0, _size=[g if g < 0 else -g for g in gain])
    return keyed.sort_values(["_rest", "_loss", "_size"], kind="stable").drop(columns=["_rest", "_loss", "_size"])
