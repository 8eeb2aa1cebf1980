"""Bars by region or dealer, and the variances beside them."""

import pandas as pd
import pytest

from dashboard.charts.ranking import SCALES, ranking
from dashboard.charts.style import Style

REGIONS = pd.DataFrame(
    {
        "id": ["S", "NE", "E", "N"],
        "label": ["South", "Northeast", "East", "North"],
        "actual": [143e6, 46.2e6, 196e6, 126e6],
        "target": [160.67e6, 51.8e6, 199e6, 122.5e6],
        "last_year": [145e6, 48e6, 186e6, 116e6],
    }
)
TOTAL = {"actual": 511.2e6, "target": 533.97e6}


def test_bars_equal_the_frame(one, style):
    figure = ranking(REGIONS, style, total=TOTAL)
    assert list(one(figure, "AC").x) == list(REGIONS["actual"])
    assert list(one(figure, "PL").x) == list(REGIONS["target"])
    assert list(one(figure, "PY").x) == list(REGIONS["last_year"])
    assert list(one(figure, "Δ").x) == pytest.approx(list(REGIONS["actual"] - REGIONS["target"]))
    assert list(one(figure, "Δ %").x)[:4] == pytest.approx(list(REGIONS["actual"] / REGIONS["target"] - 1))
    for axis in (figure.layout.xaxis, figure.layout.xaxis2, figure.layout.xaxis3):
        assert axis.range[0] <= 0 < axis.range[1]
    # top to bottom in the order of the frame
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert figure.layout.yaxis.ticktext[0] == "South"


def test_total_is_bold_and_has_its_own_variance(one, style):
    figure = ranking(REGIONS, style, total=TOTAL)
    assert figure.layout.yaxis.ticktext[-1] == ("<b>Total</b>" if style.lang == "en" else "<b>合计</b>")
    assert one(figure, "total").text[0] == ("<b>511</b>" if style.lang == "en" else "<b>5.11</b>")
    assert one(figure, "x2 figures").text[-1] == ("<b>−22.8</b>" if style.lang == "en" else "<b>−2,277</b>")
    assert one(figure, "Δ %").x[-1] == pytest.approx(511.2 / 533.97 - 1)
    assert len(one(figure, "AC").x) == 4


def test_target_stands_behind_in_outline(one, style):
    figure = ranking(REGIONS, style)
    names = [trace.name for trace in figure.data]
    assert names.index("PL") < names.index("AC")
    assert one(figure, "PL").marker.color == "rgba(0,0,0,0)"
    assert one(figure, "PL").offset - one(figure, "AC").offset == pytest.approx(one(figure, "AC").width / 5)
    assert one(figure, "PY").marker.symbol == "triangle-up"


def test_variance_bars_share_the_scale_of_amounts_times_the_stated_factor(style):
    figure = ranking(REGIONS, style)
    factor = figure.layout.meta["scale"]
    assert factor in SCALES

    def width_of_a_million(axis):
        return (axis.domain[1] - axis.domain[0]) / (axis.range[1] - axis.range[0]) * 1e6

    assert width_of_a_million(figure.layout.xaxis2) == pytest.approx(
        factor * width_of_a_million(figure.layout.xaxis), rel=1e-6
    )
    heads = " ".join(note.text for note in figure.layout.annotations)
    assert f"{factor:g}×" in heads or factor == 1


def test_colours_follow_the_direction(one):
    style = Style()
    colours = style.palette
    assert list(one(ranking(REGIONS, style), "Δ").marker.color) == [colours.bad] * 3 + [colours.good]
    assert list(one(ranking(REGIONS, style, direction=-1), "Δ").marker.color) == [colours.good] * 3 + [colours.bad]
    assert list(one(ranking(REGIONS, style), "Δ %").marker.symbol) == ["square"] * 3 + ["circle"]
    assert list(one(ranking(REGIONS, style), "x2 figures").textfont.color)[:4] == [colours.bad_word] * 3 + [
        colours.good_word
    ]


def test_against_last_year(one, traces):
    for frame, options in ((REGIONS.drop(columns="target"), {}), (REGIONS, {"against": "last_year"})):
        figure = ranking(frame, Style(), **options)
        assert one(figure, "PY").type == "bar"
        assert one(figure, "PY").marker.color == Style().palette.last_year
        assert list(one(figure, "Δ").x) == pytest.approx(list(REGIONS["actual"] - REGIONS["last_year"]))
        assert not traces(figure, "PL")
        assert any("PY" in note.text for note in figure.layout.annotations)


def test_alone_the_bars_take_the_width(traces):
    figure = ranking(REGIONS[["label", "actual"]], Style())
    assert figure.layout.xaxis.domain == (0, 1)
    assert {trace.name for trace in figure.data} == {"AC", "figures"}


def test_clicks_and_full_names(one):
    frame = REGIONS.assign(label=["Guangzhou Hengda Trading Company", "<b>", "东莞市北辰饮料有限公司佛山分公司", "N"])
    figure = ranking(frame, Style())
    assert list(one(figure, "AC").customdata) == list(one(figure, "Δ").customdata) == ["S", "NE", "E", "N"]
    assert figure.layout.yaxis.ticktext[:2] == ("Guangzhou Hengd…", "&lt;b&gt;")
    assert "Guangzhou Hengda Trading Company" in one(figure, "AC").hovertext[0]
    assert list(one(ranking(REGIONS.drop(columns="id"), Style()), "AC").customdata) == list(REGIONS["label"])


def test_rates_have_pins_in_points_only(one, traces):
    frame = pd.DataFrame({"label": ["a", "b"], "actual": [0.318, 0.3], "target": [0.325, 0.29]})
    figure = ranking(frame, Style(), kind="rate", total={"actual": 0.31, "target": 0.3})
    assert not traces(figure, "Δ")
    assert list(one(figure, "x3 figures").text) == ["−0.7", "+1.0", "<b>+1.0</b>"]


def test_heads_stay_inside():
    falling = REGIONS[:2]
    heads = {note.xref: note.xanchor for note in ranking(falling, Style()).layout.annotations}
    assert heads == {"x": "left", "x2": "right", "x3": "right"}


def test_panels_do_not_overlap(style):
    layout = ranking(REGIONS, style, total=TOTAL).layout
    assert layout.xaxis.domain[1] < layout.xaxis2.domain[0]
    assert layout.xaxis2.domain[1] < layout.xaxis3.domain[0]
    assert layout.xaxis3.domain[1] == pytest.approx(1)


@pytest.mark.parametrize(
    "actual",
    [[], [None], [0.0], [5.0], [-5.0, 3.0], [-5.0, -1.0], [1e-8], [9e12, 1.0], [float(i) for i in range(60)]],
    ids=len,
)
def test_odd_frames_draw(actual, style, one):
    frame = pd.DataFrame({"label": [f"name {i}" for i in range(len(actual))], "actual": actual}, dtype=object)
    for extra in ({}, {"target": 2.0}, {"target": None, "last_year": 1.0}, {"target": 0.0}, {"target": -1.0}):
        for total in (None, {"actual": 8.0, "target": 4.0, "last_year": None}):
            figure = ranking(frame.assign(**extra), style, total=total)
            low, high = figure.layout.xaxis.range
            assert low <= 0 <= high
            assert low < high
            assert all(low <= value <= high for value in one(figure, "AC").x if value is not None)
            assert figure.layout.height >= 60
