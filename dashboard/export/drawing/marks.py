"""Markers: the shapes that plotly's names stand for."""

from __future__ import annotations

import math

from dashboard.export.drawing.checks import one_of
from dashboard.export.drawing.pen import Pen, Point, paint, px

_WIDE = 2 / math.sqrt(3)
_SHAPES: dict[str, tuple[Point, ...]] = {  # in half sizes, from left to right and down
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "triangle-up": ((-_WIDE, 0.5), (_WIDE, 0.5), (0, -1)),
    "triangle-down": ((-_WIDE, -0.5), (_WIDE, -0.5), (0, 1)),
    "triangle-right": ((-0.5, -_WIDE), (-0.5, _WIDE), (1, 0)),
    "triangle-left": ((0.5, -_WIDE), (0.5, _WIDE), (-1, 0)),
}
SYMBOLS = {"circle", "line-ns", *_SHAPES}


def mark(pen: Pen, x: float, y: float, symbol: str, size: float, colour: str, *, opacity: float = 1.0,
         rim: str | None = None, rim_width: float = 0.0) -> None:  # fmt: skip
    """Draw one marker; open ones have the colour on their rim."""
    shape = symbol.removesuffix("-open")
    one_of(shape, SYMBOLS, "marker")
    half = size / 2
    if size <= 0:
        return
    if shape == "line-ns":
        pen.path(f"M{px(x)},{px(y - half * 1.4)}L{px(x)},{px(y + half * 1.4)}",
                 paint("stroke", rim, opacity) + f' stroke-width="{rim_width:g}"')  # fmt: skip
        return
    if symbol != shape:
        look = ' fill="none"' + paint("stroke", colour, opacity) + f' stroke-width="{rim_width or 1:g}"'
    else:
        look = paint("fill", colour, opacity)
        look += paint("stroke", rim, opacity) + f' stroke-width="{rim_width:g}"' if rim_width else ""
    if shape == "circle":
        pen.circle(x, y, half, look)
    else:
        pen.line([[(x + dx * half, y + dy * half) for dx, dy in _SHAPES[shape]]], look, closed=True)
