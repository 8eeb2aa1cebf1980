"""A sketch as a native PowerPoint chart: its numbers stay in the file, and whoever gets the deck can edit it.

python-pptx has no combined charts: the plots of the other kinds are written by it for the same data and moved into the
plot area of the first, on the same two axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lxml import etree
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from dashboard.charts.style import Palette
from dashboard.export.sketch import Drawn, Look, Series, Sketch

LABEL, ROOM = 11, 0.16  # pt of figures and names; share of the axis kept free for figures
MOST_NAMES = 14  # below columns; of more every second stands, or every third
_ORDER: tuple[Drawn, ...] = ("area", "bar", "line")  # what stands behind comes first
_MARKERS = {
    "circle": XL_MARKER_STYLE.CIRCLE, "triangle": XL_MARKER_STYLE.TRIANGLE, "diamond": XL_MARKER_STYLE.DIAMOND,
    "square": XL_MARKER_STYLE.SQUARE, "dash": XL_MARKER_STYLE.DASH,
}  # fmt: skip
_CARRIER = " "  # name of the unseen series that carries the figures at the ends of stacked bars


def legal(text: str) -> str:
    """Text without the characters that XML forbids: a name from data may hold any."""
    return "".join(char if char >= " " or char in "\t\n" else " " for char in text if char not in "\ufffe\uffff")


def rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#"))


def colour_of(look: Look, colours: Palette) -> str:
    """The colour of a look as #RRGGBB; bands as they look on white."""
    if look.startswith("aging_"):
        return colours.aging[int(look[-1])]
    pale = {"band_80": "#D1DCF3", "band_95": "#E6ECF9", "hidden": "#FFFFFF", "plan": colours.actual,
            "forecast": colours.actual, "neutral": colours.neutral}  # fmt: skip
    return pale.get(look) or str(getattr(colours, look))


def add_chart(shapes: Any, sketch: Sketch, box: tuple[int, int, int, int], colours: Palette) -> Chart:
    """Draw the sketch into the box (left, top, width, height in EMU). Raises ValueError for what cannot be drawn."""
    if sketch.shape == "points":
        chart = _points(shapes, sketch, box, colours)
    else:
        chart = _categories(shapes, _with_carrier(_labels_outside(sketch)), box, colours)
    chart.font.size, chart.font.color.rgb = Pt(LABEL), rgb(colours.text)
    chart.has_title = False
    _gaps(chart)
    if sketch.legend:
        _legend(chart, sketch)
    return chart


# ------------------------------------------------------------------ categories


def _categories(shapes: Any, sketch: Sketch, box: tuple[int, int, int, int], colours: Palette) -> Chart:
    used = [drawn for drawn in _ORDER if any(series.drawn == drawn for series in sketch.series)]
    if sketch.shape == "bars" and used != ["bar"]:
        raise ValueError("only bars can lie")
    data = CategoryChartData(number_format=sketch.number)
    data.categories = [legal(name) or " " for name in sketch.categories]
    for series in sketch.series:
        data.add_series(legal(series.name), series.values)
    kinds = {
        "area": XL_CHART_TYPE.AREA_STACKED, "line": XL_CHART_TYPE.LINE_MARKERS,
        "bar": {("columns", False): XL_CHART_TYPE.COLUMN_CLUSTERED, ("columns", True): XL_CHART_TYPE.COLUMN_STACKED,
                ("bars", False): XL_CHART_TYPE.BAR_CLUSTERED,
                ("bars", True): XL_CHART_TYPE.BAR_STACKED}[sketch.shape, sketch.stacked],
    }  # fmt: skip
    chart: Chart = shapes.add_chart(kinds[used[0]], *(Emu(side) for side in box), data).chart
    first = chart._chartSpace.plotArea.find(_plot_tag(used[0]))
    ids = [element.get("val") for element in first.findall(qn("c:axId"))]
    place = first
    for drawn in used:
        plot = first if drawn == used[0] else parse_xml(ChartXmlWriter(kinds[drawn], data).xml.encode()).find(
            f".//{_plot_tag(drawn)}")  # fmt: skip
        for at, element in enumerate(plot.findall(qn("c:ser"))):
            if sketch.series[at].drawn != drawn:
                plot.remove(element)
        if plot is not first:
            for element, id in zip(plot.findall(qn("c:axId")), ids, strict=True):
                element.set("val", id)
            place.addnext(plot)
            place = plot
    _axes(chart, sketch, colours)
    for plot in chart.plots:
        if hasattr(plot, "gap_width"):
            plot.gap_width = 45 if len(sketch.categories) > 4 else 120
            plot.overlap = 100 if sketch.stacked else 75
        for drawn_series in plot.series:
            _paint(drawn_series, sketch.series[_index(drawn_series)], sketch, colours)
    return chart


def _plot_tag(drawn: Drawn) -> str:
    return qn({"area": "c:areaChart", "bar": "c:barChart", "line": "c:lineChart"}[drawn])


def _index(drawn: Any) -> int:
    return int(drawn._element.find(qn("c:idx")).get("val"))


def _axes(chart: Chart, sketch: Sketch, colours: Palette) -> None:
    names, values = chart.category_axis, chart.value_axis
    values.visible = False
    values.has_major_gridlines = names.has_major_gridlines = False
    low, high = _span(sketch)
    values.minimum_scale, values.maximum_scale = low, high
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb = rgb(colours.muted)
    names.has_title = False
    names.tick_labels.font.size = Pt(LABEL)
    names.tick_labels.font.color.rgb = rgb(colours.text if sketch.shape == "bars" else colours.muted)
    names.major_tick_mark = names.minor_tick_mark = XL_TICK_MARK.NONE
    if sketch.shape == "bars":
        names.reverse_order = True
    elif (step := -(-len(sketch.categories) // MOST_NAMES)) > 1:
        skip = etree.Element(qn("c:tickLblSkip"))
        skip.set("val", str(step))
        names._element.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _span(sketch: Sketch) -> tuple[float, float]:
    """Ends of the value axis: from zero (bars start there), with room for figures."""
    tops, bottoms = [0.0], [0.0]
    bars = [series for series in sketch.series if series.drawn == "bar" and series.name != _CARRIER]
    stacks = [[series for series in sketch.series if series.drawn == "area"], bars if sketch.stacked else []]
    for stack in stacks:
        for at in range(len(sketch.categories) if stack else 0):
            parts = [series.values[at] or 0.0 for series in stack]
            tops.append(sum(part for part in parts if part > 0))
            bottoms.append(sum(part for part in parts if part < 0))
    for series in sketch.series:
        if series.name != _CARRIER and series not in stacks[0] and series not in stacks[1]:
            known = [v for v in (*series.values, *series.low, *series.high) if v is not None]
            tops.append(max(known, default=0.0))
            bottoms.append(min(known, default=0.0))
    high, low = max(tops), min(bottoms)
    room = ROOM * ((high - low) or 1.0)
    lying = sketch.shape == "bars"
    return (low - (room if low < 0 and not lying else 0.0)), high + room * (1.6 if lying else 1.0)


def _with_carrier(sketch: Sketch) -> Sketch:
    """Figures at the ends of stacked bars hang on an unseen last series: a stack has no outside end."""
    bars = [series for series in sketch.series if series.drawn == "bar"]
    if not sketch.stacked or not bars:
        return sketch
    words = []
    for at in range(len(sketch.categories)):
        there = [series.labels[at] for series in bars if series.labels and series.labels[at]]
        if len(there) > 1:
            return sketch  # figures within the parts
        words.append(there[0] if there else "")
    if not any(words):
        return sketch
    bare = tuple(replace(series, labels=()) if series.drawn == "bar" else series for series in sketch.series)
    low, high = _span(sketch)
    carrier = Series(_CARRIER, ((high - low) * ROOM,) * len(words), "hidden", labels=tuple(words))
    return replace(sketch, series=(*bare, carrier))


def _labels_outside(sketch: Sketch) -> Sketch:
    """Of bars that stand before each other, the longest carries the figure: it would cross the other's outline."""
    bars = [series for series in sketch.series if series.drawn == "bar"]
    told = [series for series in bars if series.labels is None or any(series.labels)]
    if sketch.stacked or len(bars) < 2 or len(told) != 1 or told[0].low:
        return sketch
    texts = told[0].labels or tuple("" if v is None else _text(v, sketch.number) for v in told[0].values)
    words: dict[str, list[str]] = {series.name: [""] * len(texts) for series in bars}
    for at, text in enumerate(texts):
        if text:
            longest = max(bars, key=lambda series: abs(series.values[at] or 0.0))
            words[longest.name][at] = text
    said = {name: tuple(own) for name, own in words.items()}
    moved = (replace(series, labels=said[series.name]) if series.drawn == "bar" else series for series in sketch.series)
    return replace(sketch, series=tuple(moved))


def _text(value: float, number: str) -> str:
    """A value in an Excel number format of the house: thousands by commas, fixed decimals, perhaps percent."""
    decimals = len(number.rpartition(".")[2].rstrip("%")) if "." in number else 0
    return f"{value:,.{decimals}%}" if number.endswith("%") else f"{value:,.{decimals}f}"


# ------------------------------------------------------------------ series


def _paint(drawn: Any, series: Series, sketch: Sketch, colours: Palette) -> None:
    if series.drawn == "line":
        _line(drawn, series, colours)
    else:
        _fill(drawn.format, series.look, colours)
        for at, look in enumerate(series.looks):
            if look != series.look and series.values[at] is not None:
                _fill(drawn.points[at].format, look, colours)
    if series.drawn == "bar":
        drawn.invert_if_negative = False
    if series.low:
        _whiskers(drawn._element, series, colours)
    _labels(drawn, series, sketch, colours)


def _fill(form: Any, look: Look, colours: Palette) -> None:
    ink = rgb(colour_of(look, colours))
    match look:
        case "hidden":
            form.fill.background()
            form.line.fill.background()
        case "plan":
            form.fill.background()
            form.line.color.rgb, form.line.width = ink, Pt(1.2)
        case "forecast":
            form.fill.patterned()
            form.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
            form.fill.fore_color.rgb, form.fill.back_color.rgb = ink, RGBColor(255, 255, 255)
            form.line.color.rgb, form.line.width = ink, Pt(1)
        case _:
            form.fill.solid()
            form.fill.fore_color.rgb = ink
            form.line.fill.background()


def _line(drawn: Any, series: Series, colours: Palette) -> None:
    ink = rgb(colour_of(series.look, colours))
    drawn.smooth = False
    if series.stroke == "none" or series.look == "hidden":
        drawn.format.line.fill.background()
    else:
        drawn.format.line.color.rgb, drawn.format.line.width = ink, Pt(2)
        drawn.format.line.dash_style = MSO_LINE.DASH if series.stroke == "dash" else MSO_LINE.SOLID
    marker = drawn.marker
    if not series.markers or series.look == "hidden":
        marker.style = XL_MARKER_STYLE.NONE
        return
    marker.style, marker.size = _MARKERS[series.markers], 9 if series.markers == "dash" else 7
    _mark(marker.format, "actual" if series.markers == "dash" else series.look, ink)
    for at, look in enumerate(series.looks):
        if look != series.look and series.values[at] is not None:
            own = drawn.points[at].marker
            own.style, own.size = _MARKERS[series.markers], 7
            _mark(own.format, look, rgb(colour_of(look, colours)))
            if series.stroke == "none":  # LibreOffice reads the colour of a point here
                _mark(drawn.points[at].format, look, rgb(colour_of(look, colours)))


def _mark(form: Any, look: Look, ink: RGBColor) -> None:
    form.fill.solid()
    form.fill.fore_color.rgb = RGBColor(255, 255, 255) if look in ("plan", "forecast", "neutral") else ink
    form.line.color.rgb = ink


def _labels(drawn: Any, series: Series, sketch: Sketch, colours: Palette) -> None:
    """Words at the values, or the values themselves; none where a series has none."""
    if series.labels == ():
        return
    if series.name == _CARRIER:
        position = XL_LABEL_POSITION.INSIDE_BASE
    elif series.drawn == "line":
        position = XL_LABEL_POSITION.RIGHT if sketch.shape == "points" else XL_LABEL_POSITION.ABOVE
    elif series.low:  # a whisker stands at the end
        position = XL_LABEL_POSITION.INSIDE_BASE
    else:
        position = XL_LABEL_POSITION.CENTER if sketch.stacked else XL_LABEL_POSITION.OUTSIDE_END
    ink = colours.background if series.low and series.look == "actual" and series.drawn == "bar" else colours.text
    if series.labels is None:
        shown = drawn.data_labels
        shown.show_value, shown.number_format, shown.number_format_is_linked = True, sketch.number, False
        shown.position = position
        shown.font.size, shown.font.color.rgb = Pt(LABEL), rgb(ink)
        return
    for at, text in enumerate(series.labels):
        if text and series.values[at] is not None:
            label = drawn.points[at].data_label
            label.position = position
            run = label.text_frame.paragraphs[0].add_run()
            run.text = legal(text)
            run.font.size, run.font.bold = Pt(LABEL), at in sketch.bold
            run.font.color.rgb = rgb(ink)


def _whiskers(element: Any, series: Series, colours: Palette) -> None:
    """Error bars from low to high, with their ends kept in the file."""
    ends = {
        "plus": [None if v is None or h is None else max(h - v, 0.0)
                 for v, h in zip(series.values, series.high, strict=True)],
        "minus": [None if v is None or low is None else max(v - low, 0.0)
                  for v, low in zip(series.values, series.low, strict=True)],
    }  # fmt: skip
    bars = etree.Element(qn("c:errBars"))
    if series.drawn == "line":
        etree.SubElement(bars, qn("c:errDir")).set("val", "y")
    etree.SubElement(bars, qn("c:errBarType")).set("val", "both")
    etree.SubElement(bars, qn("c:errValType")).set("val", "cust")
    etree.SubElement(bars, qn("c:noEndCap")).set("val", "1")
    for side, lengths in ends.items():
        literal = etree.SubElement(etree.SubElement(bars, qn(f"c:{side}")), qn("c:numLit"))
        etree.SubElement(literal, qn("c:formatCode")).text = "General"
        etree.SubElement(literal, qn("c:ptCount")).set("val", str(len(lengths)))
        for at, length in enumerate(lengths):
            if length is not None:
                point = etree.SubElement(literal, qn("c:pt"))
                point.set("idx", str(at))
                etree.SubElement(point, qn("c:v")).text = repr(float(length))
    ink = (colours.text if series.drawn == "bar" else colour_of(series.look, colours)).lstrip("#")
    bars.append(parse_xml(
        f'<c:spPr xmlns:c="{_C}" xmlns:a="{_A}"><a:ln w="22225"><a:solidFill><a:srgbClr val="{ink}"/></a:solidFill>'
        "</a:ln></c:spPr>"
    ))  # fmt: skip
    before = next(child for child in element if child.tag in (qn("c:cat"), qn("c:xVal"), qn("c:val"), qn("c:yVal")))
    before.addprevious(bars)


_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


# ------------------------------------------------------------------ points


def _points(shapes: Any, sketch: Sketch, box: tuple[int, int, int, int], colours: Palette) -> Chart:
    data = XyChartData(number_format=sketch.number)
    for series in sketch.series:
        own = data.add_series(legal(series.name))
        for x, y in zip(series.x, series.values, strict=True):
            own.add_data_point(x, y)
    chart: Chart = shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *(Emu(side) for side in box), data).chart
    for axis, words in zip((chart.category_axis, chart.value_axis), sketch.axes, strict=True):
        axis.has_major_gridlines = False
        axis.format.line.color.rgb = rgb(colours.hairline)
        axis.tick_labels.font.size, axis.tick_labels.font.color.rgb = Pt(LABEL - 1), rgb(colours.muted)
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = sketch.number, False
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        axis.has_title = bool(words)
        if words:
            run = axis.axis_title.text_frame.paragraphs[0].add_run()
            run.text, run.font.size, run.font.bold = words, Pt(LABEL), False
    for series, drawn in zip(sketch.series, chart.plots[0].series, strict=True):
        _paint(drawn, replace(series, drawn="line"), sketch, colours)
    return chart


# ------------------------------------------------------------------ the whole


def _gaps(chart: Chart) -> None:
    """What is missing is a gap, or a line would drop to zero."""
    inner = chart._chartSpace.chart
    for element in inner.findall(qn("c:dispBlanksAs")):
        element.set("val", "gap")
    if inner.find(qn("c:dispBlanksAs")) is None:
        gap = etree.SubElement(inner, qn("c:dispBlanksAs"))
        gap.set("val", "gap")


def _legend(chart: Chart, sketch: Sketch) -> None:
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.legend.font.size = Pt(LABEL - 1)
    unseen = [at for at, series in enumerate(sketch.series) if series.look == "hidden"]
    _without(chart.legend._element, [*unseen, *([len(sketch.series)] if _with_carrier(sketch) is not sketch else [])])


def _without(legend: Any, entries: Sequence[int]) -> None:
    """Leave out of the legend what is not seen in the chart."""
    position = legend.find(qn("c:legendPos"))
    for at in reversed(entries):
        entry = etree.Element(qn("c:legendEntry"))
        etree.SubElement(entry, qn("c:idx")).set("val", str(at))
        etree.SubElement(entry, qn("c:delete")).set("val", "1")
        position.addnext(entry)
