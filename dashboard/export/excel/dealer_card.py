"""The dealer card on one A4 sheet, upright: figures, the trend, what it buys and owes, visits, promotions, what stands
out and what was written."""

from __future__ import annotations

from typing import Any

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts import rows as words
from dashboard.export import native
from dashboard.export.desk import Desk
from dashboard.export.excel import chart
from dashboard.export.excel.book import Book, value
from dashboard.export.excel.sheet import cell_format
from dashboard.findings import Finding, actions, briefing
from dashboard.findings import dealer as findings
from dashboard.findings.kpis import versus
from dashboard.findings.names import name_of
from dashboard.i18n import _
from data.measures import measure

KPIS = ("net_sales", "target_to_date", "pace", "gross_margin_rate", "orders", "receivables", "overdue", "dso",
        "visit_coverage")  # fmt: skip
WIDE, NARROW, ACROSS = 27, 11.5, 9  # characters of the first column and of the others, columns of the sheet
ROWS, CHART_ROWS = 4, 15  # of a table on the card; that the trend takes
NAME = 26  # half-width characters of a name


def put(book: Book, desk: Desk, footer: str) -> tuple[str, str, str]:
    """Write the card of the scope's dealer; return its line of the contents."""
    answer, currency = desk.ask("dealers.card"), desk.currency
    sheet = book.sheet(_("Dealer card"))
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, ACROSS - 1, NARROW)
    title, below = findings.page_title(answer), findings.page_subtitle(answer)
    book.text(sheet, 0, 0, title, book.title())
    book.text(sheet, 1, 0, below, book.muted())
    book.text(sheet, 2, 0, findings.terms(answer), book.muted())
    row = _kpis(book, sheet, answer, 4)
    trend = briefing.trend(answer, currency, ahead=desk.ask("forecast.outlook"))
    row = _trend(book, sheet, trend, row + 1)
    row = _block(book, sheet, findings.owed(answer, currency), row + 1, findings.credit(answer))
    for finding in (findings.mix(answer), findings.products(answer, currency), findings.promotions(answer, currency),
                    findings.visits(answer), findings.shelf(answer), actions.about(answer)):  # fmt: skip
        row = _block(book, sheet, finding, row + 1)
    row = _notes(book, sheet, answer, row + 1)
    sheet.print_area(0, 0, row, ACROSS - 1)
    book.paper(sheet, footer, landscape=False)
    sheet.fit_to_pages(1, 1)
    return sheet.get_name(), title, below


def _head(book: Book, sheet: Any, row: int, labels: list[str]) -> None:
    for at in range(ACROSS):
        book.text(sheet, row, at, labels[at] if at < len(labels) else "", book.head())


def _kpis(book: Book, sheet: Any, answer: Answer, row: int) -> int:
    """The figures of the period beside those compared with; rates change by points."""
    _head(book, sheet, row, [_("Measure"), _("Value"), _("Compared"), _("Change"), _("Change %")])
    book.text(sheet, row, 5, versus(answer), book.head())
    for id in KPIS:
        kpi, meant = findings.kpi(answer, id), measure(id)
        row += 1
        book.text(sheet, row, 0, _(meant.label))
        number = book.format(num_format=book.number(meant.unit), align="right")
        signed = [("value", number), ("compared", number)]
        if meant.unit == "rate":
            apart = value(kpi["change"], "rate")
            book.text(sheet, row, 3, formats.MISSING if apart is None else formats.points(apart),
                      book.format(align="right"))  # fmt: skip
        else:
            signed += [("change", number), ("change_rate", book.format(num_format="+0.0%;-0.0%;0.0%", align="right"))]
        for at, (column, shown) in enumerate(signed, start=1):
            cell = value(kpi[column], "rate" if column == "change_rate" else meant.unit)
            if cell is not None:
                sheet.write_number(row, at, cell, shown)
    return row + 1


def _trend(book: Book, sheet: Any, finding: Finding, row: int) -> int:
    book.text(sheet, row, 0, finding.title, book.format(bold=True))
    book.text(sheet, row + 1, 0, finding.subtitle, book.muted())
    if drawn := native.sketch(finding):
        chart.put(book, sheet, drawn, row + 2, 0, size=(880, CHART_ROWS * 20), data=ACROSS + 1)
    return row + 2 + CHART_ROWS


def _block(book: Book, sheet: Any, finding: Finding, row: int, more: str = "") -> int:
    """A small table under its title; without rows the title alone. Returns the row below."""
    book.text(sheet, row, 0, finding.title, book.format(bold=True))
    book.text(sheet, row + 1, 0, " · ".join(filter(None, (finding.subtitle, more))), book.muted())
    shown = finding.table.head(ROWS)
    if shown.empty:
        return row + 2
    row += 2
    _head(book, sheet, row, [column.label for column in finding.columns])
    columns = [[value(raw, column.kind) for raw in shown.iloc[:, at]]
               for at, column in enumerate(finding.columns[:ACROSS])]  # fmt: skip
    for at, (column, cells) in enumerate(zip(finding.columns, columns, strict=False)):
        shape = cell_format(book, column.kind, cells)
        for down, cell in enumerate(cells, start=row + 1):
            if isinstance(cell, str):
                room = NAME if at == 0 else int(NARROW) * (3 if column.name in ("sentence", "reason") else 1)
                book.text(sheet, down, at, words.cut(cell, room) if at + 1 < len(columns) else cell, shape)
            elif cell is not None:
                sheet.write(down, at, cell, shape)
    return row + 1 + len(shown)


def _notes(book: Book, sheet: Any, answer: Answer, row: int) -> int:
    """What people wrote, newest first."""
    notes = answer.frames["notes"]
    if notes.empty:
        return row
    book.text(sheet, row, 0, _("Notes"), book.format(bold=True))
    for item in notes.head(ROWS).to_dict("records"):
        row += 1
        book.text(sheet, row, 0, f"{str(item['at'])[:10]} · {name_of(item, 'who')}", book.muted())
        book.text(sheet, row, 1, str(item["text"]))
    return row + 1
