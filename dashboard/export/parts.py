"""Parts of a page as data for the press: charts, tables, KPIs, ranked lists."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.style import Style
from dashboard.export import fonts
from dashboard.export.cells import cell
from dashboard.export.drawing import svg
from dashboard.export.drawing.pen import Pen, paint
from dashboard.findings import Column
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line
from dashboard.i18n import ngettext

STRETCH = 1.35  # a chart grows to this many times its own height where there is room
SMALLEST = 0.55  # and shrinks to this part, words and all, where there is not
_SPARK = (60, 14)  # px
INSET = 4  # points at both sides of a cell
TABULAR = 1.03  # figures of equal width are that much wider than a zero in running text
LEAST = 6  # points, the smallest type of a table
TIGHT = 0.5  # of the room that words ask for beyond their least, below which the type gets smaller

_DIGITS = str.maketrans("123456789+−", "0" * 11)  # figures and signs of a table are all as wide as a zero


def table(
    frame: pd.DataFrame, columns: Sequence[Column], *, most: int, width: float, size: float = 9.5
) -> dict[str, Any]:
    """The first rows, words left and figures right, as wide as `width` points; how many more there are below them."""
    rows = [[cell(row[column.name], column.kind) for column in columns] for _index, row in frame.head(most).iterrows()]
    more = len(frame) - len(rows)
    words = ngettext("{n} more row", "{n} more rows", more, n=formats.count(more)) if more > 0 else ""
    figures = [column.kind is not None for column in columns]
    return {**grid([column.label for column in columns], rows, figures, width=width, size=size), "more": words}


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]], figures: Sequence[bool], *, width: float,
         size: float) -> dict[str, Any]:  # fmt: skip
    """Cells with the widths of their columns: figures stay on one line, words break between words where they must.
    Type gets smaller until words have most of the room that they ask for."""
    while True:
        columns = list(zip(heads, figures, *rows, strict=True))
        least = [_room(column, size, whole=False) for column in columns]
        asked = [_room(column, size, whole=True) for column in columns]
        spare = width - sum(least)
        wanted = sum(asked) - sum(least)
        if size <= LEAST or spare >= wanted * TIGHT:
            break
        size -= 0.5
    if spare >= wanted:  # what is left over goes to the words, or where there are none to all alike
        takes = figures if all(figures) else [not is_figure for is_figure in figures]
        share = (spare - wanted) / max(sum(takes), 1)
        widths = [room + (share if take else 0) for room, take in zip(asked, takes, strict=True)]
    elif spare > 0:
        widths = [low + (high - low) * spare / wanted for low, high in zip(least, asked, strict=True)]
    else:
        widths = [low * width / sum(least) for low in least]
    return {"heads": list(heads), "rows": [list(row) for row in rows], "right": list(figures), "widths": widths,
            "size": size, "inset": INSET, "more": ""}  # fmt: skip


def _room(column: Sequence[Any], size: float, *, whole: bool) -> float:
    """The points that a column takes on one line a row, or with words broken where they may be."""
    head, is_figure, *cells = column
    over = fonts.width(_stem(head) if is_figure or not whole else head, size)
    if is_figure:
        under = [fonts.width(text.translate(_DIGITS), size) * TABULAR for text in cells]
    else:
        under = [fonts.width(text if whole else _stem(text), size) for text in cells]
    return max([over, *under]) + 2 * INSET + 0.5


def _stem(text: str) -> str:
    """What of a text must stay on one line: its longest word; of Chinese four characters or half of it."""
    if not any(unicodedata.east_asian_width(char) == "W" for char in text):
        return max(text.split(" "), key=len)
    return text[: max(4, (len(text) + 1) // 2)]


def chart(figure: go.Figure, alt: str, width: float, room: float, *, scale: float = 1.0) -> dict[str, Any]:
    """A figure drawn for a box of `width` and `room` points, `scale` points a pixel: taller than on a card where there
    is room, and as a whole smaller where its rows need more."""
    own = float(figure.layout.height or room)
    height = min(max(room / scale, own), own * STRETCH)
    scale = min(scale, max(room / height, SMALLEST))
    height, wide = round(height), round(width / scale)
    return {"svg": svg(figure, wide, height), "alt": alt, "width": wide * scale, "height": height * scale}


def kpi(item: Kpi, style: Style) -> dict[str, Any]:
    """One card of the row."""
    return {"label": item.label, "value": item.value, "lines": [_line(line) for line in item.lines],
            "spark": spark(item.spark, style)}  # fmt: skip


def _line(line: Line) -> dict[str, str]:
    """The judgement by sign, mark and colour, as on a page."""
    if not line.value:
        return {"words": line.words, "value": "", "colour": "muted"}
    flat = line.mark == "■"
    better = line.change * line.direction > 0
    colour = "muted" if flat or not line.direction else "good_word" if better else "bad_word"
    return {"words": line.words, "value": f"{line.mark} {line.value}", "colour": colour}


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
