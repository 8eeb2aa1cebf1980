"""Groups of dealers drawn: discs where the figures say, bands that add up, parts inside their outline."""

import math

import pandas as pd
import pytest

from dashboard.charts.sankey import sankey
from dashboard.charts.score_parts import score_parts
from dashboard.charts.segment_map import EDGE, LARGEST, MOST_DOTS, segment_map

GROUPS = pd.DataFrame({
    "id": ["G1", "G2", "G3", "G4"], "number": [1, 2, 3, 4], "label": ["Large", "Small", "Young", "Gone"],
    "size": [8e6, 5e5, 1e6, 0.0], "growth": [0.1, -0.9, float("nan"), -1.0], "share": [0.8, 0.2, 0.0, 0.0],
})  # fmt: skip
DOTS = pd.DataFrame({"id": ["G1", "G2", "G2"], "label": ["a", "b <b>", "c"], "size": [9e6, 4e5, -3.0],
                     "growth": [0.2, 2.0, 0.0]})  # fmt: skip


def test_discs_stand_at_size_and_growth_and_clicks_give_the_group(one, style):
    figure = segment_map(GROUPS, DOTS, style, picked="G2")
    discs = one(figure, "groups")
    assert list(discs.customdata) == ["G1", "G2"]  # no growth, no sales: no place
    assert list(discs.x) == [0.1, -EDGE]
    assert list(discs.y) == [8e6, 5e5]
    assert discs.marker.size[0] == LARGEST
    areas = [(size - 20) ** 2 for size in discs.marker.size]
    assert areas[1] / areas[0] == pytest.approx(0.25)
    assert discs.marker.color[1] == style.palette.actual
    assert discs.marker.color[0] == style.palette.soft


def test_dots_of_the_picked_group_are_dark(traces, style):
    plain, picked = traces(segment_map(GROUPS, DOTS, style, picked="G2"), "dots")
    assert list(plain.customdata) == ["G1"]
    assert list(picked.customdata) == ["G2"]
    assert list(picked.x) == [EDGE]
    assert picked.marker.color == style.palette.actual
    assert "&lt;b&gt;" in picked.hovertext[0]


def test_many_dealers_show_the_largest(traces, style):
    many = pd.DataFrame({"id": "G1", "label": "x", "size": range(1, 4001), "growth": 0.0})
    (dots,) = traces(segment_map(GROUPS.head(1), many, style), "dots")
    assert len(dots.x) == MOST_DOTS
    assert min(dots.y) == 4001 - MOST_DOTS


def test_no_dealers_is_an_empty_map(style):
    figure = segment_map(GROUPS.head(0), DOTS.head(0), style)
    assert not [trace for trace in figure.data if len(trace.x)]


FLOWS = pd.DataFrame({"before": ["A", "A", "B", "B"], "after": ["A", "B", "B", "C"], "dealers": [50, 7, 30, 3]})


def test_bands_carry_the_dealers_and_stay_grey_where_nobody_moved(style):
    (trace,) = sankey(FLOWS, ["A", "B", "C"], style).data
    labels = list(trace.node.label)
    assert labels == ["A 57", "B 33", "A 50", "B 37", "C 3"]
    assert list(trace.link.value) == [50, 7, 30, 3]
    assert [labels[i] for i in trace.link.source] == ["A 57", "A 57", "B 33", "B 33"]
    assert [labels[i] for i in trace.link.target] == ["A 50", "B 37", "B 37", "C 3"]
    stayed, moved, also_stayed, also_moved = trace.link.color
    assert stayed == also_stayed != moved == also_moved
    for side in (trace.node.y[:2], trace.node.y[2:]):
        assert list(side) == sorted(side)
        assert all(0 < y < 1 for y in side)


def test_parts_lie_inside_what_was_possible(one, style):
    frame = pd.DataFrame({"label": ["Sales", "Growth"], "most": [25.0, 15.0], "got": [20.5, float("nan")],
                          "value": ["9.7M", "unknown"]})  # fmt: skip
    figure = score_parts(frame, style)
    assert list(one(figure, "most").x) == [25, 15]
    assert list(one(figure, "got").x) == [20.5, 0]
    first, second = one(figure, "figures").text
    assert first.endswith("/ 25  9.7M")
    assert second.startswith("–")
    assert not math.isnan(figure.layout.xaxis.range[1])
