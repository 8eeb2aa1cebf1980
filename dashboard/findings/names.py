"""Names of the rows of a frame in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import pandas as pd

from dashboard.i18n import _, language
from data.company import Company
from data.measures import Measure

Row: TypeAlias = Mapping[str, Any] | pd.Series


def name_of(row: Row, part: str) -> str:
    """Name of a row's dealer, region ...: the English one for English readers where there is one, else the id."""
    return _name(row, part, language() == "en")


def names_of(frame: pd.DataFrame, part: str) -> list[str]:
    """Names of all rows."""
    order = (*_english(part), *_plain(part)) if language() == "en" else _plain(part)
    names = [frame[column].to_numpy(object) for column in order if column in frame]
    if not names:
        return ["–"] * len(frame)
    return [next((name for name in row if isinstance(name, str) and name), "–") for row in zip(*names, strict=True)]


def labels(company: Company, grouping: str) -> dict[str, str]:
    """Id -> name of all values of a dimension (region, dealer, product, channel, employee). Not to be changed."""
    known = _labels.setdefault(company, {})  # as long as the company: a newer snapshot has another
    if (key := (grouping, language())) not in known:
        names = company.store.names(grouping)
        known[key] = dict(zip(names.index, names_of(names, grouping), strict=True))
    return known[key]


_labels: WeakKeyDictionary[Company, dict[tuple[str, str], dict[str, str]]] = WeakKeyDictionary()


def _name(row: Row, part: str, english: bool) -> str:
    for column in (*_english(part), *_plain(part)) if english else _plain(part):
        name = row.get(column)
        if isinstance(name, str) and name:
            return name
    return "–"


def _english(part: str) -> tuple[str, ...]:
    return f"{part}_name_en", f"{part}_en"


def _plain(part: str) -> tuple[str, ...]:
    return f"{part}_name", f"{part}_id", part


def company_name(company: Company) -> str:
    """Name of the company: from the settings, else from the data."""
    settings, known = company.settings, company.snapshot.company
    name = settings.company_name or known.get("name", "")
    english = settings.company_name_en or ("" if settings.company_name else known.get("name_en", ""))
    return (english if language() == "en" else "") or name


def unit_words(measure: Measure) -> str:
    """What a measure is counted in."""
    return {
        "money": _("company currency"), "rate": _("share"), "count": _("count"), "quantity": _("sales units"),
        "days": _("days"), "price": _("currency a unit"),
    }[measure.unit]  # fmt: skip
