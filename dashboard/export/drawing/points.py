"""Scatter traces: fills, lines, markers and words at points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.export.drawing import words
from dashboard.export.drawing.bars import SILENT
from dashboard.export.drawing.checks import Unsupported, one_of, only, plain, spread
from dashboard.export.drawing.frame import Frame
from dashboard.export.drawing.marks import mark
from dashboard.export.drawing.pen import Box, Pen, Point, dashes, paint

_DRAWN = {"type", "mode", "x", "y", "line", "marker", "text", "textfont", "textposition", "fill", "fillcolor",
          "opacity", "connectgaps", "cliponaxis", "xaxis", "yaxis"}  # fmt: skip
_BUBBLES = 0.7  # opacity that plotly gives to markers of different sizes

Before = dict[tuple[str, str], list[Point]]  # the last line of a pair of axes, for what fills up to it


def draw(pen: Pen, frame: Frame, trace: Mapping[str, Any], colour: str, background: str, before: Before) -> None:
    """Draw a trace. colour: where the trace has none; background: of the page."""
    only(trace, "scatter trace", _DRAWN, silent=SILENT - {"textfont"})
    x, y = trace.get("xaxis") or "x", trace.get("yaxis") or "y"
    across, up = frame.axes[x], frame.axes[y]
    xs, ys = plain(trace.get("x")), plain(trace.get("y"))
    places = [(px, py) if (px := across.at(a)) is not None and (py := up.at(b)) is not None else None
              for a, b in zip(xs, ys, strict=True)]  # fmt: skip
    parts = set(str(trace.get("mode", "")).split("+"))
    for part in parts:
        one_of(part, {"lines", "markers", "text"}, "mode")
    opacity = trace.get("opacity", 1.0)
    box = frame.box(x, y) if trace.get("cliponaxis", True) else None
    with pen.clipped(box):
        _fill(pen, trace, places, before.get((x, y)), opacity)
        if "lines" in parts:
            _lines(pen, trace, places, colour, opacity)
        if "markers" in parts:
            _markers(pen, trace, places, colour, background, opacity, box)
    if "text" in parts:
        _text(pen, trace, places, radius="markers" in parts)
    before[x, y] = [place for place in places if place]


def _runs(places: list[Point | None], connect: bool = False) -> list[list[Point]]:
    """Stretches of points without a gap."""
    runs: list[list[Point]] = [[]]
    for place in places:
        if place:
            runs[-1].append(place)
        elif runs[-1] and not connect:
            runs.append([])
    return [run for run in runs if run]


def _fill(pen: Pen, trace: Mapping[str, Any], places: list[Point | None], before: list[Point] | None,
          opacity: float) -> None:  # fmt: skip
    kind = one_of(trace.get("fill") or "none", {"none", "toself", "tonexty"}, "fill")
    if kind == "none":
        return
    if not trace.get("fillcolor"):
        raise Unsupported("scatter trace: a fill needs its colour")
    look = paint("fill", trace["fillcolor"], opacity)
    if kind == "toself":
        pen.line(_runs(places), look, closed=True, kind="fill")
    elif before:
        pen.line([[*before, *[place for place in places if place][::-1]]], look, closed=True, kind="fill")


def _lines(pen: Pen, trace: Mapping[str, Any], places: list[Point | None], colour: str, opacity: float) -> None:
    line = trace.get("line") or {}
    only(line, "line", {"color", "width", "dash"})
    width = line.get("width", 2)
    if width:
        look = paint("stroke", line.get("color") or colour, opacity)
        look += f' stroke-width="{width:g}"' + dashes(line.get("dash"), width)
        pen.line([run for run in _runs(places, bool(trace.get("connectgaps"))) if len(run) > 1], look, kind="line")


def _markers(pen: Pen, trace: Mapping[str, Any], places: list[Point | None], colour: str, background: str,
             opacity: float, box: Box | None) -> None:  # fmt: skip
    marker, n = trace.get("marker") or {}, len(places)
    only(marker, "marker", {"symbol", "color", "size", "opacity", "line"})
    line = marker.get("line") or {}
    only(line, "outline of markers", {"color", "width"})
    bubbles = isinstance(marker.get("size"), list | tuple)
    width = line.get("width", 1 if bubbles else 0)
    faint = marker.get("opacity", _BUBBLES if bubbles else 1.0) * opacity
    looks = zip(places, spread(marker.get("symbol", "circle"), n), spread(marker.get("size", 6), n),
                spread(marker.get("color") or colour, n), spread(line.get("color") or background, n),
                spread(width, n), strict=True)  # fmt: skip
    for place, symbol, size, ink, rim, rim_width in looks:
        if place and (box is None or _within(place, box)):
            mark(pen, place[0], place[1], symbol, size, ink, opacity=faint, rim=rim, rim_width=rim_width or 0)


def _within(place: Point, box: Box) -> bool:
    return box[0] - 0.5 <= place[0] <= box[2] + 0.5 and box[1] - 0.5 <= place[1] <= box[3] + 0.5


def _text(pen: Pen, trace: Mapping[str, Any], places: list[Point | None], *, radius: bool) -> None:
    font, n = trace.get("textfont") or {}, len(places)
    only(font, "font of words", {"size", "color"})
    texts, positions = spread(trace.get("text"), n), spread(trace.get("textposition") or "middle center", n)
    colours, sizes = spread(font.get("color"), n), spread(font.get("size"), n)
    radii = spread((trace.get("marker") or {}).get("size", 6), n) if radius else [0] * n
    for place, text, position, colour, size, across in zip(
        places, texts, positions, colours, sizes, radii, strict=True
    ):
        if not place or not text:
            continue
        up, side = position.split()
        anchor = {"left": "end", "right": "start", "center": "middle"}[side]
        lines = words.lines(str(text))
        away = across / 2 / 0.8 + 1 if across else 0
        sign = {"top": -1, "middle": 0, "bottom": 1}[up]
        tall = (len(lines) - 1) * words.LEADING + 1
        # plotly's own place of the first baseline
        down = 0.75 * size + sign * away + (sign - 1) * tall * size / 2
        beside = {"start": 1, "end": -1, "middle": 0}[anchor] * away
        pen.text(lines, place[0] + beside, place[1] + down, size, colour, anchor)
