"""Heat tables: a cell for each figure, the darker the higher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from dashboard.export.drawing import words
from dashboard.export.drawing.bars import SILENT
from dashboard.export.drawing.checks import only, plain
from dashboard.export.drawing.frame import Frame
from dashboard.export.drawing.pen import Pen, paint

_DRAWN = {"type", "x", "y", "z", "zmin", "zmax", "colorscale", "xgap", "ygap", "text", "textfont", "xaxis", "yaxis"}
_FIXED = {"showscale": False, "texttemplate": "%{text}"}
_ON_LIGHT, _ON_DARK = "#444444", "#ffffff"


def draw(pen: Pen, frame: Frame, trace: Mapping[str, Any]) -> None:
    """Draw the cells, each one unit wide and tall, and the figures in them."""
    only(trace, "heatmap", _DRAWN, silent=SILENT - {"textfont"}, fixed=_FIXED)
    font = trace.get("textfont") or {}
    only(font, "font of cells", {"size"})
    across, up = frame.axes[trace.get("xaxis") or "x"], frame.axes[trace.get("yaxis") or "y"]
    scale = [(float(at), str(colour)) for at, colour in trace["colorscale"]]
    low, high = float(trace["zmin"]), float(trace["zmax"])
    xgap, ygap = trace.get("xgap", 0) / 2, trace.get("ygap", 0) / 2
    texts = [plain(line) for line in trace["text"]]
    with pen.clipped(frame.box(across.id, up.id)):
        for row, y in enumerate(plain(trace["y"])):
            for column, x in enumerate(plain(trace["x"])):
                value = plain(trace["z"][row])[column]
                if value is None:
                    continue
                colour = _shade(scale, (value - low) / (high - low) if high > low else 0.0)
                left, right = sorted((across.raw(x - 0.5), across.raw(x + 0.5)))
                top, bottom = sorted((up.raw(y - 0.5), up.raw(y + 0.5)))
                pen.rect((left + xgap, top + ygap, right - xgap, bottom - ygap), paint("fill", _hex(colour)), "cell")
                ink = _ON_DARK if 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] < 128 else _ON_LIGHT
                pen.text(words.lines(str(texts[row][column])), (left + right) / 2,
                         (top + bottom) / 2 + 0.36 * font["size"], font["size"], ink, "middle")  # fmt: skip


def _shade(scale: Sequence[tuple[float, str]], part: float) -> tuple[float, ...]:
    part = min(max(part, scale[0][0]), scale[-1][0])
    for (a, first), (b, second) in pairwise(scale):
        if part <= b:
            share = (part - a) / (b - a)
            return tuple(x + (y - x) * share for x, y in zip(_rgb(first), _rgb(second), strict=True))
    return _rgb(scale[-1][1])


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(float(int(colour[at : at + 2], 16)) for at in (1, 3, 5))


def _hex(colour: Sequence[float]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour)
