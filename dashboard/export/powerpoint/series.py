"""How one series looks in a native PowerPoint chart: fill, line, marks, whiskers, words."""

from __future__ import annotations

from typing import Any

from lxml import etree
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from dashboard.charts.style import Palette
from dashboard.export.inks import OUTLINE, ink
from dashboard.export.sketch import Look, Series, Sketch

LABEL = Pt(11)
_LINE, _MARK = Pt(2), 7
_MARKERS = {
    "circle": XL_MARKER_STYLE.CIRCLE, "triangle": XL_MARKER_STYLE.TRIANGLE, "diamond": XL_MARKER_STYLE.DIAMOND,
    "square": XL_MARKER_STYLE.SQUARE, "dash": XL_MARKER_STYLE.DASH,
}  # fmt: skip


def legal(text: str) -> str:
    """Text without the characters that XML forbids: a name from data may hold any."""
    return "".join(char if char >= " " or char in "\t\n" else " " for char in text if char not in "\ufffe\uffff")


def rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#"))


def is_bar(series: Series, sketch: Sketch) -> bool:
    return sketch.shape != "points" and series.drawn == "bar"


def paint(drawn: Any, series: Series, sketch: Sketch, colours: Palette) -> None:
    """Give a series of python-pptx the look, the whiskers and the words of the sketch."""
    if is_bar(series, sketch) or (series.drawn == "area" and sketch.shape != "points"):
        _fill(drawn.format, series.look, colours)
        for at, look in enumerate(series.looks):
            if look != series.look and series.values[at] is not None:
                _fill(drawn.points[at].format, look, colours)
    else:
        _line(drawn, series, colours)
    if is_bar(series, sketch):
        drawn.invert_if_negative = False
    if series.low:
        _whiskers(drawn._element, series, sketch, colours)
    _words(drawn, series, sketch, colours)


def _fill(form: Any, look: Look, colours: Palette) -> None:
    own = ink(look, colours)
    if own.hatched:
        form.fill.patterned()
        form.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        form.fill.fore_color.rgb, form.fill.back_color.rgb = rgb(own.colour), rgb(own.fill)
    elif own.fill:
        form.fill.solid()
        form.fill.fore_color.rgb = _on_white(own.fill, own.opacity)
    else:
        form.fill.background()
    if own.outline:
        form.line.color.rgb, form.line.width = rgb(own.colour), Pt(OUTLINE)
    else:
        form.line.fill.background()


def _on_white(colour: str, opacity: float) -> RGBColor:
    """The colour as it looks on the white page: not every program knows see-through areas."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return RGBColor(*(round(255 - (255 - part) * opacity) for part in parts))


def _line(drawn: Any, series: Series, colours: Palette) -> None:
    drawn.smooth = False
    if series.look == "hidden":
        drawn.format.line.fill.background()
        drawn.marker.style = XL_MARKER_STYLE.NONE
        return
    if series.stroke == "none":
        drawn.format.line.fill.background()
    else:
        drawn.format.line.color.rgb, drawn.format.line.width = rgb(ink(series.look, colours).colour), _LINE
        drawn.format.line.dash_style = MSO_LINE.DASH if series.stroke == "dash" else MSO_LINE.SOLID
    if not series.markers:
        drawn.marker.style = XL_MARKER_STYLE.NONE
        return
    _mark(drawn.marker, series, series.look, colours)
    for at, look in enumerate(series.looks):
        if look != series.look and series.values[at] is not None:
            _mark(drawn.points[at].marker, series, look, colours)
            if series.stroke == "none":  # LibreOffice reads the colour of a point here
                drawn.points[at].format.fill.solid()
                drawn.points[at].format.fill.fore_color.rgb = rgb(ink(look, colours).colour)


def _mark(marker: Any, series: Series, look: Look, colours: Palette) -> None:
    """Open where nothing was found (neutral) or where it is a plan, as on the pages."""
    colour = rgb(ink(look, colours).colour)
    marker.style, marker.size = _MARKERS[series.markers], _MARK + 2 if series.markers == "dash" else _MARK
    marker.format.fill.solid()
    open_ = look in ("plan", "neutral") and series.markers != "dash"
    marker.format.fill.fore_color.rgb = rgb(colours.background) if open_ else colour
    marker.format.line.color.rgb = colour


def _words(drawn: Any, series: Series, sketch: Sketch, colours: Palette) -> None:
    """Words at the values, or the values themselves; none where a series has none."""
    if series.labels == () or not any(value is not None for value in series.values):
        return
    place = _place(series, sketch)
    if series.labels is None:
        shown = drawn.data_labels
        shown.show_value, shown.number_format, shown.number_format_is_linked = True, sketch.number, False
        shown.position = place
        shown.font.size, shown.font.color.rgb = LABEL, rgb(colours.text)
        return
    for at, text in enumerate(series.labels):
        if text and series.values[at] is not None:
            label = drawn.points[at].data_label
            label.position = place
            for row, words in enumerate(text.split("\n")):
                frame = label.text_frame
                run = (frame.paragraphs[0] if row == 0 else frame.add_paragraph()).add_run()
                run.text = legal(words)
                run.font.size, run.font.bold = LABEL, at in sketch.bold
                run.font.color.rgb = rgb(colours.text)


def _place(series: Series, sketch: Sketch) -> Any:
    if is_bar(series, sketch):
        if not sketch.stacked:
            return XL_LABEL_POSITION.OUTSIDE_END
        return XL_LABEL_POSITION.INSIDE_BASE if series.look == "hidden" else XL_LABEL_POSITION.CENTER
    if sketch.shape == "points":
        return XL_LABEL_POSITION.RIGHT
    below = max(value or 0.0 for value in series.values) <= 0
    return XL_LABEL_POSITION.BELOW if below else XL_LABEL_POSITION.ABOVE


def _whiskers(element: Any, series: Series, sketch: Sketch, colours: Palette) -> None:
    """Error bars from low to high, with their ends kept in the file."""
    below, above = sketch.whiskers(series)
    bars = etree.Element(qn("c:errBars"))
    if not is_bar(series, sketch):
        etree.SubElement(bars, qn("c:errDir")).set("val", "y")
    for name, value in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "1")):
        etree.SubElement(bars, qn(f"c:{name}")).set("val", value)
    for side, lengths in (("plus", above), ("minus", below)):
        literal = etree.SubElement(etree.SubElement(bars, qn(f"c:{side}")), qn("c:numLit"))
        etree.SubElement(literal, qn("c:formatCode")).text = "General"
        etree.SubElement(literal, qn("c:ptCount")).set("val", str(len(lengths)))
        for at, length in enumerate(lengths):
            point = etree.SubElement(literal, qn("c:pt"))
            point.set("idx", str(at))
            etree.SubElement(point, qn("c:v")).text = repr(float(length))
    colour = (colours.text if is_bar(series, sketch) else ink(series.look, colours).colour).lstrip("#")
    bars.append(parse_xml(
        f'<c:spPr {nsdecls("c", "a")}><a:ln w="19050"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln>'
        "</c:spPr>"
    ))  # fmt: skip
    names = {qn(f"c:{name}") for name in ("cat", "xVal", "val", "yVal")}
    next(child for child in element if child.tag in names).addprevious(bars)
