"""Shapes, annotations, the words at the axes and the title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.export.drawing import words
from dashboard.export.drawing.checks import Unsupported, one_of, only
from dashboard.export.drawing.frame import GAP, Frame, across
from dashboard.export.drawing.pen import Box, Pen, dashes, paint

PAD = 1  # px around the words of an annotation
ASCENT = 0.95  # of the size: from the top of a line to its baseline
_SHAPE = {"type", "x0", "x1", "y0", "y1", "xref", "yref", "xsizemode", "xanchor", "line", "fillcolor", "layer"}
_NOTE = {"text", "x", "y", "xref", "yref", "xanchor", "yanchor", "xshift", "yshift", "align", "font", "showarrow", "ax",
         "ay", "axref", "ayref", "arrowwidth", "arrowcolor", "bgcolor"}  # fmt: skip


def shape(pen: Pen, frame: Frame, part: Mapping[str, Any]) -> None:
    """A line or a rectangle; it is cut at the ends of an axis to which it refers, not at those of the plot."""
    only(part, "shape", _SHAPE, fixed={"ysizemode": "scaled"})
    xref, yref, line = part.get("xref") or "x", part.get("yref") or "y", part.get("line") or {}
    only(line, "line of a shape", {"color", "width", "dash"})
    if one_of(part.get("xsizemode") or "scaled", {"scaled", "pixel"}, "xsizemode") == "pixel":
        zero = frame.x(xref, part["xanchor"])
        xs = zero + part["x0"], zero + part["x1"]
    else:
        xs = frame.x(xref, part["x0"]), frame.x(xref, part["x1"])
    ys = frame.y(yref, part["y0"]), frame.y(yref, part["y1"])
    look, width = "", line.get("width", 2)
    if width:
        look = paint("stroke", line.get("color")) + f' stroke-width="{width:g}"' + dashes(line.get("dash"), width)
    left, right = frame.axes[xref].edges if xref != "paper" else (0.0, frame.width)
    top, bottom = frame.axes[yref].edges if yref != "paper" else (0.0, frame.height)
    with pen.clipped((left - 1, top - 1, right + 1, bottom + 1)):
        if one_of(part["type"], {"line", "rect"}, "shape") == "line":
            pen.line([[(xs[0], ys[0]), (xs[1], ys[1])]], look, kind="shape")
        else:
            box = (min(xs), min(ys), max(xs), max(ys))
            pen.rect(box, paint("fill", part.get("fillcolor")) + look, "shape")


def note(pen: Pen, frame: Frame, part: Mapping[str, Any]) -> None:
    """The words of an annotation, and where wanted a line to its point."""
    only(part, "annotation", _NOTE, fixed={"arrowhead": 0})
    font = part["font"]
    only(font, "font of an annotation", {"size", "color"}, silent={"family"})
    size, lines = font["size"], words.lines(part["text"])
    wide, tall = words.width(lines, size) + 2 * PAD, words.height(lines, size) + 2 * PAD
    xref, yref = part.get("xref") or "x", part.get("yref") or "y"
    x, y = frame.x(xref, part["x"]), frame.y(yref, part["y"])
    point = None
    if part.get("showarrow", True):
        if part.get("axref") != xref or part.get("ayref") != yref:
            raise Unsupported("annotation: an arrow needs its words at a place of the same axes")
        point = (x, y)
        x, y = frame.x(xref, part["ax"]), frame.y(yref, part["ay"])
    free = point is None
    side = _anchor(part.get("xanchor"), part["x"] if xref == "paper" and free else None, ("left", "center", "right"))
    level = _anchor(part.get("yanchor"), part["y"] if yref == "paper" and free else None, ("bottom", "middle", "top"))
    left = x + part.get("xshift", 0) - wide * {"left": 0.0, "center": 0.5, "right": 1.0}[side]
    top = y - part.get("yshift", 0) - tall * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[level]
    box = (left, top, left + wide, top + tall)
    if point:
        _lead(pen, box, point, part)
    if part.get("bgcolor"):
        pen.rect(box, paint("fill", part["bgcolor"]), "ground")
    align = part.get("align") or "center"
    anchor = {"left": "start", "center": "middle", "right": "end"}[align]
    at = {"left": left + PAD, "center": left + wide / 2, "right": left + wide - PAD}[align]
    pen.text(lines, at, top + PAD + ASCENT * size, size, font["color"], anchor)


def _anchor(given: str | None, fraction: float | None, sides: tuple[str, str, str]) -> str:
    """Plotly's choice where none is given: the middle at data, the near side at a fraction of the plot."""
    if given and given != "auto":
        return one_of(given, sides, "anchor")
    if fraction is None:
        return sides[1]
    return sides[0] if fraction < 1 / 3 else sides[2] if fraction > 2 / 3 else sides[1]


def _lead(pen: Pen, box: Box, point: tuple[float, float], part: Mapping[str, Any]) -> None:
    start = min(max(point[0], box[0]), box[2]), box[1] if point[1] < box[1] else box[3]
    look = paint("stroke", part.get("arrowcolor")) + f' stroke-width="{part.get("arrowwidth", 1):g}"'
    pen.line([[start, point]], look, kind="lead")


def ticks(pen: Pen, frame: Frame) -> None:
    """The words below and left of the axes."""
    for axis in frame.axes.values():
        found = axis.ticks()
        if not found:
            continue
        size, colour = axis.font()
        other = across(frame.axes.values(), axis)
        apart = axis.spec.get("ticklabelstandoff") or 0
        for place, lines in found:
            if axis.id[0] == "x":
                pen.text(lines, axis.raw(place), max(other.edges) + GAP + apart + size, size, colour, "middle")
            else:
                tall = words.height(lines, size)
                pen.text(lines, min(other.edges) - GAP - apart, axis.raw(place) - tall / 2 + ASCENT * size, size,
                         colour, "end")  # fmt: skip


def title(pen: Pen, frame: Frame, part: Mapping[str, Any]) -> None:
    """The title above the plot, as `config.on_slide` sets it."""
    if not part.get("text"):
        return
    only(part, "title", {"text", "font", "x", "y", "pad"}, fixed={"xref": "container", "yref": "container",
                                                                 "xanchor": "left", "yanchor": "top"})  # fmt: skip
    font, pad = part["font"], part.get("pad") or {}
    left = frame.width * part.get("x", 0) + pad.get("l", 0)
    pen.text(words.lines(part["text"]), left, frame.height * (1 - part["y"]) + font["size"], font["size"],
             font["color"])  # fmt: skip
