"""A deck as PowerPoint: one finding a slide, native charts and tables, under the company's template if there is one."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from dashboard.charts.rows import width as letters
from dashboard.charts.style import Style
from dashboard.export import cells
from dashboard.export.deck import Deck, Item, Progress, Slide
from dashboard.export.native import sketch
from dashboard.export.powerpoint.chart import add_chart
from dashboard.export.powerpoint.series import legal, rgb
from dashboard.findings import Finding
from dashboard.findings.kpis import Kpi, Line
from dashboard.findings.model import subtitle
from dashboard.i18n import _, ngettext

ROWS, ITEMS, COLUMNS = 12, 7, 8  # most of a table and of a list that a slide can hold
NARROWEST, WIDEST = 9, 36  # letters of a column
TITLE, SUBTITLE, BODY, SMALL, FIGURE, CELL = Pt(24), Pt(13), Pt(12), Pt(9), Pt(24), Pt(11)
MARGIN, ROW = Inches(0.55), Inches(0.36)


class TemplateError(ValueError):
    """The company's template cannot be used. The message names the file."""


@dataclass(frozen=True)
class Box:
    """A part of a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    @property
    def sides(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.width, self.height

    def above(self, height: int) -> tuple[Box, Box]:
        """The part of that height at the top, and what is left below."""
        return Box(self.left, self.top, self.width, height), Box(
            self.left, self.top + height, self.width, self.height - height)  # fmt: skip

    def beside(self, share: float, gap: int = Inches(0.3)) -> tuple[Box, Box]:
        """The left part of that share, and the right one."""
        left = int((self.width - gap) * share)
        return Box(self.left, self.top, left, self.height), Box(
            self.left + left + gap, self.top, self.width - left - gap, self.height)  # fmt: skip


def pptx(deck: Deck, style: Style, *, template: Path | None = None, progress: Progress | None = None) -> bytes:
    """The file. Raises TemplateError; what `progress` raises stops the work."""
    show = _opened(template)
    layout = _layout(show)
    for at, page in enumerate(deck.slides):
        if progress:
            progress(page.title, at, len(deck.slides))
        _Writer(show, layout, style, own=template is None).write(page)
    if progress:
        progress(deck.title, len(deck.slides), len(deck.slides))
    show.core_properties.title = deck.title
    show.core_properties.author = show.core_properties.last_modified_by = ""
    file = io.BytesIO()
    show.save(file)
    return file.getvalue()


def _opened(template: Path | None) -> Any:
    if template is None:
        show = Presentation()
        show.slide_width, show.slide_height = Inches(13.333), Inches(7.5)
        return show
    try:
        show = Presentation(str(template))
    except Exception as error:  # whatever a broken file makes the library raise
        raise TemplateError(_("{file}: cannot be opened as a .pptx template", file=template.name)) from error
    pages = show.slides._sldIdLst
    for page in list(pages):  # a template's example slides
        show.part.drop_rel(page.rId)
        pages.remove(page)
    return show


def _layout(show: Any) -> Any:
    """The layout with a title and little else: "title only" in whatever language the template is."""
    titled = [layout for layout in show.slide_layouts if any(_is_title(shape) for shape in layout.placeholders)]

    def others(layout: Any) -> int:
        return sum(not _is_title(shape) and shape.placeholder_format.idx < 10 for shape in layout.placeholders)

    return min(titled or show.slide_layouts, key=others)


def _is_title(shape: Any) -> bool:
    return shape.placeholder_format.type in (1, 3)  # title, centred title


class _Writer:
    """Writes one slide."""

    def __init__(self, show: Any, layout: Any, style: Style, *, own: bool) -> None:
        """own: on our plain page, where the place of the title is ours to choose."""
        self.slide, self.colours, self.style = show.slides.add_slide(layout), style.palette, style
        self.shapes, self.own = self.slide.shapes, own
        self.page = Box(MARGIN, 0, show.slide_width - 2 * MARGIN, show.slide_height)

    def write(self, page: Slide) -> None:
        body = self._head(page)
        self._words(Box(body.left, self.page.height - Inches(0.42), body.width, Inches(0.3)),
                    page.footer, SMALL, self.colours.muted)  # fmt: skip
        if page.note:
            rest = body.height - Inches(0.4)
            body, below = body.above(rest)
            self._words(below, page.note, BODY, self.colours.text)
        if page.kpis:
            row, body = body.above(Inches(1.3))
            self._kpis(page.kpis, row)
        if page.missing:
            self._words(body, page.missing, Pt(16), self.colours.muted, middle=True)
            return
        if page.finding and page.items:
            left, right = body.beside(0.56)
            self._finding(page.finding, left)
            self._items(page.items, right)
        elif page.finding:
            self._finding(page.finding, body)
        elif page.items:
            self._items(page.items, body)

    def _head(self, page: Slide) -> Box:
        """Title and subtitle; returns the room below them."""
        title = self.shapes.title
        if title is None or self.own:
            place = Box(self.page.left, Inches(0.35), self.page.width, Inches(0.85))
            if title is None:
                title = self.shapes.add_textbox(*place.sides)
            else:
                title.left, title.top, title.width, title.height = (Emu(side) for side in place.sides)
            frame = title.text_frame
            frame.word_wrap = True
            frame.margin_left = frame.margin_right = 0
            frame.vertical_anchor = MSO_ANCHOR.BOTTOM
            self._write(frame.paragraphs[0], page.title, TITLE, self.colours.text, bold=True)
            frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        else:
            title.text_frame.text = legal(page.title)
        for shape in list(self.slide.placeholders):  # an empty one says "click to add text"
            if not _is_title(shape) and shape.placeholder_format.type not in (13, 15, 16):
                shape._element.getparent().remove(shape._element)
        below = title.top + title.height
        line = Box(self.page.left, below, self.page.width, Inches(0.34))
        self._words(line, page.subtitle, SUBTITLE, self.colours.muted)
        top = line.top + line.height + Inches(0.1)
        return Box(self.page.left, top, self.page.width, self.page.height - top - Inches(0.5))

    # ------------------------------------------------------------------ parts

    def _finding(self, finding: Finding, box: Box) -> None:
        """The chart, else the table."""
        drawn = sketch(finding)
        if drawn is None:
            self._table(finding, box)
            return
        note = subtitle(finding.note(self.style) if finding.note else "", drawn.note)
        if note:
            box, line = box.above(box.height - Inches(0.5))
            self._words(line, note, Pt(10), self.colours.muted)
        add_chart(self.shapes, drawn, box.sides, self.colours)
        self.shapes[-1]._element.nvGraphicFramePr.cNvPr.set("descr", legal(f"{finding.title}. {finding.subtitle}"))

    def _table(self, finding: Finding, box: Box) -> None:
        columns = finding.columns[:COLUMNS]
        rows = cells.rows(finding, ROWS)
        heads = [column.label for column in columns]
        table = self._grid(len(rows) + 1, len(columns), box)
        widths = [max(letters(text) for text in (heads[at], *(row[at] for row in rows))) for at in range(len(columns))]
        widths = [min(max(width + 2, NARROWEST), WIDEST) for width in widths]
        for at, width in enumerate(widths):
            table.columns[at].width = Emu(int(box.width * width / sum(widths)))
        for at, (column, head) in enumerate(zip(columns, heads, strict=True)):
            self._cell(table.cell(0, at), head, right=column.kind is not None, head=True)
            for line, row in enumerate(rows, start=1):
                self._cell(table.cell(line, at), row[at], right=column.kind is not None)
        if rest := len(finding.frame) - len(rows):
            below = Box(box.left, self.page.height - Inches(0.75), box.width, Inches(0.3))
            self._words(below, ngettext("{n} more row in the workbook", "{n} more rows in the workbook", rest),
                        Pt(10), self.colours.muted)  # fmt: skip

    def _grid(self, rows: int, columns: int, box: Box, row: int = ROW) -> Any:
        """row: height that a row needs; not every program lets a row grow with its words."""
        height = min(box.height, row * rows)
        frame = self.shapes.add_table(rows, columns, *Box(box.left, box.top, box.width, height).sides)
        table = frame.table
        style = frame._element.graphic.graphicData.tbl.tblPr
        style.set("bandRow", "0")
        style.set("firstRow", "0")
        return table

    def _cell(self, cell: Any, text: str, *, right: bool, head: bool = False, size: Any = CELL) -> None:
        cell.fill.solid()
        cell.fill.fore_color.rgb = rgb(self.colours.soft if head else self.colours.background)
        cell.margin_top = cell.margin_bottom = Inches(0.03)
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        line = cell.text_frame.paragraphs[0]
        line.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        self._write(line, text, size, self.colours.muted if head else self.colours.text)

    def _items(self, items: tuple[Item, ...], box: Box) -> None:
        shown = items[:ITEMS]
        size = Pt(14) if box.width > self.page.width * 0.8 else Pt(11)
        table = self._grid(len(shown), 2, box, row=Inches(0.62) if size > CELL else Inches(0.78))
        table.columns[0].width, table.columns[1].width = Emu(int(box.width * 0.74)), Emu(int(box.width * 0.26))
        for row, item in enumerate(shown):
            left, right = table.cell(row, 0), table.cell(row, 1)
            self._cell(left, f"{row + 1}  {item.text}", right=False, size=size)
            self._cell(right, item.money, right=True, size=size)
            right.text_frame.paragraphs[0].runs[0].font.bold = True
            for cell, text, side in ((left, item.reason, PP_ALIGN.LEFT), (right, item.owner, PP_ALIGN.RIGHT)):
                if text:
                    line = cell.text_frame.add_paragraph()
                    line.alignment = side
                    self._write(line, text, size - Pt(2), self.colours.muted)

    def _kpis(self, kpis: tuple[Kpi, ...], box: Box) -> None:
        width = box.width // len(kpis)
        for at, kpi in enumerate(kpis):
            tile = self.shapes.add_textbox(Emu(box.left + at * width), Emu(box.top), Emu(width), Emu(box.height))
            frame = tile.text_frame
            frame.word_wrap = True
            frame.margin_left = 0
            self._write(frame.paragraphs[0], kpi.label, Pt(11), self.colours.muted)
            self._write(frame.add_paragraph(), kpi.value, FIGURE, self.colours.text, bold=True)
            for line in kpi.lines[:2]:
                words = frame.add_paragraph()
                if line.value:
                    self._write(words, f"{line.mark} {line.value} ", Pt(10), self._ink(line))
                self._write(words, line.words, Pt(10), self.colours.muted)

    def _ink(self, line: Line) -> str:
        return self.style.verdict(line.change, line.direction).word if line.mark != "■" else self.colours.muted

    def _words(self, box: Box, text: str, size: Any, colour: str, *, middle: bool = False) -> None:
        shape = self.shapes.add_textbox(*(Emu(side) for side in box.sides))
        frame = shape.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = 0
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
        self._write(frame.paragraphs[0], text, size, colour)
        frame.paragraphs[0].alignment = PP_ALIGN.CENTER if middle else PP_ALIGN.LEFT

    def _write(self, line: Any, text: str, size: Any, colour: str, *, bold: bool = False) -> None:
        run = line.add_run()
        run.text = legal(text)
        run.font.size, run.font.bold = size, bold
        run.font.color.rgb = rgb(colour)
