"""The table behind a chart as a file: xlsx with a real table and number formats, csv that no spreadsheet executes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from typing import Any

from analytics.questions.answer import cents
from dashboard.findings import Finding
from dashboard.i18n import _
from data.measures import BY_ID, Unit

_FORMATS: dict[Unit | None, str] = {
    "money": "#,##0.00", "rate": "0.0%", "count": "#,##0", "quantity": "#,##0.##", "days": "0.0", "price": "0.00",
    None: "@",
}  # fmt: skip
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _value(value: Any, kind: Unit | None = None) -> Any:
    """A cell: NaN and NaT are empty, numpy scalars plain, money to the cent."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    plain = value.item() if hasattr(value, "item") else value
    return cents(plain) if kind == "money" and isinstance(plain, float) else plain


def _rows(finding: Finding) -> list[list[Any]]:
    kinds = [column.kind for column in finding.columns]
    return [
        [_value(value, kind) for value, kind in zip(row, kinds, strict=True)]
        for row in finding.table.itertuples(index=False, name=None)
    ]


def xlsx(finding: Finding) -> bytes:
    """A workbook: the table under its title and subtitle, and the definitions of its measures on a second sheet."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, muted = book.add_format({"bold": True, "font_size": 14}), book.add_format({"font_color": "#5A6676"})
    sheet = book.add_worksheet(_("Table"))
    sheet.write_string(0, 0, finding.title, bold)
    sheet.write_string(1, 0, finding.subtitle, muted)
    rows = _rows(finding)
    columns = [
        {"header": column.label, "format": book.add_format({"num_format": _FORMATS[column.kind]})}
        for column in finding.columns
    ]
    sheet.add_table(
        3, 0, 3 + max(len(rows), 1), len(columns) - 1, {"data": rows, "columns": columns, "name": "finding"}
    )
    sheet.freeze_panes(4, 1)
    for index, column in enumerate(finding.columns):
        longest = max([len(column.label), *(len(str(row[index] or "")) for row in rows[:200])])
        sheet.set_column(index, index, min(max(longest + 3, 12), 50))
    meaning = book.add_worksheet(_("Definitions"))
    meaning.write_row(0, 0, [_("Measure"), _("Formula"), _("Unit"), _("Source")], bold)
    for index, id in enumerate(finding.definitions, start=1):
        measure = BY_ID[id]
        for place, text in enumerate((_(measure.label), _(measure.formula), measure.unit, _(measure.origin))):
            meaning.write_string(index, place, text)
    meaning.set_column(0, 3, 40)
    book.close()
    return buffer.getvalue()


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_STARTS_FORMULA):
        return "'" + value
    return value


def safe_csv(finding: Finding) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([safe_cell(column.label) for column in finding.columns])
    for row in _rows(finding):
        writer.writerow(["" if value is None else safe_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")
