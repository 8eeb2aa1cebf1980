"""A waterfall adds up."""

import pandas as pd
import pytest

from dashboard.charts.style import Style
from dashboard.charts.waterfall import variance_waterfall

GAP = pd.DataFrame(
    {
        "id": [7, 8, 9, 10, 11],
        "label": ["New dealers", "Price", "Existing dealers, volume", "Others", "Dealers lost"],
        "value": [8.7e6, -4.6e6, -21.8e6, -0.3e6, -11.3e6],
        "rest": [False, False, False, True, False],
    }
)
BALANCE = pd.DataFrame(
    {
        "label": ["Newly overdue", "Collected", "Written off"],
        "value": [10.5e6, -6.9e6, -0.9e6],
        "direction": [-1, -1, 0],
    }
)


def test_steps_add_up_to_the_closing_bar(one, style):
    bars = one(variance_waterfall(GAP, style, closing="Gap"), "steps")
    assert sum(bars.x[:-1]) == pytest.approx(bars.x[-1])
    assert bars.x[-1] == pytest.approx(GAP["value"].sum())
    assert (bars.base[0], bars.base[-1]) == (0, 0)
    # each step starts where the one above ended
    for i in range(len(GAP) - 1):
        assert bars.base[i + 1] == pytest.approx(bars.base[i] + bars.x[i])
    assert bars.base[-2] + bars.x[-2] == pytest.approx(bars.x[-1])


def test_largest_loss_first_and_the_rest_last(one):
    bars = one(variance_waterfall(GAP, Style(), closing="Gap"), "steps")
    assert list(bars.customdata) == [9, 11, 8, 7, 10, "Gap"]
    bars = one(variance_waterfall(GAP, Style(), closing="Gap", direction=-1), "steps")
    assert list(bars.customdata) == [7, 9, 11, 8, 10, "Gap"]
    bars = one(variance_waterfall(GAP, Style(), closing="Gap", sort=False), "steps")
    assert list(bars.customdata) == [*GAP["id"], "Gap"]


def test_colours_and_signs(one, style):
    colours = style.palette
    figure = variance_waterfall(GAP, style, closing="Gap")
    bars = one(figure, "steps")
    assert list(bars.marker.color) == [colours.good if length > 0 else colours.bad for length in bars.x]
    texts = one(figure, "figures").text
    assert all(text.removeprefix("<b>")[0] in "+−" for text in texts)
    assert texts[-1].startswith("<b>")
    assert figure.layout.yaxis.ticktext[-1] == "<b>Gap</b>"
    assert figure.layout.yaxis.ticktext[0] == "Existing dealers,<br>volume"


def test_balance_has_solid_bars_at_both_ends(one, style):
    colours = style.palette
    figure = variance_waterfall(BALANCE, style, opening=("31 May", 40.4e6), closing="30 June", direction=-1)
    bars = one(figure, "steps")
    assert bars.x[0] == 40.4e6
    assert bars.x[-1] == pytest.approx(40.4e6 + BALANCE["value"].sum())
    assert bars.base[1] == 40.4e6
    assert list(bars.marker.color) == [colours.actual, colours.bad, colours.good, colours.neutral, colours.actual]
    texts = one(figure, "figures").text
    assert not texts[0].startswith(("<b>+", "<b>−"))
    assert texts[1].startswith("+")
    assert bars.customdata[0] == "31 May"


def test_connectors_join_the_levels():
    figure = variance_waterfall(GAP, Style(), closing="Gap", sort=False)
    joints = [shape.x0 for shape in figure.layout.shapes if shape.x0 == shape.x1 and shape.x0 != 0]
    assert joints == pytest.approx(list(GAP["value"].cumsum()))


@pytest.mark.parametrize(
    "values", [[], [0.0], [5.0], [-5.0, None, 3.0], [1e-9, -1e-9], [3e12, -1.0], [1.0] * 60], ids=len
)
def test_odd_frames_draw(values, style, one):
    frame = pd.DataFrame({"label": [f"name {i}" for i in range(len(values))], "value": values}, dtype=object)
    for opening in (None, ("before", 10.0)):
        figure = variance_waterfall(frame, style, closing="after", opening=opening)
        bars = one(figure, "steps")
        low, high = figure.layout.xaxis.range
        ends = [*bars.base, *(base + length for base, length in zip(bars.base, bars.x, strict=True)), 0.0]
        assert low <= min(ends)
        assert max(ends) <= high
        assert low < high
