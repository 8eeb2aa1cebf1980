"""Where does money earn: what came in against what it cost, with the break-even diagonal and whiskers."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.panel import PHONE
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit

NAME_WIDTH = 24  # half-width characters of a name
PLOT = PHONE - 10  # px of the plot at which names are placed: between a phone and a desk
FULL = 1.0  # a name that would meet a point, another name or two whiskers is left out
NAMED = 10  # points whose names stand beside them, where there is room: those farthest from break-even
HEIGHT, LETTER, LINE = 400, 5.6, 14  # px: of the chart, of a half-width character, of a line of words
SIDES = {"middle right": (1, 0), "middle left": (-1, 0), "top right": (1, -1), "bottom right": (1, 1),
         "top left": (-1, -1), "bottom left": (-1, 1)}  # fmt: skip

Box = tuple[float, float, float, float]  # px: left, top, right, bottom


def earned(
    frame: pd.DataFrame, style: Style, unit: Unit, *, above: str, below: str, line: str, across: str
) -> go.Figure:
    """Draw one point an item.

    frame: `label`, `cost`, `mean`, `low`, `high` (money), `verdict` (profit: disc, loss: square, else an open circle),
    `id` for clicks. unit: of the axes. above, below: words for what lies on either side of the diagonal `line`;
    across: name of the axis of costs.
    """
    canvas, colours = Canvas(style), style.palette
    cost, mean, low, high = (rows.numbers(frame, column) for column in ("cost", "mean", "low", "high"))
    right = 1.12 * max(rows.known(cost), default=1.0)
    top = 1.08 * max([*rows.known(high), right * 0.6], default=1.0)
    bottom = min([0.0, *rows.known(low)]) * 1.08
    looks = [
        {"profit": (colours.good, colours.good_word, "circle"), "loss": (colours.bad, colours.bad_word, "square")}
        .get(code, (colours.neutral, colours.muted, "circle-open"))
        for code in frame["verdict"]
    ]  # fmt: skip
    inks = [ink[0] for ink in looks]
    end = min(right, top)
    canvas.line(0, 0, end, end, color=colours.text, dash="dash")
    canvas.note(line, end, end, xanchor="right", yanchor="top", yshift=-14)
    canvas.stems(
        ((x, a, x, b, ink[0], "solid") for x, a, b, ink in zip(cost, low, high, looks, strict=True)
         if x is not None and a is not None and b is not None), 1.5, name="band", opacity=0.6,
    )  # fmt: skip
    hover = [
        f"<b>{rows.safe(row.label)}</b><br>{formats.compact(row.mean, lang=style.lang)} / "
        f"{formats.compact(row.cost, lang=style.lang)}"
        for row in frame.itertuples()
    ]
    canvas.marks(
        cost, mean, [ink[2] for ink in looks], inks, name="points", hoverinfo="text",
        customdata=rows.ids(frame, "label"), hovertext=hover, marker={"size": 11, "line": {"width": 2, "color": inks}},
    )  # fmt: skip
    named = (frame["mean"] - frame["cost"]).astype(float).abs().nlargest(NAMED).index
    at = [(cost[i] or 0.0, mean[i] or 0.0, rows.shortened(frame["label"].iloc[i], NAME_WIDTH)) for i in named]
    whiskers = [(cost[i] or 0.0, low[i] or 0.0, high[i] or 0.0) for i in range(len(frame))]
    sides = _sides(at, whiskers, right, top - bottom, bottom)
    at, places = [place for place, side in zip(at, sides, strict=True) if side], [side for side in sides if side]
    canvas.words([x for x, _y, _n in at], [y for _x, y, _n in at],
                 [f"\u00a0\u00a0{name}\u00a0\u00a0" for _x, _y, name in at], places, name="names")  # fmt: skip
    canvas.note(above, 0, 1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=2,
                font={"color": colours.good_word})  # fmt: skip
    canvas.note(below, 1, 0, xref="paper", yref="paper", xanchor="right", yanchor="bottom", yshift=4,
                font={"color": colours.bad_word})  # fmt: skip
    canvas.line(0, 0, right, 0, color=colours.text)
    canvas.note(across, 1, 0, xref="paper", yref="paper", xanchor="right", yanchor="top", yshift=-20)
    return canvas.figure(
        height=HEIGHT, margin={"l": 34, "r": 8, "t": 24, "b": 40},
        xaxis={"range": [0, right], **rows.round_ticks(right, unit)},
        yaxis={"range": [bottom, top], **rows.round_ticks(top, unit)},
    )  # fmt: skip


def _sides(at: Sequence[tuple[float, float, str]], whiskers: Sequence[tuple[float, float, float]], width: float,
           height: float, bottom: float) -> list[str]:  # fmt: skip
    """The side of each point at which its name meets the fewest other things; empty where
    there is no room."""
    wide, tall = PLOT / (width or 1.0), (HEIGHT - 64) / (height or 1.0)
    points = [(x * wide, (bottom + height - y) * tall) for x, y, _name in at]
    lines = [(x * wide, (bottom + height - b) * tall, x * wide, (bottom + height - a) * tall) for x, a, b in whiskers]
    taken: list[Box] = [(x - 6, y - 6, x + 6, y + 6) for x, y in points]
    chosen = []
    for (x, y), (_cost, _mean, name) in zip(points, at, strict=True):
        boxes: dict[str, Box] = {}
        for side, (dx, dy) in SIDES.items():
            long, middle = rows.width(name) * LETTER, y + dy * LINE * 0.6
            left = x + 8 if dx > 0 else x - 8 - long
            boxes[side] = (left, middle - LINE / 2, left + long, middle + LINE / 2)
        met = {side: _met(box, taken) + _met(box, lines) / 2 + _outside(box) / 20 for side, box in boxes.items()}
        best = min(met, key=lambda side: met[side])
        taken += [boxes[best]] if met[best] < FULL else []
        chosen.append(best if met[best] < FULL else "")
    return chosen


def _met(box: Box, others: Sequence[Box]) -> int:
    """How many of the others a box overlaps."""
    return sum(box[0] <= x1 and x0 <= box[2] and box[1] <= y1 and y0 <= box[3] for x0, y0, x1, y1 in others)


def _outside(box: Box) -> float:
    """Pixels of a box beyond the sides of the chart."""
    return max(0.0, -box[0]) + max(0.0, box[2] - PLOT)
