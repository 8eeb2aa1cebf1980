"""What a spreadsheet would take for a formula, and how a text is kept from it.

A text that begins like a formula, also in full-width characters (which some spreadsheets read as the narrow ones),
gets an apostrophe in front. One that begins with apostrophes before such a sign gets one, too, so that `plain` undoes
it exactly.
"""

from __future__ import annotations

import re

_SIGNS = "=+\\-@\t\r\n＝＋－＠"
FORMULA = f"^'*[{_SIGNS}]"  # as re and as DuckDB read it
_SHIELDED = f"^'+[{_SIGNS}]"
_NUMBER = re.compile(r"^[+-]?\d[\d.,]*$")
_FORMULA = re.compile(FORMULA)


def shielded(text: str, *, numbers: bool = False) -> str:
    """The text as a cell of csv. numbers: one that is a number and nothing else stays as it is."""
    if numbers and _NUMBER.match(text):
        return text
    return "'" + text if _FORMULA.match(text) else text


def plain(text: str) -> str:
    """The text that was shielded."""
    return text[1:] if re.match(_SHIELDED, text) else text


def plain_sql(column: str) -> str:
    """SQL of a text column without the apostrophe that `shielded` put in front."""
    pattern = _SHIELDED.replace("'", "''").replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n")
    return f"CASE WHEN regexp_matches({column}, '{pattern}') THEN substr({column}, 2) ELSE {column} END"
