"""The cells of a table as words, the same on slides and paper."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.findings import Finding
from data.measures import Unit

_DECIMALS: dict[Unit, int] = {"money": 0, "rate": 1, "count": 0, "quantity": 0, "days": 1, "price": 2}


def cell(value: Any, kind: Unit | None) -> str:
    """One cell: missing is a dash, a date that of the reader, a number in the precision of its unit."""
    if value is None or (not isinstance(value, str) and bool(pd.isna(value))):
        return formats.MISSING
    if kind is None:
        return formats.date(value) if isinstance(value, dt.date) else str(value)
    return formats.rate(value, 1) if kind == "rate" else formats.number(value, _DECIMALS[kind])


def rows(finding: Finding, most: int) -> list[list[str]]:
    """The first rows of the table of a finding, as words."""
    kinds = [column.kind for column in finding.columns]
    return [
        [cell(value, kind) for value, kind in zip(row, kinds, strict=True)]
        for row in finding.table.head(most).itertuples(index=False, name=None)
    ]
