"""Was it worth it, where does money earn, one promotion: points, bands and words stand where the frame says."""

import datetime as dt
from itertools import combinations

import pandas as pd
import pytest

from dashboard.charts import earned as earned_chart
from dashboard.charts.dip import dip
from dashboard.charts.earned import earned
from dashboard.charts.rows import round_ticks
from dashboard.charts.style import Style, palette
from dashboard.charts.worth import worth
from dashboard.formats import Unit

M = Unit(1e6, "m", 2)
FRAME = pd.DataFrame({
    "id": ["A", "B", "C", "D"], "label": ["Gift box", "Display", "Price-off", "Tasting"],
    "cost": [3.2e6, 2.4e6, 2.6e6, 0.9e6], "mean": [0.86, 0.1, -0.41, None], "low": [0.4, -0.2, -0.6, None],
    "high": [1.3, 0.4, -0.2, None], "verdict": ["profit", "cannot_tell", "loss", "refused"],
    "remark": ["", "", "", "too early"],
})  # fmt: skip


def trace(figure, name):
    return next(t for t in figure.data if t.name == name)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_worth_says_the_verdict_by_shape_colour_and_sign(mode):
    figure = worth(FRAME, Style(mode), reference="break-even")
    points, colours = trace(figure, "mean"), palette(mode)
    assert list(points.x)[:3] == [0.86, 0.1, -0.41]
    assert list(points.marker.symbol)[:3] == ["circle", "circle-open", "square"]
    assert list(points.marker.color)[:3] == [colours.good, colours.neutral, colours.bad]
    words = [note.text for note in figure.layout.annotations]
    assert {"<b>+0.86</b>", "<b>+0.10</b>", "<b>−0.41</b>", "too early", "break-even"} <= set(words)
    low, high = figure.layout.xaxis.range
    assert low < -0.6
    assert high > 1.3


def test_worth_cuts_bands_that_would_hide_the_rest():
    frame = pd.concat([FRAME, FRAME.iloc[[1]].assign(low=-90.0, high=90.0)], ignore_index=True)
    low, high = worth(frame, Style(), reference="").layout.xaxis.range
    assert -4 < low < high < 4


def test_earned_puts_margin_over_cost_with_the_diagonal():
    frame = FRAME.iloc[:3].assign(mean=[6.0e6, 2.6e6, 1.5e6], low=[4.5e6, 1.9e6, 1.0e6], high=[7.3e6, 3.4e6, 2.1e6])
    figure = earned(frame, Style(), M, above="more", below="less", line="break-even", across="Cost")
    points = trace(figure, "points")
    assert list(points.x) == frame["cost"].tolist()
    assert list(points.y) == frame["mean"].tolist()
    diagonal = figure.layout.shapes[0]
    assert diagonal.x1 == diagonal.y1 > 0
    assert diagonal.x0 == diagonal.y0 == 0
    assert {text.strip("\u00a0") for text in trace(figure, "names").text} == set(frame["label"])


def test_names_of_points_do_not_cover_each_other(monkeypatch):
    taken = []
    own = earned_chart._met
    monkeypatch.setattr(earned_chart, "_met", lambda box, others: (taken.append(box), own(box, others))[1])
    at = [(x * 1e5, x * 1e5, f"Promotion number {x}") for x in (1, 1.05, 1.1, 5, 9)]
    sides = earned_chart._sides(at, [], 10e5, 10e5, 0.0)
    shown = [side for side in sides if side]
    assert 3 <= len(shown) <= 5
    assert taken


def test_dip_shades_the_weeks_and_names_what_is_around_them():
    weeks = pd.date_range("2026-01-05", periods=20, freq="7D")
    actual = [6.0] * 7 + [5.2, 9.8, 9.4, 8.5, 5.4, 5.8, 6.0] + [6.4] * 6
    frame = pd.DataFrame({"week": weeks, "actual": actual, "baseline": 6.2, "low": 5.8, "high": 6.6})
    figure = dip(frame, Style(), Unit(1, "", 1), start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 23),
                 names=("actual", "baseline"), event="promotion", before="waiting", after="dip")  # fmt: skip
    shade = next(shape for shape in figure.layout.shapes if shape.type == "rect")
    assert (shade.x0, shade.x1) == (7.5, 10.5)
    notes = {note.text: note for note in figure.layout.annotations}
    assert (notes["waiting"].x, notes["waiting"].y) == (7, 5.2)
    assert (notes["dip"].x, notes["dip"].y) == (11, 5.4)
    assert figure.layout.yaxis.range[0] == 0
    assert abs(notes["actual"].y - notes["baseline"].y) > 0
    quiet = dip(frame, Style(), Unit(1, "", 1), start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 23),
                names=("actual", "baseline"), event="promotion")  # fmt: skip
    assert not {"waiting", "dip"} & {note.text for note in quiet.layout.annotations}


@pytest.mark.parametrize("most", [0.07, 1, 3.3, 47, 999, 1e6, 8.4e7])
def test_ticks_are_round_few_and_apart(most):
    ticks = round_ticks(most, Unit(1, "", 0))
    values = ticks["tickvals"]
    assert values[0] == 0
    assert 2 <= len(values) <= 6
    assert values[-1] <= most
    assert len(set(ticks["ticktext"])) == len(values)
    assert all(b > a for a, b in combinations(values, 2))
