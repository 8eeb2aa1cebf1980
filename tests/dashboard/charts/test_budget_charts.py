"""Plans compared and response curves: bars, whiskers, curves and marks stand where the frames say."""

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.plans import plans
from dashboard.charts.response import ACROSS, response
from dashboard.charts.style import Style, palette
from dashboard.formats import Unit

M = Unit(1e6, "m", 2)
PLANS = pd.DataFrame({
    "label": ["Current", "Mine", "Recommended"], "plan": ["current", "mine", "recommended"],
    "value": [2.2e6, 3.3e6, 3.8e6], "low": [-0.9e6, 1.9e6, 2.1e6], "high": [3.5e6, 4.7e6, 5.4e6],
})  # fmt: skip


def traces(figure, name):
    return [t for t in figure.data if t.name == name]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_plans_look_as_what_they_are(mode):
    figure, colours = plans(PLANS, Style(mode), M), palette(mode)
    bars = [t for t in figure.data if t.type == "bar"]
    assert [bar.x[0] for bar in bars] == PLANS["value"].tolist()
    assert [bar.marker.color for bar in bars] == [colours.last_year, colours.actual, "rgba(0,0,0,0)"]
    assert bars[2].marker.line.color == colours.actual
    whisker = traces(figure, "whisker")[0]
    assert list(whisker.x) == [x for a, b in zip(PLANS["low"], PLANS["high"], strict=True) for x in (a, b, None)]
    words = [note.text for note in figure.layout.annotations]
    assert words == ["<b>2.20</b><br>−0.90 … 3.50", "<b>3.30</b><br>1.90 … 4.70", "<b>3.80</b><br>2.10 … 5.40"]
    low, high = figure.layout.xaxis.range
    assert low < -0.9e6
    assert high > 5.4e6


def curves(keys):
    grid = np.linspace(0, 2, 9)
    parts = []
    for place, key in enumerate(keys, start=1):
        margin = place * 1e6 * grid / (grid + 0.5)
        parts.append(pd.DataFrame({"key": key, "spend": place * 1e6 * grid, "margin": margin, "lo_80": margin * 0.8,
                                   "hi_80": margin * 1.2, "tried": (grid >= 0.5) & (grid <= 1.5)}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def marks(keys):
    return pd.DataFrame([
        {"key": key, "label": f"Type {key}", "current": place * 1e6, "mine": place * 1.2e6,
         "recommended": place * 0.4e6, "margin_current": place * 0.67e6, "margin_mine": place * 0.7e6,
         "margin_recommended": place * 0.44e6}
        for place, key in enumerate(keys, start=1)
    ])  # fmt: skip


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 7])
def test_every_type_has_a_panel_and_all_have_one_scale(n):
    keys = list("abcdefg"[:n])
    figure = response(curves(keys), marks(keys), Style(), M, line="break-even")
    axes = [figure.layout[f"xaxis{place + 1 if place else ''}"] for place in range(n)]
    ups = [figure.layout[f"yaxis{place + 1 if place else ''}"] for place in range(n)]
    assert len({axis.range for axis in axes}) == len({axis.range for axis in ups}) == 1
    assert axes[0].range[1] > n * 2e6
    boxes = [(*axis.domain, *up.domain) for axis, up in zip(axes, ups, strict=True)]
    for one in range(n):
        assert 0 <= boxes[one][0] < boxes[one][1] <= 1 + 1e-9
        assert 0 <= boxes[one][2] < boxes[one][3] <= 1
        for other in range(one):
            apart = boxes[one][0] >= boxes[other][1] or boxes[one][1] <= boxes[other][0]
            assert apart or boxes[one][3] < boxes[other][2]
    assert len(traces(figure, "band")) == n
    assert sum(up.showticklabels for up in ups) == -(-n // ACROSS)


def test_marks_stand_on_their_plans_and_the_tried_part_is_thick():
    figure = response(curves("a"), marks("a"), Style(), M, line="break-even")
    for plan, symbol in (("current", "circle"), ("mine", "circle"), ("recommended", "diamond-open")):
        (mark,) = traces(figure, plan)
        assert (mark.x[0], mark.y[0]) == (marks("a")[plan][0], marks("a")[f"margin_{plan}"][0])
        assert mark.marker.symbol == symbol
    (thick,), (dotted,), (even,) = (traces(figure, name) for name in ("tried", "beyond", "even"))
    assert [y is not None and y == y for y in thick.y] == [False, False, True, True, True, True, True, False, False]
    assert thick.line.width > dotted.line.width
    assert dotted.line.dash == "dot"
    assert list(even.x) == list(even.y)
    assert "break-even" in [note.text for note in figure.layout.annotations]


def test_names_of_types_are_safe_to_show():
    figure = response(curves("a"), marks("a").assign(label="<b>x"), Style(), M, line="break-even")
    assert any("&lt;b&gt;x" in note.text for note in figure.layout.annotations)
