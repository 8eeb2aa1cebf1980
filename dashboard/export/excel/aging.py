"""The aging form on A4, lying: the whole by days past due, and every debtor with the action taken beside it.

Cells hold amounts to the cent; the format shows thousands, as the form does.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.export.desk import Desk
from dashboard.export.excel.book import DAY, Book, headers, value
from dashboard.findings import aging_form
from dashboard.findings.receivables import heads
from dashboard.i18n import _

THOUSANDS = '#,##0,;"−"#,##0,'
SIGNED = '+#,##0,;"−"#,##0,;0'
TOP = 3  # row of the head of the form
FIRST = 3  # column of the first class, in both tables
ACTIONS = ("next_step", "owner", "due", "result")
COLUMN = 8.5  # characters of an amount in thousands


def put(book: Book, desk: Desk, footer: str) -> tuple[str, str, str]:
    """Write the form; return its line of the contents."""
    answer, currency = desk.ask("receivables.aging"), desk.currency
    whole, each = aging_form.form(answer, currency, full=True), aging_form.dealers(answer, currency, full=True)
    thousands = aging_form.form(answer, currency).subtitle
    sheet = book.sheet(_("Aging form"))
    book.text(sheet, 0, 0, whole.title, book.title())
    book.text(sheet, 1, 0, thousands, book.muted())
    below = _whole(book, sheet, whole.frame, answer.as_of, answer.values["last_month"])
    said = _("Credit balances and unapplied cash stand apart; they are not netted into the classes.")
    book.text(sheet, below, 0, said, book.muted())
    book.text(sheet, below + 2, 0, each.title, book.format(bold=True, font_size=12))
    head = below + 3
    last = _debtors(book, sheet, each.frame, answer.frames["aging"].iloc[-1], head)
    sheet.freeze_panes(head + 1, 2)
    sheet.repeat_rows(head)
    sheet.print_area(0, 0, last, FIRST + len(heads()) + len(ACTIONS) + 4)
    book.paper(sheet, footer)
    return sheet.get_name(), whole.title, thousands


def _whole(book: Book, sheet: Any, frame: pd.DataFrame, day: Any, before: Any) -> int:
    """The form: a row for the day, its share, last month and the change; a column a class. Returns the row below."""
    book.text(sheet, TOP, 0, _("Day"), book.head())
    for column in range(1, FIRST):
        book.text(sheet, TOP, column, "", book.head())
    for at, label in enumerate([*heads().values(), _("Credit"), _("Unapplied")], start=FIRST):
        book.text(sheet, TOP, at, label, book.head("right"))
    rows = ((formats.date(day), "now", THOUSANDS, True), (_("Of total"), "share", "0.0%", False),
            (formats.date(before), "before", THOUSANDS, False), (_("Change"), "change", SIGNED, False))  # fmt: skip
    for row, (label, name, number, bold) in enumerate(rows, start=TOP + 1):
        book.text(sheet, row, 0, label, book.format(bold=bold))
        shown = book.format(num_format=number, align="right", bold=bold)
        for at, amount in enumerate(frame[name], start=FIRST):
            cell = value(amount, "rate" if name == "share" else "money")
            if cell is not None:
                sheet.write_number(row, at, cell, shown)
    return TOP + 1 + len(rows)


def _debtors(book: Book, sheet: Any, frame: pd.DataFrame, total: pd.Series, top: int) -> int:
    """Every debtor, most overdue money first, and a row of totals. Returns the last row."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    classes = heads() | {"credit": _("Credit"), "unapplied": _("Unapplied")}
    columns: list[tuple[str, str, str, float]] = [
        ("dealer_id", _("Code"), "@", 9), ("name", _("Dealer"), "@", 22), ("region", _("Region"), "@", 10),
        *((id, label, THOUSANDS, COLUMN) for id, label in classes.items()),
        ("credit_limit", _("Limit"), THOUSANDS, COLUMN), ("payment_term_days", _("Term"), "0", 6),
        ("headroom", _("Headroom"), THOUSANDS, COLUMN),
        ("next_step", _("Next step"), "@", 24), ("owner", _("Owner"), "@", 12), ("due", _("Due"), DAY, 11),
        ("result", _("Result"), "@", 20),
    ]  # fmt: skip
    kinds = {THOUSANDS: "money", "0": "days"}
    body = [
        [value(raw, kinds.get(number)) for raw, (_id, _label, number, _wide) in zip(row, columns, strict=True)]  # type: ignore[arg-type]
        for row in frame[[id for id, *_rest in columns]].itertuples(index=False, name=None)
    ]
    summed = {*classes, "credit_limit", "headroom"}
    labels = headers([label for _id, label, *_rest in columns])
    last, specs = top + max(len(body), 1) + 1, list[dict[str, Any]]()
    for (id, _label, number, wide), label in zip(columns, labels, strict=True):
        figures = number not in ("@", DAY)
        shown = book.format(num_format=number, align="right" if figures else "left", text_wrap=not figures,
                            valign="top", bottom=4, bottom_color=book.palette.hairline)  # fmt: skip
        at = len(specs)
        specs.append({"header": label, "format": shown, "header_format": book.head("right" if figures else "left")})
        sheet.set_column(at, at, wide)
        bold = book.format(num_format=number, bold=True, top=1, align="right" if figures else "left")
        if id in summed and id in total.index:  # of the rows that a filter leaves
            cells = f"{xl_rowcol_to_cell(top + 1, at)}:{xl_rowcol_to_cell(last - 1, at)}"
            sheet.write_formula(last, at, f"=SUBTOTAL(109,{cells})", bold, value(total[id], "money") or 0)
        else:
            book.text(sheet, last, at, _("Total") if id == "name" else "", bold)
    sheet.add_table(top, 0, last - 1, len(columns) - 1, {
        "name": book.table_name(), "style": None, "data": body, "columns": specs, "autofilter": False,
    })  # fmt: skip
    bad = book.file.add_format({"font_color": book.palette.bad_word})
    room = [id for id, *_rest in columns].index("headroom")
    sheet.conditional_format(top + 1, room, last - 1, room,
                             {"type": "cell", "criteria": "<", "value": 0, "format": bad})  # fmt: skip
    return last
