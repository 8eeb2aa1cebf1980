"""A finding as a sheet: title, subtitle, a real table, and its chart beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard.charts import rows as words
from dashboard.export.excel import chart
from dashboard.export.excel.book import DAY, Book, headers, value
from dashboard.export.native import sketch
from dashboard.findings import Finding
from dashboard.i18n import _, language
from data.measures import Unit

TOP = 3  # row of the head of the table
NARROW, WIDE, SAMPLE = 9, 48, 300  # characters of a column; rows that are measured
PRINTED = 150  # characters of a table beside which its chart is printed, too


def put(book: Book, name: str, finding: Finding, footer: str, note: str = "", *, within: bool = True) -> Any:
    """Write the sheet and return it. within: the book has contents to go back to."""
    sheet = book.sheet(name)
    book.text(sheet, 0, 0, finding.title, book.title())
    book.text(sheet, 1, 0, finding.subtitle, book.muted())
    drawn = sketch(finding)
    said = [note, drawn.note if drawn else "", finding.note(book.style) if finding.note else ""]
    book.text(sheet, 2, 0, (" " if language() == "en" else "").join(filter(None, map(plain, said))), book.muted())
    across, wide = table(book, sheet, finding, TOP)
    last = TOP + max(len(finding.frame), 1)
    if drawn:
        data = chart.put(book, sheet, drawn, TOP, across + 1)
        edge = data - 2 if wide <= PRINTED else across - 1  # beside a very wide table nothing could be read
        sheet.print_area(0, 0, max(last, TOP + 22), edge)
    sheet.freeze_panes(TOP + 1, 1 if across else 0)
    sheet.repeat_rows(0, TOP)
    book.paper(sheet, footer)
    return sheet


def plain(text: str) -> str:
    """A note without the marks of a page."""
    return text.replace("<br>", " ").replace("**", "")


def table(book: Book, sheet: Any, finding: Finding, top: int) -> tuple[int, float]:
    """Write the table of a finding below its head at row `top`; return how many columns it has, and how many
    characters they are wide."""
    if not finding.columns:
        book.text(sheet, top, 0, _("There are no rows for these filters."), book.muted())
        return 1, NARROW
    kinds = [column.kind for column in finding.columns]
    body = [[value(raw, kind) for raw, kind in zip(row, kinds, strict=True)]
            for row in finding.table.itertuples(index=False, name=None)]  # fmt: skip
    labels = headers([column.label for column in finding.columns])
    formats = [cell_format(book, kind, [row[at] for row in body]) for at, kind in enumerate(kinds)]
    sheet.add_table(top, 0, top + max(len(body), 1), len(labels) - 1, {
        "name": book.table_name(), "style": None, "data": body, "columns": [
            {"header": label, "format": form, "header_format": book.head("right" if kind else "left")}
            for label, form, kind in zip(labels, formats, kinds, strict=True)
        ],
    })  # fmt: skip
    widths = [width(label, kind, [row[at] for row in body[:SAMPLE]])
              for at, (label, kind) in enumerate(zip(labels, kinds, strict=True))]  # fmt: skip
    for at, wide in enumerate(widths):
        sheet.set_column(at, at, wide)
    return len(labels), sum(widths)


def cell_format(book: Book, kind: Unit | None, cells: list[Any]) -> Any:
    """The format of a column: figures at the right, days as days, words at the left."""
    if kind:
        return book.format(num_format=book.number(kind), align="right")
    if any(isinstance(cell, dt.date) for cell in cells):
        return book.format(num_format=DAY, align="left", indent=1)
    return book.format(align="left", indent=1)


def width(label: str, kind: Unit | None, cells: list[Any]) -> float:
    """Characters of a column; Chinese ones take two."""
    if kind == "money":
        longest = max([0, *(len(f"{cell:,.2f}") for cell in cells if isinstance(cell, int | float))])
    else:
        longest = max([0, *(words.width(str(cell)) for cell in cells if isinstance(cell, str))])
    return min(max(words.width(label) + 3, longest + 2, NARROW), WIDE)
