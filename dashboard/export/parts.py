"""Parts of a page as data for the press: charts, tables, KPIs, ranked lists."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.rows import width as letters
from dashboard.charts.style import Style
from dashboard.export.drawing import svg
from dashboard.export.drawing.pen import Pen, paint
from dashboard.findings import Column
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line
from dashboard.i18n import ngettext
from data.measures import Unit

DECIMALS: dict[Unit, int] = {"money": 0, "rate": 1, "count": 0, "quantity": 0, "days": 1, "price": 2}
STRETCH = 1.35  # a chart grows to this many times its own height where there is room
SMALLEST = 0.55  # and shrinks to this part, words and all, where there is not
_SPARK = (60, 14)  # px
_WIDEST = 44  # letters up to which a column of words asks for room


def cell(value: Any, kind: Unit | None) -> str:
    """A value as it reads in a table."""
    if value is None or (not isinstance(value, str) and bool(pd.isna(value))):
        return formats.MISSING
    if kind is None:
        return value.isoformat()[:10] if isinstance(value, dt.date) else str(value)
    return formats.rate(value, 1) if kind == "rate" else formats.number(value, DECIMALS[kind])


def table(frame: pd.DataFrame, columns: Sequence[Column], *, most: int, size: float = 0.0) -> dict[str, Any]:
    """The first rows, words left and figures right; how many more there are below them."""
    rows = [[cell(row[column.name], column.kind) for column in columns] for _index, row in frame.head(most).iterrows()]
    right = [column.kind is not None for column in columns]
    more = len(frame) - len(rows)
    widths = [
        0 if is_figure else max(3, min(_WIDEST, *[max(map(letters, [column.label, *(row[i] for row in rows)]))] * 2))
        for i, (column, is_figure) in enumerate(zip(columns, right, strict=True))
    ]
    return {
        "heads": [column.label for column in columns], "rows": rows, "right": right, "widths": widths,
        "size": size or (9.5 if len(columns) <= 7 else 8.5 if len(columns) <= 11 else 7),
        "more": ngettext("{n} more row", "{n} more rows", more, n=formats.count(more)) if more > 0 else "",
    }  # fmt: skip


def chart(figure: go.Figure, alt: str, width: float, room: float) -> dict[str, Any]:
    """A figure drawn for a box of `width` and `room` points: taller than on a card where there is room, and as a whole
    smaller where its rows need more."""
    own = float(figure.layout.height or room)
    height = min(max(room, own), own * STRETCH)
    part = min(1.0, max(room / height, SMALLEST))
    height, wide = round(height), round(width / part)
    return {"svg": svg(figure, wide, height), "alt": alt, "width": wide * part, "height": height * part}


def kpi(item: Kpi, style: Style) -> dict[str, Any]:
    """One card of the row."""
    return {"label": item.label, "value": item.value, "lines": [_line(line) for line in item.lines],
            "spark": spark(item.spark, style)}  # fmt: skip


def _line(line: Line) -> dict[str, str]:
    """The judgement by sign, mark and colour, as on a page."""
    if not line.value:
        return {"words": line.words, "value": "", "colour": "muted"}
    flat = not line.change or math.isnan(line.change) or not set(line.value) & set("123456789")
    mark = "■" if flat else "▲" if line.change > 0 else "▼"
    better = line.change * line.direction > 0
    colour = "muted" if flat or not line.direction else "good_word" if better else "bad_word"
    return {"words": line.words, "value": f"{mark} {line.value}", "colour": colour}


def spark(values: Iterable[float], style: Style) -> str:
    """The shape of the last months, without a scale; empty where there is none."""
    points = [float(value) for value in values if known(value)]
    if len(points) < 2:
        return ""
    low, high = min(points), max(points)
    across, up = _SPARK
    step = (across - 2) / (len(points) - 1)
    places = [(1 + i * step, up - 2 - (value - low) / ((high - low) or 1) * (up - 4)) for i, value in enumerate(points)]
    pen = Pen("sans-serif")
    pen.line([places], paint("stroke", style.palette.last_year) + ' stroke-width="1.4"')
    return pen.picture(across, up)
