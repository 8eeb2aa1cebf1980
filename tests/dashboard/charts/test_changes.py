"""Pins of one change seen in several ways."""

import pandas as pd
import pytest

from dashboard.charts.changes import changes
from dashboard.charts.style import Style

WAYS = pd.DataFrame({"id": ["a", "b", "c"], "label": ["Same dates", "Same <days>", "By festival"],
                     "words": ["Jan–Mar 2025", "1 Jan – 2 Apr", "–"], "change": [0.041, -0.02, None]})  # fmt: skip


def test_each_way_has_its_pin_and_figure(one, style):
    figure = changes(WAYS, style)
    heads = one(figure, "changes")
    assert list(heads.x) == [0.041, -0.02]
    assert list(heads.customdata) == ["a", "b"]
    assert list(heads.marker.color) == [style.palette.good, style.palette.bad]
    assert list(one(figure, "figures").text) == ["+4.1%", "−2.0%", "–"]
    assert "&lt;days&gt;" in figure.layout.yaxis.ticktext[1]
    low, high = figure.layout.xaxis.range
    assert low < -0.02
    assert high > 0.041


@pytest.mark.parametrize("values", [[], [0.0], [None], [12.5, -0.99]], ids=len)
def test_odd_frames_draw(values):
    frame = pd.DataFrame({"label": [str(i) for i in range(len(values))], "words": "", "change": values}, dtype=object)
    low, high = changes(frame, Style()).layout.xaxis.range
    assert low < high
