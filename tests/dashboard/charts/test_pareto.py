"""The largest first, with the share so far."""

import pandas as pd
import pytest

from dashboard.charts.pareto import pareto
from dashboard.charts.style import Style

FRAME = pd.DataFrame({
    "id": ["x", "y", "z"], "label": ["Hengda", "Jinyuan <Foods>", "Beichen"], "value": [8e6, 1.5e6, 5e5],
    "share": [0.8, 0.15, 0.05], "cumulative": [0.8, 0.95, 1.0], "class": ["A", "B", "C"],
})  # fmt: skip


def test_bars_figures_and_classes(one, style):
    figure = pareto(FRAME, style, rest="and 9 more")
    bars = one(figure, "AC")
    assert list(bars.x) == [8e6, 1.5e6, 5e5]
    assert list(bars.customdata) == ["x", "y", "z"]
    words = [note.text for note in figure.layout.annotations]
    assert [word for word in words if "%" in word] == ["80%", "95%", "100%"]
    assert [word for word in words if word.startswith("<b>")] == ["<b>A</b>", "<b>B</b>", "<b>C</b>"]
    assert "and 9 more" in words
    dividers = [shape.y0 for shape in figure.layout.shapes if shape.xref == "paper"]
    assert dividers == [0.5, 1.5]


def test_small_shares_carry_a_decimal():
    small = FRAME.assign(cumulative=[0.007, 0.014, 0.021], **{"class": "A"})
    words = [note.text for note in pareto(small, Style()).layout.annotations]
    assert {"0.7%", "1.4%", "2.1%"} <= set(words)


@pytest.mark.parametrize("n", [0, 1, 40])
def test_odd_frames_draw(n, style):
    frame = pd.DataFrame({"label": [f"name {i}" for i in range(n)], "value": [float(i - 3) for i in range(n)],
                          "share": 0.1, "cumulative": [None] * n, "class": "C"})  # fmt: skip
    low, high = pareto(frame, style).layout.xaxis.range
    assert low < high
