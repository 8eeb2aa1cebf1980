"""Options of a page, as its address and a saved pick hold them: which there are, and which of them count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.company import Company
from data.scope import ScopeError

# a page's own: view, grouping, unit, one thing, what it is compared with ...
OPTIONS = ("show", "by", "unit", "item", "against", "factor", "over", "cuts", "plan")
Given = Mapping[str, str]


def chosen(given: Given, name: str, allowed: Sequence[str]) -> str:
    """The option of that name (one of OPTIONS); the first allowed value when none of them is given."""
    asked = given.get(name)
    return asked if asked is not None and asked in allowed else allowed[0]


def period(company: Company, text: str) -> str:
    """A period as text; empty where it cannot be read."""
    try:
        company.scope({"period": text})
    except ScopeError:
        return ""
    return text
