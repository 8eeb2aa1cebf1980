"""Sketches as native charts: what is written is read back from the file, and the parts add up."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation
from pptx.chart.plot import AreaPlot, BarPlot, LinePlot
from pptx.oxml.ns import qn
from pptx.util import Inches

from dashboard.charts.style import palette
from dashboard.export.powerpoint.chart import add_chart
from dashboard.export.sketch import Series, Sketch, floating

BOX = tuple(int(Inches(side)) for side in (0.5, 0.5, 9, 5))
MONTHS = ("Jan", "Feb", "Mar", "Apr")
COLUMNS = Sketch("columns", MONTHS, (
    Series("PL", (50.0, 60.0, 55.0, 70.0), "plan"),
    Series("AC", (48.0, 61.0, None, None), "actual", labels=None),
    Series("PY", (40.0, 50.0, 45.0, 60.0), "last_year", drawn="line", markers="triangle", stroke="none"),
))  # fmt: skip
BAND = Sketch("columns", MONTHS, (
    Series("from", (48.0, 61.0, 50.0, 52.0), "hidden", drawn="area"),
    Series("80 %", (0.0, 0.0, 10.0, 18.0), "band_80", drawn="area"),
    Series("AC", (48.0, 61.0, None, None), "actual", drawn="line", markers="circle"),
    Series("FC", (None, 61.0, 55.0, 60.0), "model", drawn="line", stroke="dash"),
), legend=True)  # fmt: skip


def drawn(sketch: Sketch):
    """The chart of a deck that was saved and opened again."""
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    add_chart(slide.shapes, sketch, BOX, palette("light"))
    file = io.BytesIO()
    show.save(file)
    return Presentation(io.BytesIO(file.getvalue())).slides[0].shapes[0].chart


def told(chart) -> dict[str, tuple]:
    return {series.name: tuple(series.values) for plot in chart.plots for series in plot.series}


ends = st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2).map(sorted), min_size=1, max_size=6)


@given(ends)
def test_floating_bars_keep_their_ends(pairs: list[list[float]]):
    base, below, above = floating([a for a, _ in pairs], [b for _, b in pairs])
    for (low, high), hidden, down, up in zip(pairs, base, below, above, strict=True):
        # office programs add what is negative downwards from zero, and what is positive upwards
        assert max(hidden, 0) + up == pytest.approx(max(high, 0), abs=1e-6)
        assert min(hidden, 0) + down == pytest.approx(min(low, 0), abs=1e-6)
        assert up - down == pytest.approx(high - low, abs=1e-6)


def test_columns_with_marks_are_two_plots_on_the_same_axes():
    chart = drawn(COLUMNS)
    assert [type(plot) for plot in chart.plots] == [BarPlot, LinePlot]
    assert told(chart) == {series.name: series.values for series in COLUMNS.series}
    axes = {tuple(e.get("val") for e in plot._element.findall(qn("c:axId"))) for plot in chart.plots}
    assert len(axes) == 1
    assert list(chart.plots[0].categories) == list(MONTHS)


def test_a_band_stands_behind_its_lines_and_gaps_stay_gaps():
    chart = drawn(BAND)
    assert [type(plot) for plot in chart.plots] == [AreaPlot, LinePlot]
    assert told(chart) == {series.name: series.values for series in BAND.series}
    assert chart._chartSpace.chart.find(qn("c:dispBlanksAs")).get("val") == "gap"


def test_the_legend_leaves_out_what_is_not_seen():
    entries = drawn(BAND)._chartSpace.chart.findall(f".//{qn('c:legendEntry')}")
    assert [entry.find(qn("c:idx")).get("val") for entry in entries] == ["0"]


def test_series_numbers_are_unique_over_plots():
    """Two series with one number make PowerPoint repair the file."""
    for sketch in (COLUMNS, BAND):
        numbers = [
            e.get("val") for e in drawn(sketch)._chartSpace.iter(qn("c:idx")) if e.getparent().tag == qn("c:ser")
        ]
        assert len(numbers) == len(set(numbers)) == len(sketch.series)


def labels(chart) -> dict[tuple[str, int], str]:
    return {
        (series.name, int(label.find(qn("c:idx")).get("val"))): "".join(t.text for t in label.iter(qn("a:t")))
        for plot in chart.plots for series in plot.series for label in series._element.iter(qn("c:dLbl"))
    }  # fmt: skip


def test_words_beyond_a_stack_hang_on_an_unseen_bar():
    base, below, above = floating([-5.0, -8.0], [0.0, -5.0])
    sketch = Sketch("bars", ("one", "two"), (
        Series("base", base, "hidden"), Series("below", below, "bad"), Series("above", above, "good"),
        Series("", (2.0, 2.0), "hidden", labels=("−5.0", "−3.0")),
    ), stacked=True)  # fmt: skip
    chart = drawn(sketch)
    assert labels(chart) == {("", 0): "−5.0", ("", 1): "−3.0"}
    assert {e.get("val") for e in chart._chartSpace.iter(qn("c:dLblPos"))} == {"inBase"}  # a stack has no outside end
    assert chart.value_axis.minimum_scale <= -8.0


def test_bars_run_from_top_to_bottom_from_zero():
    chart = drawn(Sketch("bars", ("a", "b"), (Series("AC", (9.0, 12.0), "actual", labels=None),)))
    assert chart.category_axis.reverse_order
    assert chart.value_axis.minimum_scale == 0


def test_whiskers_end_where_the_band_ends():
    series = Series("AC", (9.0, 12.0), "actual", low=(8.0, 7.0), high=(10.0, 15.5))
    bars = drawn(Sketch("bars", ("a", "b"), (series,)))._chartSpace.find(f".//{qn('c:errBars')}")
    lengths = {side: [float(v.text) for v in bars.find(qn(f"c:{side}")).iter(qn("c:v"))] for side in ("plus", "minus")}
    assert lengths == {"plus": [1.0, 3.5], "minus": [1.0, 5.0]}


def test_points_keep_both_places():
    sketch = Sketch("points", (), (Series("P", (3.0, 6.0), "good", x=(5.0, 4.0), stroke="none", markers="circle",
                                          labels=("Display", "Rebate")),), axes=("Cost", "Margin"))  # fmt: skip
    chart = drawn(sketch)
    points = chart._chartSpace.find(f".//{qn('c:xVal')}")
    assert [float(v.text) for v in points.iter(qn("c:v"))] == [5.0, 4.0]
    assert told(chart) == {"P": (3.0, 6.0)}
    assert labels(chart) == {("P", 0): "Display", ("P", 1): "Rebate"}


def test_names_that_xml_forbids_do_not_break_the_file():
    odd = replace(COLUMNS, categories=("a\x00b", "<c>", "&", ""))
    assert list(drawn(odd).plots[0].categories)[:3] == ["a b", "<c>", "&"]


def test_lines_do_not_lie():
    with pytest.raises(ValueError, match="only bars"):
        drawn(replace(COLUMNS, shape="bars"))


# Order of elements in the schema of charts (ECMA-376, dml-chart.xsd): PowerPoint "repairs" a file that breaks it.
SCHEMA = {
    "bar": "idx order tx spPr invertIfNegative dPt dLbls errBars cat val",
    "line": "idx order tx spPr marker dPt dLbls errBars cat val smooth",
    "area": "idx order tx spPr dPt dLbls errBars cat val",
    "scatter": "idx order tx spPr marker dPt dLbls errBars xVal yVal smooth",
    "errBars": "errDir errBarType errValType noEndCap plus minus spPr",
    "catAx": "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr "
             "crossAx crosses auto lblAlgn lblOffset tickLblSkip noMultiLvlLbl",
    "valAx": "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr "
             "crossAx crosses crossBetween",
    "scaling": "logBase orientation max min",
    "legend": "legendPos legendEntry layout overlay spPr txPr",
    "dPt": "idx invertIfNegative marker bubble3D spPr",
    "dLbl": "idx layout tx numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent "
            "showBubbleSize",
}  # fmt: skip


def local(element) -> str:
    return element.tag.rpartition("}")[2]


def test_elements_stand_in_the_order_of_the_schema():
    many = Sketch("columns", tuple(str(n) for n in range(30)), (
        Series("AC", tuple(float(n) for n in range(30)), "actual", looks=("forecast",) * 30, labels=None,
               low=tuple(n - 1.0 for n in range(30)), high=tuple(n + 1.0 for n in range(30))),
    ), legend=True)  # fmt: skip
    points = Sketch("points", (), (Series("P", (3.0, 6.0), "good", x=(5.0, 4.0), markers="circle", labels=("a", "b"),
                                          looks=("bad", "good"), low=(1.0, 2.0), high=(4.0, 9.0)),),
                    axes=("x", "y"), log="x")  # fmt: skip
    seen = set()
    for sketch in (COLUMNS, BAND, many, points):
        for element in drawn(sketch)._chartSpace.iter():
            name = local(element)
            if name == "ser":
                name = local(element.getparent()).removesuffix("Chart")
            if name in SCHEMA:
                seen.add(name)
                places = [SCHEMA[name].split().index(local(child)) for child in element]
                assert places == sorted(places), (name, [local(child) for child in element])
    assert seen == set(SCHEMA)
