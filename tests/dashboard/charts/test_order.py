"""The charts of channel order: shares against a limit, columns on both sides of a band, lines over time."""

import datetime as dt

import pandas as pd
import pytest

from dashboard.charts.lines import lines
from dashboard.charts.suspicion import suspicion
from dashboard.charts.two_sides import two_sides

SHARES = pd.DataFrame({
    "label": ["Shengjia Commerce", "Litai <b>Wholesale", "Third"], "id": ["D1", "D2", "D3"], "share": [0.37, 0.09, 0.0],
    "low": [0.29, 0.02, 0.0], "high": [0.46, 0.23, None], "suspected": [True, False, False],
    "picked": [False, True, False],
})  # fmt: skip
MONTHS = [dt.date(2026, month, 1) for month in range(1, 13)]


def sides(n: int) -> pd.DataFrame:
    return pd.DataFrame({
        "period": MONTHS[:n], "above_first": [10.0] * n, "above_second": [20.0] * n, "below_first": [5.0] * n,
        "below_second": [float("nan")] * n,
    })  # fmt: skip


def days(n: int) -> pd.DataFrame:
    part = pd.DataFrame({"period": MONTHS[:n], "value": [40.0 + i for i in range(n)]})
    return pd.concat([part.assign(label="suspected", strong=True),
                      part.assign(value=38.5, label="others", strong=False)], ignore_index=True)  # fmt: skip


def test_a_suspect_is_a_filled_square_and_others_are_open(one, style):
    figure = suspicion(SHARES, style, limit=0.1, reference="limit")
    marks = one(figure, "share")
    assert list(marks.x) == [0.37, 0.09, 0.0]
    assert list(marks.marker.symbol) == ["square", "circle-open", "circle-open"]
    assert marks.marker.color[0] == style.palette.bad
    assert list(marks.customdata) == ["D1", "D2", "D3"]
    assert figure.layout.yaxis.ticktext[1].startswith("<b>Litai<br>&lt;b&gt;")
    assert figure.layout.yaxis.ticktext[0] == "Shengjia<br>Commerce"
    assert [note.text for note in figure.layout.annotations][:2] == ["<b>37%</b>", "<b>9%</b>"]
    assert any(shape.x0 == shape.x1 == 0.1 for shape in figure.layout.shapes)
    assert figure.layout.xaxis.range[1] > 0.46


def test_columns_rise_above_and_fall_below_the_band(one, style):
    figure = two_sides(sides(6), style, words=("above", "below"), series=("bought", "sold"))
    assert list(one(figure, "above first").y) == [10.0] * 6
    assert list(one(figure, "below first").y) == [-5.0] * 6
    assert list(one(figure, "below second").y) == [0.0] * 6
    assert list(one(figure, "above totals").text) == ["<b>30.0</b>"] * 6
    assert list(one(figure, "below totals").text) == ["<b>5.0</b>"] * 6 or style.lang == "zh"
    low, high = figure.layout.yaxis.range
    assert low < -5
    assert high > 30


def test_a_year_of_columns_carries_figures_where_a_phone_has_room(one, style):
    figure = two_sides(sides(12), style, words=("above", "below"), series=("bought", "sold"))
    assert list(one(figure, "above totals").x) == [1, 3, 5, 7, 9, 11]


def test_lines_are_named_at_their_ends(one, style):
    figure = lines(days(12), style, kind="days")
    assert list(one(figure, "suspected").y) == [40.0 + i for i in range(12)]
    assert one(figure, "suspected").line.color == style.palette.actual
    assert one(figure, "others").line.color == style.palette.last_year
    words = [note.text for note in figure.layout.annotations]
    assert any("suspected" in text and "51" in text for text in words)
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.xaxis.tickvals[-1] == 11


@pytest.mark.parametrize("n", [0, 1])
def test_little_or_nothing_is_drawn_all_the_same(style, n):
    suspicion(SHARES.head(n), style, limit=0.1, reference="limit")
    two_sides(sides(n), style, words=("above", "below"), series=("bought", "sold"))
    lines(days(n), style, kind="days")
