"""Bars, upright and lying: solid, outlined or hatched, side by side or stacked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.export.drawing.checks import Unsupported, one_of, only, plain, spread
from dashboard.export.drawing.frame import Frame
from dashboard.export.drawing.pen import Box, Pen, Point, paint

SILENT = {"name", "customdata", "hovertext", "hoverinfo", "hovertemplate", "unselected", "meta", "textfont"}
_DRAWN = {"type", "x", "y", "base", "offset", "width", "orientation", "marker", "xaxis", "yaxis"}


class Stacks:
    """Where the next bar of a place begins: at zero, or on those below it."""

    def __init__(self, mode: str) -> None:
        self.mode = one_of(mode, {"overlay", "stack", "relative"}, "barmode")
        self._ends: dict[tuple[Any, ...], float] = defaultdict(float)

    def start(self, trace: Mapping[str, Any], place: Any, value: float) -> float:
        if self.mode == "overlay":
            return 0.0
        below = self.mode == "relative" and value < 0
        key = (trace.get("xaxis"), trace.get("yaxis"), trace.get("orientation"), place, below)
        self._ends[key] += value
        return self._ends[key] - value


def draw(pen: Pen, frame: Frame, trace: Mapping[str, Any], stacks: Stacks) -> None:
    """Draw the bars of a trace."""
    only(trace, "bar trace", _DRAWN, silent=SILENT)
    x, y = trace.get("xaxis") or "x", trace.get("yaxis") or "y"
    lying = one_of(trace.get("orientation") or "v", {"v", "h"}, "orientation of bars") == "h"
    places, values = (plain(trace.get(name)) for name in (("y", "x") if lying else ("x", "y")))
    n = len(values)
    if trace.get("width") is None and n:
        raise Unsupported("bar trace: needs its width")
    widths, bases = spread(trace.get("width"), n), spread(trace.get("base"), n)
    offsets = spread(trace.get("offset"), n)
    looks = _looks(trace.get("marker") or {}, n)
    along, beside = (frame.axes[x], frame.axes[y]) if lying else (frame.axes[y], frame.axes[x])
    with pen.clipped(frame.box(x, y)):
        for place, value, width, base, offset, look in zip(places, values, widths, bases, offsets, looks, strict=True):
            if value is None:
                continue
            start = base if base is not None else stacks.start(trace, place, value)
            side = place + (offset if offset is not None else -width / 2)
            ends = along.at(start), along.at(start + value), beside.at(side), beside.at(side + width)
            if None in ends or not value:
                continue
            a, b = sorted(ends[:2])  # type: ignore[type-var]
            c, d = sorted(ends[2:])  # type: ignore[type-var]
            _bar(pen, (a, c, b, d) if lying else (c, a, d, b), look)  # type: ignore[arg-type]


def _looks(marker: Mapping[str, Any], n: int) -> list[dict[str, Any]]:
    only(marker, "marker of bars", {"color", "line", "pattern"})
    line, pattern = marker.get("line") or {}, marker.get("pattern") or {}
    only(line, "outline of bars", {"color", "width"})
    only(pattern, "pattern of bars", {"shape", "size", "solidity", "fgcolor", "bgcolor"}, fixed={"fillmode": "overlay"})
    colours, edges, widths = (spread(value, n) for value in (marker.get("color"), line.get("color"), line.get("width")))
    if pattern.get("shape"):
        one_of(pattern["shape"], {"/"}, "pattern of bars")
    return [
        {"fill": paint("fill", pattern.get("bgcolor") if pattern else colour), "pattern": pattern,
         "edge": paint("stroke", edge) + f' stroke-width="{width:g}"' if width else ""}
        for colour, edge, width in zip(colours, edges, widths, strict=True)
    ]  # fmt: skip


def _bar(pen: Pen, box: Box, look: Mapping[str, Any]) -> None:
    if not look["pattern"]:
        pen.rect(box, look["fill"] + look["edge"], "bar")
        return
    pattern = look["pattern"]
    pen.rect(box, look["fill"], "bar")
    stroke = paint("stroke", pattern["fgcolor"]) + f' stroke-width="{pattern["solidity"] * pattern["size"] / 2**0.5:g}"'
    pen.line(_hatching(box, float(pattern["size"])), stroke, kind="hatch")
    if look["edge"]:
        pen.rect(box, ' fill="none"' + look["edge"], "outline")


def _hatching(box: Box, step: float) -> Sequence[Sequence[Point]]:
    """Rising lines, cut at the sides of the box: every PDF reader draws lines, few draw patterns without seams."""
    left, top, right, bottom = box
    found, level = [], (left + top) // step * step + step
    while level < right + bottom:
        start = (max(left, level - bottom), min(bottom, level - left))
        end = (min(right, level - top), max(top, level - right))
        found.append((start, end))
        level += step
    return found
