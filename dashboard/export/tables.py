"""The table behind a chart as csv that no spreadsheet executes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any

from analytics.questions.answer import cents
from dashboard.findings import Finding
from data.measures import Unit
from data.spreadsheets import shielded


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


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers."""
    return shielded(value) if isinstance(value, str) else value


def safe_csv(finding: Finding) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads Chinese."""
    return written([column.label for column in finding.columns], _rows(finding))


def written(heads: Iterable[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The same for any rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([safe_cell(head) for head in heads])
    for row in rows:
        writer.writerow(["" if value is None else safe_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")
