"""Charts of the Targets page: ranges, parts and ranks draw what their frames say."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.charts.parts import parts
from dashboard.charts.ranges import ranges
from dashboard.charts.ranks import ranks


def test_a_mark_stands_before_its_range_and_says_by_its_shape_where_it_lies(style, one):
    frame = pd.DataFrame({
        "label": ["South", "Central", "North", "New"], "id": ["S", "C", "N", "X"], "value": [0.89, 0.97, 1.05, 0.5],
        "low": [0.95, 0.95, 0.94, None], "high": [0.99, 0.99, 1.0, None], "side": [-1, 0, 1, None],
    })  # fmt: skip
    figure = ranges(frame, style)
    band, mark = one(figure, "usual"), one(figure, "value")
    assert [b + x for b, x in zip(band.base[:3], band.x[:3], strict=True)] == pytest.approx([0.99, 0.99, 1.0])
    assert band.x[3] is None
    assert list(mark.x) == [0.89, 0.97, 1.05, 0.5]
    assert list(mark.marker.symbol) == ["square", "circle", "circle", "circle"]
    assert mark.marker.color[0] == style.palette.bad
    assert mark.marker.color[1] == mark.marker.color[3] == style.palette.actual
    assert list(mark.customdata) == list(band.customdata) == ["S", "C", "N", "X"]
    left, right = figure.layout.xaxis.range
    assert left < 0.5
    assert right > 1.05


def test_the_outline_holds_the_parts_and_only_a_difference_is_coloured(style, one):
    frame = pd.DataFrame({"label": ["Central", "East", "West"], "target": [118e6, 202e6, 0.0],
                          "parts": [115e6, 202e6, 7e6], "difference": [3e6, 0.0, -7e6],
                          "state": ["not_handed_down", "adds_up", "no_target"]})  # fmt: skip
    figure = parts(frame, style)
    assert list(one(figure, "PL").x) == [118e6, 202e6, 0.0]
    assert list(one(figure, "parts").x) == [115e6, 202e6, 7e6]
    assert list(one(figure, "difference").x) == [3e6, 0.0, -7e6]
    assert one(figure, "difference").marker.color == style.palette.attention
    assert one(figure, "differences").text[1] == ""
    assert parts(frame[1:2], style).data  # where all adds up, too


def test_ranks_lead_from_the_open_to_the_solid_mark(style, one, traces):
    frame = pd.DataFrame({"label": ["A", "B", "C", "D"], "rank_x": [1.0, 2.0, 3.5, 3.5],
                          "rank_y": [2.0, 1.0, 4.0, 3.0]})  # fmt: skip
    figure = ranks(frame, style, first="Potential", second="Sales")
    assert list(one(figure, "x").x) == [1, 2, 3.5, 3.5]
    assert list(one(figure, "y").x) == [2, 1, 4, 3]
    assert list(one(figure, "y").marker.symbol) == ["square", "circle", "square", "circle"]
    assert list(one(figure, "figures").text) == ["−1", "+1", "−0.5", "+0.5"]
    assert sum(len(trace.x) for trace in traces(figure, "way")) == 3 * 4
    same = ranks(frame.assign(rank_y=frame["rank_x"]), style, first="Potential", second="Sales")
    assert list(one(same, "figures").text) == ["="] * 4
