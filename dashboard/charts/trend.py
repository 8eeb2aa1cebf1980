"""Over time against target and last year: columns, and pins of the relative variance above them."""

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.style import Canvas, Direction, Style
from dashboard.formats import Kind, Unit, choose_unit
from dashboard.i18n import translator

WIDTH = 0.56  # of the distance between two periods
FAR = 0.12  # of the highest figure: a column that much below its outline has room for its figure in between
SHIFT = WIDTH / 5
FULL = 13  # periods up to which every column carries its figures; more than that are too narrow on a phone
PIN_LABEL = 10  # px
PIN_LIMIT = 2.0  # a pin beyond ±200 % is cut, with an arrow head, so that the others can be told apart


def trend(
    frame: pd.DataFrame,
    style: Style,
    *,
    kind: Kind = "money",
    direction: Direction = 1,
    unit: Unit | None = None,
    height: int = 330,
) -> go.Figure:
    """Draw columns over time: AC solid, FC hatched, PL outline behind, PY triangle; ΔPL pins on their own zero line.

    frame: one row a period, in order. `period` (a date, named by its month) or `label` (a text); `actual`,
    and where they exist `forecast` (used where actual is missing), `target`, `last_year`, all in plain
    units; `id` for clicks (else the period). A period may have a target only. Without any target the pins
    show ΔPY and last year stands behind as a grey column; without both there are no pins. Pins of rates are
    points, of all else percent. unit: that of the figures above the columns, by default chosen from the
    values.
    """
    canvas = Canvas(style)
    colours, _ = style.palette, translator(style.lang)
    actual, forecast = rows.numbers(frame, "actual"), rows.numbers(frame, "forecast")
    target, last_year = rows.numbers(frame, "target"), rows.numbers(frame, "last_year")
    column = [a if a is not None else f for a, f in zip(actual, forecast, strict=True)]
    forecast = [None if a is not None else f for a, f in zip(actual, forecast, strict=True)]
    base, base_name = (target, "PL") if rows.known(target) else (last_year, "PY")
    compared = bool(rows.known(base))
    unit = unit or choose_unit([*column, *target], kind, lang=style.lang)
    named = _named(frame, style)
    hover = _hover(named, style, kind, AC=actual, FC=forecast, PL=target, PY=last_year)
    n = len(frame)
    common: dict[str, Any] = {
        "type": "bar", "x": list(range(n)), "width": WIDTH, "customdata": rows.ids(frame, _key(frame)),
        "hovertext": hover,
    }  # fmt: skip

    # behind first: what is compared with, shifted to the left of what is
    shift = SHIFT / 2 if compared else 0
    behind = {**common, "offset": -WIDTH / 2 - shift}
    if rows.known(target):
        canvas.traces.append({**behind, "name": "PL", "y": target, "marker": look.outline(colours)})
    elif compared:
        canvas.traces.append({**behind, "name": "PY", "y": last_year, "marker": {"color": colours.last_year}})
    front = {**common, "offset": -WIDTH / 2 + shift}
    canvas.traces.append({**front, "name": "AC", "y": actual, "marker": {"color": colours.actual}})
    if rows.known(forecast):
        canvas.traces.append({**front, "name": "FC", "y": forecast, "marker": look.hatched(colours)})
    if rows.known(target) and rows.known(last_year):
        beside = [i - WIDTH / 2 - shift - 0.06 for i in range(n)]
        canvas.marks(beside, last_year, "triangle-right", colours.last_year, name="PY")

    shown = worth_labels(column)
    _figures(canvas, column, base if compared else [None] * n, shown, unit, shift)
    values = [*rows.known(column), *rows.known(base), *rows.known(last_year), 0.0]
    low, high = min(values), max(values)
    room = (high - low or 1.0) * 0.14
    top = 0.70 if compared else 1.0
    axes: dict[str, Any] = {
        "yaxis": {
            "visible": False, "domain": [0, top],
            "range": [low - room if low < 0 else 0, high + room if high > 0 else room * 0.1],
        },
    }  # fmt: skip
    canvas.line(-0.5, 0, n - 0.5, 0)
    if compared:
        axes["yaxis2"] = _pins(canvas, column, forecast, base, base_name, kind, direction, shown)
    start = next((i for i, value in enumerate(forecast) if value is not None), None)
    if start is not None:
        canvas.line(start - 0.5, 0, start - 0.5, 1, yref="paper", dash="dot")
        left = start <= n * 0.6
        anchor, shift_x = ("left", 4) if left else ("right", -4)
        canvas.note(_("forecast →"), start - 0.5, top, yref="paper", xanchor=anchor, yanchor="bottom", xshift=shift_x)
    ticks = _ticks(frame, style)
    two_lines = any("<br>" in text for text in ticks["ticktext"])
    spare = max(0, 4 - n) / 2  # a single column is not a wall
    return canvas.figure(
        height=height,
        margin={"l": 34 if compared else 8, "r": 8, "t": 12, "b": 36 if two_lines else 22},
        xaxis={"range": [-0.62 - spare, n - 0.38 + spare], "anchor": "y", "tickangle": 0, **ticks},
        **axes,
    )


def _figures(
    canvas: Canvas,
    column: list[float | None],
    base: list[float | None],
    shown: list[bool],
    unit: Unit,
    shift: float,
) -> None:
    """Write the value of each column above it and the outline behind it; below both where it is negative.

    A column far short of its outline carries its value itself: at the end of the outline it would read as the target.
    Where a period has a target only, that is written, muted.
    """
    whole = max((abs(figure) for figure in rows.known([*column, *base])), default=0.0)
    xs, ys, texts, positions, colours = [], [], [], [], []
    for i, (value, against, wanted) in enumerate(zip(column, base, shown, strict=True)):
        figure = value if value is not None else against
        if figure is None or not wanted:
            continue
        down = figure < 0
        apart = value is not None and against is not None and 0 <= value < against - FAR * whole
        ends = [0.0, *rows.known([value] if apart else [value, against])]
        xs.append(i + (shift if value is not None else -shift))
        ys.append(min(ends) if down else max(ends))
        texts.append(unit.label(figure))
        positions.append("bottom center" if down else "top center")
        colours.append(canvas.style.palette.text if value is not None else canvas.style.palette.muted)
    canvas.words(xs, ys, texts, positions, colour=colours, name="figures")


def _pins(
    canvas: Canvas,
    column: list[float | None],
    forecast: list[float | None],
    base: list[float | None],
    base_name: str,
    kind: Kind,
    direction: Direction,
    shown: list[bool],
) -> dict[str, Any]:
    """Draw the relative variance of each period on the second axis and return that axis."""
    measure = rows.difference if kind == "rate" else rows.relative
    pins = [measure(value, against) for value, against in zip(column, base, strict=True)]
    style, colours = canvas.style, canvas.style.palette
    # twelve figures of five characters do not stand side by side on a phone
    places = 0 if len(pins) > 9 and any(abs(pin) >= 0.0995 for pin in rows.known(pins)) else 1
    there = [i for i, pin in enumerate(pins) if pin is not None]
    signed = [pins[i] or 0.0 for i in there]
    ends = [max(-PIN_LIMIT, min(pin, PIN_LIMIT)) for pin in signed]
    verdicts = [style.verdict(pin, direction) for pin in signed]
    opened = [forecast[i] is not None for i in there]
    symbols = [
        verdict.symbol if end == pin else "triangle-up" if pin > 0 else "triangle-down"
        for verdict, end, pin in zip(verdicts, ends, signed, strict=True)
    ]
    few = len(pins) <= FULL
    canvas.stems(
        (
            (i, 0, i, end, verdict.colour, "1px,2px" if dotted else "solid")
            for i, end, verdict, dotted in zip(there, ends, verdicts, opened, strict=True)
        ),
        3 if few else 2, yaxis="y2", name=f"Δ{base_name} stems",
    )  # fmt: skip
    fills = [colours.background if dotted else v.colour for v, dotted in zip(verdicts, opened, strict=True)]
    rim = {"color": [verdict.colour for verdict in verdicts], "width": 1.5 if few else 0.5}
    canvas.marks(
        there,
        ends,
        symbols,
        fills,
        marker={"size": 7 if few else 5, "line": rim},
        yaxis="y2",
        name=f"Δ{base_name} %",
    )
    low, high = min([0.0, *ends]), max([0.0, *ends])
    span = high - low or 1.0
    canvas.words(
        there, [end + math.copysign(0.16 * span, pin) for end, pin in zip(ends, signed, strict=True)],
        [rows.percent(pin, places) if shown[i] else "" for i, pin in zip(there, signed, strict=True)],
        ["top center" if pin > 0 else "bottom center" for pin in signed],
        colour=[verdict.word for verdict in verdicts], font={"size": PIN_LABEL}, yaxis="y2", name="pin figures",
    )  # fmt: skip
    canvas.line(-0.5, 0, len(column) - 0.5, 0, yref="y2")
    percent = translator(style.lang)("pts") if kind == "rate" else "%"
    canvas.note(f"Δ{base_name}<br>{percent}", -0.5, 0, yref="y2", xanchor="right", xshift=-4, align="left")
    # room for a figure of one line beyond each end that has one
    return {
        "visible": False, "domain": [0.76, 1],
        "range": [low - span * (0.55 if low < 0 else 0.2), high + span * (0.55 if high > 0 else 0.2)],
    }  # fmt: skip


def worth_labels(values: list[float | None]) -> list[bool]:
    """Tell which periods carry their figures: all, or of many the highest, the lowest and the last."""
    if len(values) <= FULL:
        return [True] * len(values)
    there = [i for i, value in enumerate(values) if value is not None]
    if not there:
        return [False] * len(values)
    picked = {there[-1]}
    for i in (max(there, key=lambda i: values[i] or 0), min(there, key=lambda i: values[i] or 0)):
        if all(abs(i - other) >= len(values) / FULL * 1.5 for other in picked):
            picked.add(i)
    return [i in picked for i in range(len(values))]


def _key(frame: pd.DataFrame) -> str:
    return "period" if "period" in frame else "label"


def _named(frame: pd.DataFrame, style: Style) -> list[str]:
    """Return the full name of each period, for hovering."""
    if "label" in frame:
        return [rows.safe(label) for label in frame["label"]]
    return [formats.month(day, lang=style.lang, year=True) for day in frame["period"]]


def _ticks(frame: pd.DataFrame, style: Style) -> dict[str, Any]:
    """Return the words below the columns, about a dozen at most."""
    n = len(frame)
    step = 1 if n <= FULL else -(-n // 8)
    if "label" in frame:
        sparse = list(range(0, n, step))
        return {"tickvals": sparse, "ticktext": [rows.safe(frame["label"].iloc[i]) for i in sparse]}
    return rows.month_ticks(frame["period"], style.lang, FULL)


def _hover(named: list[str], style: Style, kind: Kind, **scenarios: list[float | None]) -> list[str]:
    """Return for each period its name and what is known of it, in full precision."""
    texts = []
    for i, name in enumerate(named):
        lines = [f"<b>{name}</b>"]
        lines += [
            f"{scenario} {formats.measure(value, kind, lang=style.lang)}"
            for scenario, values in scenarios.items()
            if (value := values[i]) is not None
        ]
        texts.append("<br>".join(lines))
    return texts
