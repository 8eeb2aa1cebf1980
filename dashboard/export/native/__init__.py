"""The sketch of a finding's chart: what PowerPoint and Excel can draw themselves, so that it stays editable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from dashboard.charts.heat import heat_table
from dashboard.charts.sankey import sankey
from dashboard.export.native import lying, overtime, points, steps, whiskers
from dashboard.export.sketch import Sketch
from dashboard.findings import Finding

Sketcher = Callable[..., Sketch]

# a chart's function and the one that sketches it, with the same arguments but the style
REGISTRY: Mapping[Callable[..., Any], Sketcher] = {
    **lying.SKETCHES, **overtime.SKETCHES, **points.SKETCHES, **steps.SKETCHES, **whiskers.SKETCHES,
}  # fmt: skip

# charts that no native chart can say, and why; their tables stand in
WITHOUT: Mapping[Callable[..., Any], str] = {
    heat_table: "a table whose cells are shaded is a table: the finding's own says it",
    sankey: "office programs have no bands between two columns of groups",
}


def sketch(finding: Finding) -> Sketch | None:
    """The finding's chart as plain data; None where its table stands in."""
    draw = finding.figure
    if not isinstance(draw, partial) or finding.frame.empty:
        return None
    sketcher = REGISTRY.get(draw.func)
    if sketcher is None:
        return None
    drawn = sketcher(*draw.args, **draw.keywords)
    there = any(value is not None for series in drawn.series for value in series.values)
    return drawn if there else None
