"""A sketch as a native PowerPoint chart: its numbers stay in the file, and whoever gets the deck can edit it.

python-pptx has no combined charts: the plots of the other kinds are written by it for the same data and moved into the
plot area of the first, on the same two axes.
"""

from __future__ import annotations

from typing import Any

from lxml import etree
from pptx.chart.chart import Chart
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from dashboard.charts.style import Palette
from dashboard.export.powerpoint.embedded import category_data, point_data
from dashboard.export.powerpoint.series import LABEL, legal, paint, rgb
from dashboard.export.sketch import Drawn, Sketch

Place = tuple[int, int, int, int]  # left, top, width, height in EMU

ROOM = 0.14  # of the axis, free for figures beyond the longest bar
MOST_NAMES = 14  # below columns; of more every second stands, or every third
FEW, GAP, WIDE = 4, 45, 120  # bars up to which the gaps between them are wide; percent of a bar
SHIFTED = 75  # percent that bars side by side cover of each other: AC before PL
_ORDER: tuple[Drawn, ...] = ("area", "bar", "line")  # what stands behind comes first


def add_chart(shapes: Any, sketch: Sketch, place: Place, colours: Palette) -> Chart:
    """Draw the sketch at that place. Raises ValueError for what cannot be drawn."""
    chart = (_points if sketch.shape == "points" else _categories)(shapes, sketch, place, colours)
    chart.font.size, chart.font.color.rgb = LABEL, rgb(colours.text)
    chart.has_title = False
    _gaps_stay(chart)
    chart.has_legend = sketch.legend
    if sketch.legend:
        _legend(chart, sketch)
    return chart


# ------------------------------------------------------------------ categories


def _categories(shapes: Any, sketch: Sketch, place: Place, colours: Palette) -> Chart:
    used = [drawn for drawn in _ORDER if any(series.drawn == drawn for series in sketch.series)]
    if sketch.shape == "bars" and used != ["bar"]:
        raise ValueError("only bars can lie")
    data = category_data(number_format=sketch.number)
    data.categories = [legal(name) or " " for name in sketch.categories]
    for series in sketch.series:
        data.add_series(legal(series.name), series.values)
    chart: Chart = shapes.add_chart(_kind(used[0], sketch), *(Emu(side) for side in place), data).chart
    first = last = chart._chartSpace.plotArea.find(_tag(used[0]))
    axes = [element.get("val") for element in first.findall(qn("c:axId"))]
    for drawn in used:
        written = ChartXmlWriter(_kind(drawn, sketch), data).xml.encode()
        plot = first if drawn == used[0] else parse_xml(written).find(f".//{_tag(drawn)}")
        for at, element in enumerate(plot.findall(qn("c:ser"))):
            if sketch.series[at].drawn != drawn:
                plot.remove(element)
        if plot is not first:
            for element, id in zip(plot.findall(qn("c:axId")), axes, strict=True):
                element.set("val", id)
            last.addnext(plot)
            last = plot
    _name_axis(chart, sketch, colours)
    _value_axis(chart, sketch)
    for plot in chart.plots:
        if hasattr(plot, "gap_width"):
            plot.gap_width = WIDE if len(sketch.categories) <= FEW else GAP
            plot.overlap = 100 if sketch.stacked or sketch.overlaid else SHIFTED
        for drawn_series in plot.series:
            at = int(drawn_series._element.find(qn("c:idx")).get("val"))
            paint(drawn_series, sketch.series[at], sketch, colours)
    return chart


def _kind(drawn: Drawn, sketch: Sketch) -> Any:
    if drawn != "bar":
        return XL_CHART_TYPE.AREA_STACKED if drawn == "area" else XL_CHART_TYPE.LINE_MARKERS
    return {
        ("columns", False): XL_CHART_TYPE.COLUMN_CLUSTERED, ("columns", True): XL_CHART_TYPE.COLUMN_STACKED,
        ("bars", False): XL_CHART_TYPE.BAR_CLUSTERED, ("bars", True): XL_CHART_TYPE.BAR_STACKED,
    }[sketch.shape, sketch.stacked]  # fmt: skip


def _tag(drawn: Drawn) -> str:
    return qn({"area": "c:areaChart", "bar": "c:barChart", "line": "c:lineChart"}[drawn])


def _name_axis(chart: Chart, sketch: Sketch, colours: Palette) -> None:
    names = chart.category_axis
    names.has_major_gridlines = names.has_title = False
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.major_tick_mark = names.minor_tick_mark = XL_TICK_MARK.NONE
    names.format.line.color.rgb = rgb(colours.muted)
    names.tick_labels.font.size = LABEL
    names.tick_labels.font.color.rgb = rgb(colours.text if sketch.shape == "bars" else colours.muted)
    if sketch.shape == "bars":
        names.reverse_order = True
    elif (step := -(-len(sketch.categories) // MOST_NAMES)) > 1:
        skip = etree.Element(qn("c:tickLblSkip"))
        skip.set("val", str(step))
        names._element.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _value_axis(chart: Chart, sketch: Sketch) -> None:
    """Unseen, from zero (bars start there), with room for figures."""
    values = chart.value_axis
    values.visible = values.has_major_gridlines = False
    low, high = _span(sketch)
    room = ROOM * ((high - low) or 1.0)
    back = low < 0 and any(series.labels != () for series in sketch.series)
    values.minimum_scale, values.maximum_scale = (low - room if back else low), high + room


def _span(sketch: Sketch) -> tuple[float, float]:
    """The lowest and the highest end of anything drawn, zero included; stacks as the office programs add them up."""
    ends = [0.0]
    stacks = [[series for series in sketch.series if series.drawn == "area"]]
    stacks += [[series for series in sketch.series if series.drawn == "bar"]] if sketch.stacked else []
    for stack in stacks:
        for parts in zip(*(series.values for series in stack), strict=True):
            ends += [sum(part for part in parts if part and part > 0), sum(part for part in parts if part and part < 0)]
    for series in sketch.series:
        if not any(series is other for stack in stacks for other in stack):
            ends += [end for end in (*series.values, *series.low, *series.high) if end is not None]
    return min(ends), max(ends)


# ------------------------------------------------------------------ points


def _points(shapes: Any, sketch: Sketch, place: Place, colours: Palette) -> Chart:
    data = point_data(number_format=sketch.number)
    for series in sketch.series:
        own = data.add_series(legal(series.name))
        for x, y in zip(series.x, series.values, strict=True):
            own.add_data_point(x, y)
    chart: Chart = shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *(Emu(side) for side in place), data).chart
    for name, axis, words in zip("xy", (chart.category_axis, chart.value_axis), sketch.axes, strict=True):
        axis.has_major_gridlines = False
        axis.format.line.color.rgb = rgb(colours.hairline)
        shown = axis.tick_labels
        shown.font.size, shown.font.color.rgb = Pt(10), rgb(colours.muted)
        shown.number_format = (sketch.x_number if name == "x" else "") or sketch.number
        shown.number_format_is_linked = False
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        axis.has_title = bool(words)
        if words:
            run = axis.axis_title.text_frame.paragraphs[0].add_run()
            run.text, run.font.size, run.font.bold = legal(words), LABEL, False
        if sketch.log == name:
            base = etree.Element(qn("c:logBase"))
            base.set("val", "10")
            axis._element.find(qn("c:scaling")).insert(0, base)
    for series, drawn in zip(sketch.series, chart.plots[0].series, strict=True):
        paint(drawn, series, sketch, colours)
    return chart


# ------------------------------------------------------------------ the whole


def _gaps_stay(chart: Chart) -> None:
    """What is missing is a gap, or a line would drop to zero."""
    inner = chart._chartSpace.chart
    blanks = inner.find(qn("c:dispBlanksAs"))
    if blanks is None:
        blanks = etree.SubElement(inner, qn("c:dispBlanksAs"))
    blanks.set("val", "gap")


def _legend(chart: Chart, sketch: Sketch) -> None:
    """Each look once; nothing that is not seen."""
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.legend.font.size = Pt(10)
    drawn = [int(each._element.find(qn("c:idx")).get("val")) for plot in chart.plots for each in plot.series]
    for entry, at in reversed(list(enumerate(drawn))):
        series = sketch.series[at]
        again = any(sketch.series[other].name == series.name for other in drawn[:entry])
        if series.look == "hidden" or not series.name or again:
            element = etree.Element(qn("c:legendEntry"))
            etree.SubElement(element, qn("c:idx")).set("val", str(entry))
            etree.SubElement(element, qn("c:delete")).set("val", "1")
            chart.legend._element.find(qn("c:legendPos")).addnext(element)
