"""Columns over time: what is drawn is what is in the frame."""

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.style import Style
from dashboard.charts.trend import trend

YEAR = pd.DataFrame(
    {
        "period": pd.date_range("2026-01-01", periods=12, freq="MS"),
        "actual": [132e6, 99e6, 108e6, 120e6, 138e6, 152e6] + [None] * 6,
        "forecast": [None] * 6 + [169e6, 165e6, 139e6, 118e6, 110e6, 128e6],
        "target": [
            134.7e6,
            101.6e6,
            111.2e6,
            124.9e6,
            144.2e6,
            159e6,
            176.8e6,
            171.9e6,
            144e6,
            123.3e6,
            114.5e6,
            120e6,
        ],
        "last_year": [141e6, 79e6, 103e6, 117e6, 130e6, 149e6, 164e6, 160e6, 134e6, 114e6, 108e6, 126e6],
    }
)


def values(sequence):
    return [None if value is None or np.isnan(value) else float(value) for value in sequence]


def test_columns_equal_the_frame(one, style):
    figure = trend(YEAR, style)
    assert values(one(figure, "AC").y) == values(YEAR["actual"])
    assert values(one(figure, "FC").y) == values(YEAR["forecast"])
    assert values(one(figure, "PL").y) == values(YEAR["target"])
    assert values(one(figure, "PY").y) == values(YEAR["last_year"])
    # columns start at zero, and the axis shows it
    assert all(one(figure, name).base is None for name in ("AC", "FC", "PL"))
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.range[1] > 176.8e6


def test_marks_follow_the_notation(one, style):
    figure = trend(YEAR, style)
    names = [trace.name for trace in figure.data]
    assert names.index("PL") < names.index("AC")
    assert names.index("PL") < names.index("FC")
    plan, actual, forecast = one(figure, "PL"), one(figure, "AC"), one(figure, "FC")
    assert plan.marker.color == "rgba(0,0,0,0)"
    assert plan.marker.line.color == actual.marker.color == style.palette.actual
    # a fifth of a column apart
    assert actual.offset - plan.offset == pytest.approx(actual.width / 5)
    assert forecast.marker.pattern.shape == "/"
    assert one(figure, "PY").marker.symbol == "triangle-right"


def test_pins_are_the_relative_variance(one, traces, style):
    figure = trend(YEAR, style)
    heads = one(figure, "ΔPL %")
    column = YEAR["actual"].fillna(YEAR["forecast"])
    assert list(heads.y) == pytest.approx(list(column / YEAR["target"] - 1))
    colours = style.palette
    assert list(heads.marker.line.color) == [colours.bad] * 11 + [colours.good]
    assert list(heads.marker.symbol) == ["square"] * 11 + ["circle"]
    # open heads and dotted stems for what is forecast
    assert list(heads.marker.color) == [colours.bad] * 6 + [colours.background] * 6
    assert {trace.line.dash for trace in traces(figure, "ΔPL stems")} == {"solid", "1px,2px"}
    assert list(one(figure, "pin figures").text)[:2] == ["−2.0", "−2.6"]
    # on a zero line of their own
    assert heads.yaxis == "y2"
    assert figure.layout.yaxis2.domain[0] > figure.layout.yaxis.domain[1]
    assert figure.layout.yaxis2.range[0] < 0 < figure.layout.yaxis2.range[1]
    stems = [
        (x, y)
        for trace in traces(figure, "ΔPL stems")
        for x, y, base in zip(trace.x[1::3], trace.y[1::3], trace.y[0::3], strict=True)
        if base == 0
    ]
    assert sorted(stems) == sorted(zip(heads.x, heads.y, strict=True))


def test_forecast_line_stands_before_the_first_forecast():
    figure = trend(YEAR, Style())
    (line,) = [shape for shape in figure.layout.shapes if shape.line.dash == "dot"]
    assert line.x0 == line.x1 == 5.5
    assert any("forecast" in note.text for note in figure.layout.annotations)
    assert not any(shape.line.dash for shape in trend(YEAR.drop(columns="forecast"), Style()).layout.shapes)
    figure = trend(YEAR, Style(lang="zh"))
    assert any("预测" in note.text for note in figure.layout.annotations)


def test_more_is_worse_where_the_measure_says_so(one):
    style = Style()
    assert set(one(trend(YEAR[:6], style, direction=-1), "ΔPL %").marker.color) == {style.palette.good}
    assert set(one(trend(YEAR[:6], style, direction=0), "ΔPL %").marker.color) == {style.palette.neutral}


def test_without_target_last_year_stands_behind(one, traces):
    figure = trend(YEAR[["period", "actual", "last_year"]][:6], Style())
    behind = one(figure, "PY")
    assert behind.type == "bar"
    assert behind.marker.color == Style().palette.last_year
    assert list(one(figure, "ΔPY %").y) == pytest.approx(list(YEAR["actual"][:6] / YEAR["last_year"][:6] - 1))
    assert not traces(figure, "PL")


def test_alone_there_are_no_pins(traces):
    figure = trend(YEAR[["period", "actual"]][:6], Style())
    assert not [trace for trace in figure.data if trace.yaxis == "y2"]
    assert figure.layout.yaxis.domain == (0, 1)


def test_months_to_come_have_an_outline_only(one):
    figure = trend(YEAR.drop(columns="forecast"), Style())
    assert values(one(figure, "AC").y)[6:] == [None] * 6
    assert values(one(figure, "PL").y)[6:] == values(YEAR["target"])[6:]
    assert len(one(figure, "ΔPL %").x) == 6


def test_a_column_far_below_its_outline_carries_its_own_figure(one):
    months = pd.date_range("2026-01-01", periods=3, freq="MS").date
    frame = pd.DataFrame({"period": months, "actual": [0.4e6, 0.98e6, 1.1e6], "target": [1e6] * 3})
    words = one(trend(frame, Style()), "figures")
    axis = one(trend(frame, Style()), "AC")
    assert list(words.y) == [axis.y[0], 1e6, 1.1e6]  # not on the outline, where it would read as the target


def test_clicks_hand_back_the_period_or_the_id(one):
    assert one(trend(YEAR, Style()), "AC").customdata[1] == "2026-02-01"
    assert list(one(trend(YEAR.assign(id=range(12)), Style()), "PL").customdata) == list(range(12))


def test_rates_differ_by_points(one):
    frame = pd.DataFrame({"label": ["a", "b"], "actual": [0.318, 0.3], "target": [0.325, 0.29]})
    figure = trend(frame, Style(), kind="rate")
    assert list(one(figure, "pin figures").text) == ["−0.7", "+1.0"]
    assert list(one(figure, "figures").text) == ["31.8", "30.0"]
    assert any(note.text == "ΔPL<br>pts" for note in figure.layout.annotations)


def test_figures_by_language(one):
    assert list(one(trend(YEAR, Style()), "figures").text)[:3] == ["132", "99", "108"]
    figure = trend(YEAR, Style(lang="zh"))
    assert list(one(figure, "figures").text)[:3] == ["1.32", "0.99", "1.08"]
    assert figure.layout.xaxis.ticktext[:2] == ("1月", "2月")


def test_year_stands_below_its_first_month():
    frame = pd.DataFrame({"period": pd.date_range("2025-11-01", periods=3, freq="MS"), "actual": [1, 2, 3]})
    assert trend(frame, Style()).layout.xaxis.ticktext == ("Nov<br>2025", "Dec", "Jan<br>2026")


def test_an_outlier_is_cut_but_says_its_value(one):
    frame = pd.DataFrame({"label": list("abc"), "actual": [10.0, 10, 100], "target": [11.0, 9, 10]})
    heads = one(trend(frame, Style()), "ΔPL %")
    assert heads.y[2] == 2.0
    assert heads.marker.symbol[2] == "triangle-up"
    assert one(trend(frame, Style()), "pin figures").text[2] == "+900"


@pytest.mark.parametrize(
    "actual",
    [
        [],
        [None, None],
        [0, 0, 0],
        [5.0],
        [-3.0, -2.0],
        [1e-7, 2e-7],
        [9e12, 1.0],
        [float("inf"), 1.0],
        list(np.linspace(-5, 5, 60)),
    ],
    ids=len,
)
def test_odd_frames_draw(actual, style, one):
    for extra in ({}, {"target": 1.0}, {"last_year": 0.0}, {"target": -1.0, "last_year": 2.0}):
        frame = pd.DataFrame({"label": [f"W{i}" for i in range(len(actual))], "actual": actual}).assign(**extra)
        figure = trend(frame, style)
        low, high = figure.layout.yaxis.range
        assert low <= 0 < high
        shown = [value for value in values(one(figure, "AC").y) if value is not None]
        assert all(low <= value <= high for value in shown)
        assert len([text for text in one(figure, "figures").text if text]) <= 13
        assert len(figure.layout.xaxis.ticktext) <= 13
