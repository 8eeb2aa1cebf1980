"""The charts of visits: what they draw is what the frame says."""

from itertools import pairwise

import pandas as pd
import pytest

from dashboard import formats
from dashboard.charts.intervals import intervals
from dashboard.charts.launch import launches
from dashboard.charts.pair import pair
from dashboard.charts.planned import planned_done
from dashboard.charts.served import served
from dashboard.charts.weeks import around_event

PLANS = pd.DataFrame({"id": ["S", "N"], "label": ["South <1>", "North"], "planned": [1076.0, 20.0],
                      "done": [853.0, 22.0]})  # fmt: skip


def test_planned_stands_behind_done(one, style):
    figure = planned_done(PLANS, style)
    assert [trace.name for trace in figure.data][:2] == ["PL", "AC"]
    assert (list(one(figure, "PL").x), list(one(figure, "AC").x)) == ([1076, 20], [853, 22])
    assert list(one(figure, "AC").customdata) == ["S", "N"]
    words = one(figure, "figures").text[0]
    assert "79%" in words
    assert "1,076" in words
    assert figure.layout.yaxis.ticktext[0] == "South &lt;1&gt;"
    assert figure.layout.xaxis.range[1] > 1076  # room for the words


TERMS = pd.DataFrame({"label": ["a", "b", "c"], "mean": [0.28, 0.03, None], "low": [0.27, 0.029, None],
                      "high": [0.29, 0.031, None], "low_outer": [0.26, 0.028, None], "high_outer": [0.3, 0.032, None],
                      "open": [True, False, True]})  # fmt: skip


def test_intervals_draw_points_and_both_bands(one, style):
    figure = intervals(TERMS, style, estimated=True, reference="none")
    points = one(figure, "mean")
    assert list(points.x) == [0.28, 0.03, None]
    assert list(points.marker.symbol) == ["circle-open", "circle", "circle-open"]
    assert list(one(figure, "low").x) == [0.27, 0.29, None, 0.029, 0.031, None]
    assert list(one(figure, "low_outer").x) == [0.26, 0.3, None, 0.028, 0.032, None]
    figures = [note.text for note in figure.layout.annotations if note.xref == "paper" and note.text.startswith("<b>")]
    assert figures == ["<b>+28.0</b>", "<b>+3.0</b>", "<b>–</b>"]
    low, high = figure.layout.xaxis.range
    assert low < 0 < 0.3 < high
    assert all(low <= tick <= high for tick in figure.layout.xaxis.tickvals)
    assert 0.0 in figure.layout.xaxis.tickvals


@pytest.mark.parametrize("values", [[-0.2, -0.1], [0.0, 0.0], [0.0004, 0.0007]])
def test_the_axis_of_intervals_always_has_figures(values, style):
    frame = pd.DataFrame({"label": ["a", "b"], "mean": values, "low": values, "high": values})
    figure = intervals(frame, style, estimated=False)
    assert 1 <= len(figure.layout.xaxis.tickvals) <= 7


def test_pairs_share_an_axis_that_holds_both(one, style):
    frame = pd.DataFrame({"id": ["P1", "P2"], "label": ["x", "y"], "first": [0.1, 0.8], "second": [0.5, None]})
    figure = pair(frame, style, heads=("ND", "WD"))
    assert list(one(figure, "first").x) == [0.1, 0.8]
    assert list(one(figure, "second").x) == [0.5, None]
    assert figure.layout.xaxis.range[0] == 0  # a share of 10 % is not cut off
    high = pair(frame.assign(first=[0.7, 0.8]), style, heads=("ND", "WD"))
    assert 0 < high.layout.xaxis.range[0] < 0.5


def test_the_week_of_the_visit_and_those_before_are_open(one, style):
    lags = [-2, -1, 0, 1, 2]
    frame = pd.DataFrame({"lag": lags, "mean": [0.0, 0.0, 0.0, 0.03, 0.03]})
    for column, off in (("lo-80", -0.01), ("hi-80", 0.01), ("lo-95", -0.02), ("hi-95", 0.02)):
        frame[column] = frame["mean"] + off
    figure = around_event(frame, style)
    assert list(one(figure, "mean").marker.symbol) == ["circle-open"] * 3 + ["circle"] * 2
    low, high = figure.layout.yaxis.range
    assert low < -0.02
    assert high > 0.05
    shaded = figure.layout.shapes[0]
    assert shaded.x1 == -0.5  # up to the week of the visit


def test_launches_keep_their_names_apart(traces, style):
    rows = [{"product_id": p, "label": f"product {p}", "month": month, "outlets": 9, "numeric": share}
            for p in "ABC" for month, share in ((1, 0.2), (4, 0.66), (7, 0.67))]  # fmt: skip
    figure = launches(pd.DataFrame(rows), style, target=0.8)
    assert list(traces(figure, "product B")[0].y) == [0.2, 0.66, 0.67]
    places = sorted(note.y for note in figure.layout.annotations if note.text.startswith("product"))
    assert all(above - below >= 0.07 for below, above in pairwise(places))
    assert traces(figure, "target")[0].y == (0.8,)


def test_served_dealers_stand_out_and_open_on_a_click(one, style):
    frame = pd.DataFrame({
        "id": ["a", "b", "c"], "label": ["a", "b", "c"], "sales": [1e6, 2e6, 5e5], "per_month": [0.5, 2.0, 5.0],
        "norm": [2.0, 2.0, 1.0], "value_class": ["A", "A", "B"], "served": ["under", "norm", "over"],
    })  # fmt: skip
    figure = served(frame, style, unit=formats.choose_unit(frame["sales"]))
    for kind, id in (("under", "a"), ("norm", "b"), ("over", "c")):
        assert list(one(figure, kind).customdata) == [id]
    assert list(one(figure, "norm A").y) == [2.0, 2.0, None]
    assert one(figure, "under").marker.color == style.palette.bad
