"""Names of the rows of a frame in the reader's language."""

from __future__ import annotations

import pandas as pd

from dashboard.i18n import language


def name_of(row: pd.Series, part: str) -> str:
    """Name of a row's dealer, region ...: the English one for English readers where there is one, else the id."""
    english = row.get(f"{part}_name_en", row.get(f"{part}_en"))
    if language() == "en" and isinstance(english, str) and english:
        return english
    for column in (f"{part}_name", f"{part}_id", part):
        if isinstance(row.get(column), str) and row[column]:
            return str(row[column])
    return "–"


def names_of(frame: pd.DataFrame, part: str) -> list[str]:
    """Names of all rows."""
    return [name_of(row, part) for _, row in frame.iterrows()]
