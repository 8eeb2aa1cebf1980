"""Drawing: a figure of `dashboard/charts` as SVG, without a browser.

It draws what our charts use of plotly and nothing else: what it does not know raises `Unsupported`. What a screen alone
has (hovering, clicks) is left out.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard.export import fonts
from dashboard.export.drawing import bars, cells, flows, notes, points
from dashboard.export.drawing.checks import Unsupported, merged, one_of, only
from dashboard.export.drawing.frame import frame
from dashboard.export.drawing.pen import Pen, paint

__all__ = ["Unsupported", "svg"]

_DRAWN = {"annotations", "barmode", "colorway", "font", "height", "margin", "paper_bgcolor", "shapes", "template",
          "title"}  # fmt: skip
_SILENT = {"dragmode", "hoverlabel", "hovermode", "meta", "showlegend", "plot_bgcolor"}
_HEIGHT = 450  # px, plotly's own where a figure has none
_ORDER = {"heatmap": 0, "bar": 1, "scatter": 2, "sankey": 2}  # bars lie behind points, whatever came first


def svg(figure: go.Figure, width: int, height: int | None = None) -> str:
    """Draw a figure, by default at its own height. Words are words, in the fonts of `dashboard.export.fonts`."""
    whole = figure.to_plotly_json()
    own: dict[str, Any] = whole["layout"]
    template = own.get("template") or {}
    template = template.to_plotly_json() if hasattr(template, "to_plotly_json") else template
    under = dict(template.get("layout") or {})
    sides = {f"{letter}axis_default": under.pop(f"{letter}axis", {}) for letter in "xy"}
    layout = merged(under, own) | sides
    only({key: value for key, value in layout.items() if "axis" not in key}, "figure", _DRAWN, silent=_SILENT,
         fixed={"separators": ".,"})  # fmt: skip
    traces = [trace for trace in whole["data"] if trace.get("visible", True) is not False]
    for trace in traces:
        one_of(trace["type"], _ORDER, "trace")
    tall = float(height or layout.get("height") or _HEIGHT)
    canvas = frame(layout, traces, float(width), tall)
    pen = Pen(", ".join([*(f"'{family}'" for family in fonts.FAMILIES), layout["font"]["family"]]))
    ground = layout["paper_bgcolor"]
    pen.rect((0, 0, canvas.width, canvas.height), paint("fill", ground), "page")
    shapes = [(part.get("layer") or "above", part) for part in layout.get("shapes") or ()]
    for layer, part in shapes:
        if one_of(layer, {"below", "above"}, "layer of a shape") == "below":
            notes.shape(pen, canvas, part)
    _traces(pen, canvas, traces, layout, ground)
    notes.ticks(pen, canvas)
    for layer, part in shapes:
        if layer == "above":
            notes.shape(pen, canvas, part)
    for part in layout.get("annotations") or ():
        notes.note(pen, canvas, part)
    notes.title(pen, canvas, layout.get("title") or {})
    return pen.picture(canvas.width, canvas.height)


def _traces(pen: Pen, canvas: Any, traces: list[dict[str, Any]], layout: dict[str, Any], ground: str) -> None:
    stacks, colours = bars.Stacks(layout["barmode"]), layout["colorway"]
    before: points.Before = {}
    for number, trace in sorted(enumerate(traces), key=lambda pair: _ORDER[pair[1]["type"]]):
        if trace["type"] == "bar":
            bars.draw(pen, canvas, trace, stacks)
        elif trace["type"] == "heatmap":
            cells.draw(pen, canvas, trace)
        elif trace["type"] == "sankey":
            flows.draw(pen, canvas, trace)
        else:
            points.draw(pen, canvas, trace, colours[number % len(colours)], ground, before)
