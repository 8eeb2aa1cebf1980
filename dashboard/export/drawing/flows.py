"""Sankey: nodes at the left and the right edge, a band for each flow between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.export.drawing import words
from dashboard.export.drawing.bars import SILENT
from dashboard.export.drawing.checks import Unsupported, only, plain, spread
from dashboard.export.drawing.frame import Frame
from dashboard.export.drawing.pen import Pen, paint, px

GAP = 6  # px between a node and its name


def draw(pen: Pen, frame: Frame, trace: Mapping[str, Any]) -> None:
    """Draw the flows of a trace whose nodes stand in two columns."""
    node, link = trace["node"], trace["link"]
    only(trace, "sankey", {"type", "node", "link", "textfont"}, silent=SILENT, fixed={"arrangement": "snap"})
    only(node, "nodes", {"label", "x", "y", "pad", "thickness", "color"}, silent=SILENT, fixed={"line": {"width": 0}})
    only(link, "links", {"source", "target", "value", "color"}, silent=SILENT)
    left, top, right, bottom = frame.plot
    font = trace["textfont"]
    xs, ys, labels = (plain(node[name]) for name in ("x", "y", "label"))
    flows = list(zip(plain(link["source"]), plain(link["target"]), plain(link["value"]),
                     spread(link["color"], len(plain(link["value"]))), strict=True))  # fmt: skip
    columns = [
        sorted((i for i, x in enumerate(xs) if (x > 0.5) == side), key=lambda i: ys[i]) for side in (False, True)
    ]
    if any(0.01 < x < 0.99 for x in xs) or any(s in columns[1] or t in columns[0] for s, t, _v, _c in flows):
        raise Unsupported("sankey: only flows from the left edge to the right one can be drawn")
    sizes = [sum(v for s, t, v, _c in flows if i in (s, t)) for i in range(len(labels))]
    scale = min((_scale(bottom - top, [sizes[i] for i in column], node["pad"]) for column in columns if column),
                default=1.0)  # fmt: skip
    tops = [0.0] * len(labels)
    for column in columns:
        used = sum(sizes[i] * scale for i in column) + node["pad"] * (len(column) - 1)
        at = top + (bottom - top - used) / 2
        for i in column:
            tops[i] = at
            at += sizes[i] * scale + node["pad"]
    starts, ends = left + node["thickness"], right - node["thickness"]
    leave, arrive = list(tops), list(tops)
    for s, t, value, colour in sorted(flows, key=lambda flow: (ys[flow[0]], ys[flow[1]])):
        a, b, tall = leave[s], arrive[t], value * scale
        leave[s] += tall
        arrive[t] += tall
        pen.path(_band(starts, a, ends, b, tall), paint("fill", colour), "flow")
    size = font["size"]
    for i, label in enumerate(labels):
        first = i in columns[0]
        x = left if first else ends
        pen.rect((x, tops[i], x + node["thickness"], tops[i] + sizes[i] * scale), paint("fill", node["color"]), "node")
        pen.text(words.lines(str(label)), starts + GAP if first else ends - GAP,
                 tops[i] + sizes[i] * scale / 2 + 0.36 * size, size, font["color"],
                 "start" if first else "end")  # fmt: skip


def _scale(height: float, sizes: Sequence[float], pad: float) -> float:
    return (height - pad * (len(sizes) - 1)) / (sum(sizes) or 1.0)


def _band(x0: float, y0: float, x1: float, y1: float, tall: float) -> str:
    middle = px((x0 + x1) / 2)
    return (
        f"M{px(x0)},{px(y0)}C{middle},{px(y0)} {middle},{px(y1)} {px(x1)},{px(y1)}V{px(y1 + tall)}"
        f"C{middle},{px(y1 + tall)} {middle},{px(y0 + tall)} {px(x0)},{px(y0 + tall)}Z"
    )
