"""The frame of a figure: margins with room for the words at the axes, and where each value lies on the canvas."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.export.drawing import words
from dashboard.export.drawing.checks import Unsupported, merged, one_of, only, plain
from dashboard.export.drawing.pen import Box

GAP = 3  # px between an axis and its words
AROUND = 0.05  # of an axis without a range, beyond its values
_DRAWN = {"range", "domain", "anchor", "type", "tickvals", "ticktext", "automargin", "ticklabelstandoff", "tickfont",
          "visible", "nticks", "tickformat", "rangemode", "constrain", "constraintoward", "scaleanchor",
          "showticklabels"}  # fmt: skip
_FIXED = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "tickangle": 0, "title": {"text": ""}}
_FORMAT = re.compile(r"\+?,?(\.\d+)?[%f]")


@dataclass
class Axis:
    """An axis from `low` to `high` (exponents where it is logarithmic), which lie at the px `start` and `end`."""

    id: str
    spec: Mapping[str, Any]
    low: float = 0.0
    high: float = 1.0
    start: float = 0.0
    end: float = 1.0

    @property
    def log(self) -> bool:
        return bool(self.spec.get("type") == "log")

    def at(self, value: float | None) -> float | None:
        """The px of a value; None where it has no place."""
        if value is None:
            return None
        if self.log:
            return self.raw(math.log10(value)) if value > 0 else None
        return self.raw(value)

    def raw(self, place: float) -> float:
        """The px of a place: an exponent on a logarithmic axis, as shapes and notes have it."""
        return self.start + (place - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def edges(self) -> tuple[float, float]:
        return min(self.start, self.end), max(self.start, self.end)

    def ticks(self) -> list[tuple[float, words.Lines]]:
        """Places within the range, and their words."""
        if not self.spec.get("visible", True) or self.spec.get("showticklabels") is False:
            return []
        places = self._places()
        texts = plain(self.spec.get("ticktext")) or [self._text(value) for value in places]
        found = []
        least, most = min(self.low, self.high), max(self.low, self.high)
        slack = 1e-4 * (most - least)
        for value, text in zip(places, texts, strict=False):
            place = (math.log10(value) if value > 0 else -math.inf) if self.log else value
            if least - slack <= place <= most + slack:
                found.append((place, words.lines(str(text))))
        return found

    def _places(self) -> list[float]:
        if self.spec.get("tickvals") is not None:
            return plain(self.spec["tickvals"])
        if self.log:
            raise Unsupported(f"axis {self.id}: a logarithmic axis needs its tickvals")
        size = abs(self.high - self.low) / max(self.spec.get("nticks") or 5, 1)
        power = 10.0 ** math.floor(math.log10(size))
        step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= size * (1 - 1e-9))
        first = math.ceil(min(self.low, self.high) / step - 1e-9)
        last = math.floor(max(self.low, self.high) / step + 1e-9)
        return [k * step for k in range(first, last + 1)]

    def _text(self, value: float) -> str:
        wanted = self.spec.get("tickformat") or ""
        if wanted and not _FORMAT.fullmatch(wanted):
            raise Unsupported(f"axis {self.id}: tickformat={wanted!r} cannot be drawn")
        return (format(value, wanted) if wanted else f"{value:,.10g}").replace("-", "−")

    def font(self) -> tuple[float, str]:
        """Size and colour of the words."""
        font = self.spec["tickfont"]
        return font["size"], font["color"]


@dataclass
class Frame:
    """Canvas, the box of the plot, and the axes that something refers to."""

    width: float
    height: float
    plot: Box = (0.0, 0.0, 0.0, 0.0)
    axes: dict[str, Axis] = field(default_factory=dict)

    def x(self, ref: str | None, value: float) -> float:
        left, _top, right, _bottom = self.plot
        return left + value * (right - left) if ref == "paper" else self.axes[ref or "x"].raw(value)

    def y(self, ref: str | None, value: float) -> float:
        _left, top, _right, bottom = self.plot
        return bottom - value * (bottom - top) if ref == "paper" else self.axes[ref or "y"].raw(value)

    def box(self, x: str, y: str) -> Box:
        """The box between two axes."""
        left, right = self.axes[x].edges
        top, bottom = self.axes[y].edges
        return left, top, right, bottom


def frame(layout: Mapping[str, Any], traces: list[dict[str, Any]], width: float, height: float) -> Frame:
    """Lay out the axes of a figure on a canvas."""
    whole = Frame(width, height)
    for id in sorted(_referred(layout, traces)):
        name = f"{id[0]}axis{id[1:]}"
        spec = merged(layout.get(f"{id[0]}axis_default"), layout.get(name))
        only(spec, f"axis {id}", _DRAWN, silent={"fixedrange"}, fixed=_FIXED)
        one_of(spec.get("type", "linear"), {"linear", "log", "-"}, f"type of axis {id}")
        axis = Axis(id, spec)
        axis.low, axis.high = _range(axis, traces)
        whole.axes[id] = axis
    whole.plot = _plot(layout, whole)
    left, top, right, bottom = whole.plot
    for axis in whole.axes.values():
        first, last = axis.spec.get("domain") or (0, 1)
        if axis.id[0] == "x":
            axis.start, axis.end = left + first * (right - left), left + last * (right - left)
        else:
            axis.start, axis.end = bottom - first * (bottom - top), bottom - last * (bottom - top)
    for axis in whole.axes.values():
        if other := axis.spec.get("scaleanchor"):
            _same_scale(axis, whole.axes[other])
    return whole


def _referred(layout: Mapping[str, Any], traces: list[dict[str, Any]]) -> set[str]:
    found: set[str] = set()
    for trace in traces:
        if trace["type"] != "sankey":
            found |= {trace.get("xaxis") or "x", trace.get("yaxis") or "y"}
    for part in (*layout.get("shapes", ()), *layout.get("annotations", ())):
        found |= {part.get("xref") or "x", part.get("yref") or "y"} - {"paper"}
    if found:
        # an axis stands at another one
        found |= {"x", "y"}
    return found


def _range(axis: Axis, traces: list[dict[str, Any]]) -> tuple[float, float]:
    given = plain(axis.spec.get("range"))
    if given:
        low, high = (float(end) for end in given)
        return (low, high) if low != high else (low, low + 1)
    letter = axis.id[0]
    values = [value for trace in traces if (trace.get(f"{letter}axis") or letter) == axis.id
              for value in plain(trace.get(letter)) if value is not None]  # fmt: skip
    if axis.log:
        values = [math.log10(value) for value in values if value > 0]
    mode = one_of(axis.spec.get("rangemode", "normal"), {"normal", "tozero"}, f"rangemode of axis {axis.id}")
    low, high = min(values, default=0.0), max(values, default=1.0)
    pad = AROUND * ((high - low) or 1.0)
    return (0.0 if mode == "tozero" and low >= 0 else low - pad), high + pad


def _plot(layout: Mapping[str, Any], whole: Frame) -> Box:
    """The canvas less its margins; the left one grows until no words are cut."""
    margin = layout.get("margin") or {}
    only(margin, "margin", {"l", "r", "t", "b"}, fixed={"pad": 0})
    left = float(margin.get("l", 8))
    for axis in whole.axes.values():
        if axis.id[0] == "y" and (found := axis.ticks()):
            size, _colour = axis.font()
            apart = axis.spec.get("ticklabelstandoff") or 0
            room = max(words.width(text, size) for _place, text in found) + apart + GAP
            left = max(left, room + (GAP if axis.spec.get("automargin") else 0))
    return left, float(margin.get("t", 8)), whole.width - margin.get("r", 8), whole.height - margin.get("b", 8)


def _same_scale(one: Axis, other: Axis) -> None:
    """Shorten the longer of two axes until a unit is as long on both."""
    scales = {axis.id: abs(axis.end - axis.start) / abs(axis.high - axis.low) for axis in (one, other)}
    scale = min(scales.values())
    for axis in (one, other):
        one_of(axis.spec.get("constrain"), {"domain"}, f"constrain of axis {axis.id}")
        length = (axis.end - axis.start) * scale / scales[axis.id]
        spare = axis.end - axis.start - length
        towards = axis.spec.get("constraintoward") or ("center" if axis.id[0] == "x" else "middle")
        share = {"left": 0.0, "bottom": 0.0, "center": 0.5, "middle": 0.5, "right": 1.0, "top": 1.0}[towards]
        axis.start += spare * share
        axis.end = axis.start + length


def across(axes: Iterable[Axis], axis: Axis) -> Axis:
    """The axis at which another one stands."""
    by_id = {other.id: other for other in axes}
    anchor = axis.spec.get("anchor") or ("y" if axis.id[0] == "x" else "x")
    return by_id[anchor]
