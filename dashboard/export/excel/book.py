"""A workbook while it is written: formats, names that Excel accepts, text that no spreadsheet executes."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from typing import Any

import pandas as pd

from analytics.questions.answer import cents
from dashboard.charts.style import Palette, Style
from dashboard.i18n import _, language
from data.measures import Unit

LONGEST_NAME = 31  # UTF-16 units of a sheet's name
LONGEST_TEXT = 32_767  # characters of a cell
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
FONTS = {"en": "Calibri", "zh": "Microsoft YaHei"}
FORMATS: dict[Unit | None, str] = {
    "money": "#,##0.00", "rate": "0.0%", "count": "#,##0", "quantity": "#,##0.##", "days": "0.0", "price": "#,##0.00",
    None: "General",
}  # fmt: skip
DAY = "yyyy-mm-dd"
A4 = 9  # Excel's number of the paper


class Book:
    """One xlsx file in memory, in the reader's language."""

    def __init__(self, style: Style | None = None, *, money: str = FORMATS["money"]) -> None:
        """money: the number format of amounts, in the decimals of the currency."""
        import xlsxwriter

        self._buffer = io.BytesIO()
        self.file: Any = xlsxwriter.Workbook(self._buffer, {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "remove_timezone": True,
        })  # fmt: skip
        self.style = style or Style(lang=language())
        self.money = money
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._names: set[str] = set()
        self._tables = 0

    @property
    def palette(self) -> Palette:
        return self.style.palette

    def format(self, **properties: Any) -> Any:
        """A cell format, made once; font and size are those of the book."""
        wanted = {"font_name": FONTS[language()], "font_size": 10, "font_color": self.palette.text, **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format(wanted)
        return self._formats[key]

    def number(self, kind: Unit | None) -> str:
        return self.money if kind == "money" else FORMATS[kind]

    def title(self) -> Any:
        return self.format(bold=True, font_size=14)

    def muted(self) -> Any:
        return self.format(font_color=self.palette.muted)

    def head(self, align: str = "left") -> Any:
        """The head of a column."""
        side = {"align": align} | ({"indent": 1} if align == "left" else {})
        return self.format(**side, bold=True, bg_color=self.palette.soft, font_color=self.palette.muted, text_wrap=True,
                           valign="vcenter", bottom=1, bottom_color=self.palette.hairline)  # fmt: skip

    def sheet(self, name: str) -> Any:
        """A new sheet under a name that is valid and no other's."""
        sheet = self.file.add_worksheet(self.sheet_name(name))
        sheet.hide_gridlines(2)
        return sheet

    def sheet_name(self, wanted: str) -> str:
        """At most 31 UTF-16 units, nothing that Excel refuses, no apostrophe, unlike any name before in any case."""
        clean = _NOT_IN_NAMES.sub(" ", wanted).replace("'", "’").strip() or _("Table")
        name, number = fit(clean, LONGEST_NAME), 2
        while name.casefold() in self._names or name.casefold() == "history":
            tail = f" ({number})"
            name, number = fit(clean, LONGEST_NAME - len(tail)) + tail, number + 1
        self._names.add(name.casefold())
        return name

    def table_name(self) -> str:
        self._tables += 1
        return f"table_{self._tables}"

    def text(self, sheet: Any, row: int, column: int, words: str, cell_format: Any = None) -> None:
        """Text that stays text."""
        sheet.write_string(row, column, words[:LONGEST_TEXT], cell_format or self.format())

    def paper(self, sheet: Any, footer: str, *, landscape: bool = True) -> None:
        """A4, as wide as the page, footer with scope and page number."""
        sheet.set_paper(A4)
        (sheet.set_landscape if landscape else sheet.set_portrait)()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        sheet.set_footer(f"&L&8{fit(footer.replace('&', '&&'), 200)}&R&8&P / &N")

    def close(self) -> bytes:
        self.file.close()
        return self._buffer.getvalue()


def fit(text: str, limit: int) -> str:
    """A text of at most so many UTF-16 units."""
    if len(text.encode("utf-16-le")) <= 2 * limit:
        return text
    while len(text.encode("utf-16-le")) > 2 * (limit - 1):
        text = text[:-1]
    return text.rstrip() + "…"


def value(raw: Any, kind: Unit | None = None) -> Any:
    """A cell: what is missing or infinite is empty, numpy scalars are plain, money is to the cent, days stay days."""
    if raw is None or raw is pd.NaT or raw is pd.NA or (isinstance(raw, float) and not math.isfinite(raw)):
        return None
    if isinstance(raw, dt.datetime):
        return dt.datetime(raw.year, raw.month, raw.day, raw.hour, raw.minute, raw.second)
    if isinstance(raw, dt.date):
        return raw
    plain = raw.item() if hasattr(raw, "item") else raw
    if isinstance(plain, bool):
        return _("yes") if plain else _("no")
    if kind and not isinstance(plain, str):
        return cents(float(plain)) if kind == "money" else plain
    return plain if isinstance(plain, int | float) else str(plain)[:LONGEST_TEXT]


def headers(labels: list[str]) -> list[str]:
    """Heads of a table, each different from the others in any case, none empty."""
    taken: set[str] = set()
    unique = []
    for label in labels:
        label = label.strip() or "–"
        name, number = label, 2
        while name.casefold() in taken:
            name, number = f"{label} ({number})", number + 1
        taken.add(name.casefold())
        unique.append(name)
    return unique
