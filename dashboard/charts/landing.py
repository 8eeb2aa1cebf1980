"""Where periods or regions land: what is booked, what is still expected, its band, the target behind and the chance."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit, choose_unit
from dashboard.i18n import translator

THICKNESS = 0.46  # of the distance between two rows
SHIFT = THICKNESS / 5
NAME_WIDTH = 14  # half-width characters on each of two lines
LANDING, CHANCE = 42, 102  # px right of the bars where the two columns of figures end
LIKELY, UNLIKELY = 0.8, 0.2  # from here, and up to here, a chance is a verdict
SCALES = (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)  # at which a total is drawn
LONGEST = 5  # characters of a figure
COLUMNS = ("actual", "expected", "lo-80", "hi-80", "target")

Values = list[float | None]


def landing(frame: pd.DataFrame, style: Style, *, unit: Unit | None = None) -> go.Figure:
    """Draw one row an item in the order of the frame: AC bar, FC hatched up to the landing with its whisker, PL behind.

    frame: `label`, `actual` (booked so far), `expected` (where it lands in all), and where they exist `lo-80`, `hi-80`,
    `target`, in plain money, `probability` (of reaching the target; without any, the column of chances is left out),
    `total` (bool: in bold below a line; where it would dwarf the others it has a smaller scale, which stands below its
    name), `id` for clicks (else the label). unit: that of the figures, by default chosen from the landings.
    `layout.meta` tells the `unit` for the subtitle.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    _ = translator(style.lang)
    names = [str(label) for label in frame["label"]]
    plain = {column: rows.numbers(frame, column) for column in COLUMNS}
    totals = [not pd.isna(flag) and bool(flag) for flag in frame["total"]] if "total" in frame else [False] * n
    chances = rows.numbers(frame, "probability")
    unit = unit or _unit(plain["expected"], style)
    factors = _factors(plain, totals)
    drawn = {
        column: [None if value is None else value * by for value, by in zip(column_values, factors, strict=True)]
        for column, column_values in plain.items()
    }
    actual, expected = drawn["actual"], drawn["expected"]
    common: dict[str, Any] = {
        "type": "bar", "orientation": "h", "y": list(range(n)), "width": THICKNESS,
        "customdata": rows.ids(frame, "label"), "hovertext": _hover(names, style, plain, chances),
    }  # fmt: skip
    front = {**common, "offset": -THICKNESS / 2 - SHIFT / 2}
    # behind first: what is to be reached
    if rows.known(drawn["target"]):
        canvas.traces.append({**common, "name": "PL", "x": drawn["target"], "offset": -THICKNESS / 2 + SHIFT / 2,
                              "marker": look.outline(colours)})  # fmt: skip
    rest = [None if e is None else e - (a or 0.0) for a, e in zip(actual, expected, strict=True)]
    canvas.traces.append({**front, "name": "FC", "x": rest, "base": [a or 0.0 for a in actual],
                          "marker": look.hatched(colours)})  # fmt: skip
    canvas.traces.append({**front, "name": "AC", "x": actual, "marker": {"color": colours.actual}})
    _whiskers(canvas, drawn["lo-80"], drawn["hi-80"])

    _figures(canvas, plain["expected"], chances, totals, unit)
    known = [value for values in drawn.values() for value in rows.known(values)]
    low, high = min([0.0, *known]), max([0.0, *known]) or 1.0
    right = CHANCE if rows.known(chances) else LANDING
    pad = 0.03 * (high - low)
    canvas.line(0, -0.6, 0, n - 0.4, color=colours.text)
    for row, bold in enumerate(totals):
        if bold and row and not totals[row - 1]:
            canvas.line(0, row - 0.5, 1, row - 0.5, xref="paper")
            canvas.line(0, row - 0.5, right, row - 0.5, xref="paper")  # on below the figures, in px from the bars
            canvas.shapes[-1] |= {"xsizemode": "pixel", "xanchor": 1}
    scale = _("scale {factor}×", factor=f"{min(factors, default=1):g}")
    yaxis = rows.names_axis(names, NAME_WIDTH, colours.text, two_lines=True)
    for row, (bold, by) in enumerate(zip(totals, factors, strict=True)):
        if bold:
            name = rows.shortened(names[row], NAME_WIDTH) if by != 1 else yaxis["ticktext"][row]
            below = f"<br><span style='color:{colours.muted}'>{scale}</span>"
            yaxis["ticktext"][row] = f"<b>{name}</b>" + (below if by != 1 else "")
    return canvas.figure(
        height=max(110, n * (46 if n <= 6 else 36) + 36),
        margin={"l": 0, "r": right + 4, "t": 24, "b": 8},
        meta={"unit": formats.unit_name(unit, lang=style.lang)},
        xaxis={"visible": False, "range": [low - pad if low < 0 else 0, high + pad]},
        yaxis=yaxis,
    )  # fmt: skip


def _unit(landings: Values, style: Style) -> Unit:
    """Return the smallest unit in which no figure is longer than five characters: a month beside its year."""
    sizes = sorted((abs(value) for value in rows.known(landings)), reverse=True)
    units = [choose_unit([size], lang=style.lang) for size in sizes or [0.0]]
    return next(
        (unit for unit in reversed(units) if all(len(unit.label(size)) <= LONGEST for size in sizes)), units[0]
    )  # fmt: skip


def _factors(plain: dict[str, Values], totals: Sequence[bool]) -> list[float]:
    """Return the scale of each row: 1, or for totals the largest round one at which they hardly exceed the others."""
    reach = {True: 0.0, False: 0.0}
    for values in plain.values():
        for value, total in zip(values, totals, strict=True):
            reach[total] = max(reach[total], abs(value or 0.0))
    fits = [scale for scale in SCALES if reach[True] * scale <= reach[False] * 1.25]
    own = fits[0] if fits else SCALES[-1] if reach[False] else 1
    return [own if total else 1 for total in totals]


def _whiskers(canvas: Canvas, low: Values, high: Values) -> None:
    """Draw bands with a cap at each end, on a rim that parts them from the bar."""
    colours = canvas.style.palette
    there = [(row - SHIFT / 2, a, b) for row, (a, b) in enumerate(zip(low, high, strict=True))
             if a is not None and b is not None]  # fmt: skip
    for colour, width, name in ((colours.background, 5, "rim"), (colours.model, 2, "80 %")):
        canvas.stems(((a, row, b, row, colour, "solid") for row, a, b in there), width, name=name)
    ends = [(x, row) for row, a, b in there for x in (a, b)]
    canvas.marks([x for x, _row in ends], [row for _x, row in ends], "line-ns", colours.model, name="caps",
                 marker={"size": 9, "line": {"color": colours.model, "width": 2}})  # fmt: skip


def _figures(canvas: Canvas, expected: Values, chances: Values, totals: Sequence[bool], unit: Unit) -> None:
    """Write the landing and the chance of each row at the right, each in its column."""
    style, colours = canvas.style, canvas.style.palette
    _ = translator(style.lang)
    head: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom", "yshift": 2}
    canvas.note("FC", 1, 1, xshift=LANDING, **head)
    for row, value in enumerate(expected):
        canvas.note(f"<b>{unit.label(value)}</b>", 1, row, xref="paper", xanchor="right", xshift=LANDING,
                    font={"color": colours.text})  # fmt: skip
    if not rows.known(chances):
        return
    canvas.note(_("Chance"), 1, 1, xshift=CHANCE, **head)
    for row, (chance, bold) in enumerate(zip(chances, totals, strict=True)):
        ink = colours.neutral
        if chance is not None and chance >= LIKELY:
            ink = colours.good_word
        elif chance is not None and chance <= UNLIKELY:
            ink = colours.bad_word
        text = formats.probability(chance, lang=style.lang)
        canvas.note(f"<b>{text}</b>" if bold else text, 1, row, xref="paper", xanchor="right", xshift=CHANCE,
                    font={"color": ink})  # fmt: skip


def _hover(names: Sequence[str], style: Style, plain: dict[str, Values], chances: Values) -> list[str]:
    """Return for each row its full name and what is known of it."""
    _ = translator(style.lang)
    texts, chance_word = [], _("Chance")

    def money(value: float | None) -> str:
        return formats.compact(value, lang=style.lang)

    for row, name in enumerate(names):
        lines = [f"<b>{rows.safe(name)}</b>"]
        for word, column in (("AC", "actual"), ("FC", "expected")):
            if plain[column][row] is not None:
                lines.append(f"{word} {money(plain[column][row])}")
        if plain["lo-80"][row] is not None and plain["hi-80"][row] is not None:
            lines.append(f"{formats.rate(0.8, 0)} {money(plain['lo-80'][row])} … {money(plain['hi-80'][row])}")
        if plain["target"][row] is not None:
            lines.append(f"PL {money(plain['target'][row])}")
        if chances[row] is not None:
            lines.append(f"{chance_word} {formats.probability(chances[row], lang=style.lang)}")
        texts.append("<br>".join(lines))
    return texts
