"""What the importer says, in the reader's language: kinds of fault with advice, and its notes.

The importer speaks English and knows nothing of languages. Kinds of fault are stable words; notes are sentences with
values in them, recognised here by their form. A sentence that is not known stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from dashboard.i18n import Lazy, _, language, lazy
from data import schema

# Kinds of fault: the name, and what to do about it. {value} is the text at fault.
REASONS: dict[str, tuple[Lazy, Lazy]] = {
    "ragged row": (lazy("Too many or too few fields"),
                   lazy("Quote values that hold the delimiter, or fill in what is missing")),
    "malformed row": (lazy("Quotes do not match"), lazy("Close the quote, or double quotes inside a quoted value")),
    "not repaired": (lazy("Not repaired yet"),
                     lazy("Move the surplus values into their columns and empty the extra ones")),
    "bad number": (lazy("Not a number"), lazy("“{value}” is not a number that fits; write 1234.50")),
    "bad date": (lazy("Not a date"), lazy("“{value}” is not a date; write 2026-06-30")),
    "bad flag": (lazy("Neither yes nor no"), lazy("“{value}” is neither yes nor no")),
    "unknown value": (lazy("Value not allowed"), lazy("“{value}” is none of the values known here")),
    "missing value": (lazy("Empty"), lazy("Fill in the value; the row cannot do without it")),
    "broken rule": (lazy("Breaks a rule"), lazy("Correct the row")),
    "duplicate key": (lazy("Occurs more than once"), lazy("“{value}” stands in the file twice; the first was taken")),
    "unknown document": (lazy("Waits for its document"), lazy("Import the document “{value}”; the line then comes in")),
    "unknown region": (lazy("Waits for its region"), lazy("Import the region “{value}”; the row then comes in")),
    "unknown employee": (lazy("Waits for its sales person"),
                         lazy("Import the sales person “{value}”; the row then comes in")),
    "unknown channel": (lazy("Waits for its channel"), lazy("Import the channel “{value}”; the row then comes in")),
    "unknown dealer": (lazy("Waits for its dealer"), lazy("Import the dealer “{value}”; the row then comes in")),
    "unknown product": (lazy("Waits for its product"), lazy("Import the product “{value}”; the row then comes in")),
    "unknown promotion": (lazy("Waits for its promotion"),
                          lazy("Import the promotion “{value}”; the row then comes in")),
}  # fmt: skip
_RULES = {check.says for table in schema.TABLES for check in table.checks}
# Notes and messages of the importer, as it writes them.
_NOTES: tuple[Lazy, ...] = (
    lazy("numbers carry a decimal comma"),
    lazy("{column}: day before month, as its values show"),
    lazy("{column}: month before day, as its values show"),
    lazy("{column}: dates in both orders; those that do not fit are held back"),
    lazy("{column}: could be read both ways, read day before month; set `dayfirst` in the mapping when that is wrong"),
    lazy("{column}: could be read both ways, read month before day; set `dayfirst` in the mapping when that is wrong"),
    lazy("{column}: the comma is read as the decimal sign; set `decimal` in the mapping when it is not"),
    lazy("{column}: the comma is read as a thousands separator; set `decimal` in the mapping when it is not"),
    lazy("{n} numbers contradict the decimal sign of the others; set `decimal` when it was misread"),
    lazy("{n} {key} have more than one {column}; the last one in the file is kept"),
    lazy("{n} rows are outside `when = {rule}` or empty"),
    lazy("{n} empty rows were left out"),
    lazy("the encoding looks like {encoding}; set `encoding` in the mapping when it is not"),
    lazy("some bytes are not valid UTF-8 and were replaced by \ufffd"),
    lazy("feed nothing: {columns}"),
    lazy("{n} NUL characters were left out"),
    lazy("some of it is UTF-8 and some is not; all was read as {encoding}: save it in one encoding"),
    lazy("the header {name} occurs again in column {n}: called {other} here"),
    lazy("the header is in row {n}; what stands above it was left out"),
    lazy("not filled, as the file to look it up in was not given: {columns}"),
    lazy("{file}: imported before with the same mapping, unchanged"),
    lazy("{file}: {n} rows looked up for {lookup}"),
    lazy("{table}: {n} ids taken from the rows that use them, as no file supplies this dimension"),
    lazy("{file}: {n} rows that waited came in"),
    lazy("this home held the demo company: the import starts from an empty warehouse"),
    lazy("no row could be accepted: nothing was published"),
    lazy("nothing to do"),
    # refusals
    lazy("{file}: no rows; the first row must name the columns"),
    lazy("{file}: no header row found; the first row must name the columns"),
    lazy("{file}: `header_row` {n} lies below the last row"),
    lazy("{file}: every sheet is empty"),
    lazy("{file}: a damaged workbook (or zip archive); save it again as xlsx or csv"),
    lazy("{file}: a zip archive, not a workbook; unpack it and give its files"),
    lazy("{file}: protected by a password; save it without one"),
    lazy("{file}: cannot be read as a workbook ({detail}); save it again as xlsx or csv"),
    lazy("{file}: cannot be read as parquet ({detail})"),
    lazy("{file}: cannot be read as delimited text ({detail})"),
    lazy("{file}: cannot be read ({detail})"),
    lazy("{file}: the file is empty (0 bytes); export it again"),
    lazy("{file}: a binary file, not a table; give csv, xlsx or parquet"),
    lazy("{file}: holds more than {n} MB when unpacked; save its sheets as csv instead"),
    lazy("{file}: not {encoding} text, as the mapping says; remove `encoding` to have it detected"),
    lazy("{file}: the mapping names an unknown encoding {encoding}"),
    lazy("{file}: {n} columns in row {row}; is this a table?"),
    lazy("{file}: cannot be computed as the mapping says ({detail})"),
    lazy("{file}: row {n}: no column {column} for the lookup {lookup}"),
    lazy("{file}: row {n}: no column {column} for {table}; did you mean {other}? Correct the mapping or the file."),
    lazy("{file}: row {n}: no column {column} for {table}; it has {others} Correct the mapping or the file."),
    lazy("{file}: {column} looks up {lookup}; give {other} as well"),
    lazy("not enough memory: raise memory_limit in config.toml, or import fewer files at a time"),
    lazy("nothing was published: {detail}"),
    lazy("mapping: {file}: nothing feeds {column} ({meaning}), which is required"),
    lazy("the mapping {name} names none of these files; it names {patterns}"),
    lazy("another import is running on this home; try again when it has ended"),
    lazy("there is no earlier snapshot to return to"),
)  # fmt: skip


def reason(kind: str) -> str:
    """A kind of fault in words."""
    return str(REASONS[kind][0]) if kind in REASONS else kind


def waits(kind: str) -> bool:
    """Rows with this fault come in by themselves once what they refer to is there."""
    return kind.startswith("unknown ") and kind != "unknown value"


def advice(kind: str, message: str) -> str:
    """What was wrong with a row and what to do, in the reader's language where the fault is a known one."""
    if message in _RULES:
        return _(message)
    value = re.search(r"'(.*)'", message)
    if kind in REASONS and (value or "{value}" not in REASONS[kind][1].message):
        return _(REASONS[kind][1], value=value[1] if value else "")
    return message


def told(message: str) -> str:
    """A note, message or refusal of the importer in the reader's language; as it is where its form is not known."""
    if language() == "en":
        return message
    for form, pattern in _patterns():
        if found := pattern.fullmatch(message):
            return _(form, **found.groupdict())
    return message


@cache
def _patterns() -> tuple[tuple[Lazy, re.Pattern[str]], ...]:
    """Each form with the pattern of the sentences that it makes."""
    return tuple((form, _pattern(form.message)) for form in _NOTES)


def _pattern(message: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", message)  # text, name, text, name ...
    return re.compile("".join(f"(?P<{p}>.+?)" if i % 2 else re.escape(p) for i, p in enumerate(parts)), re.DOTALL)
