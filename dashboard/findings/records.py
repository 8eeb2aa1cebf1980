"""What people wrote, as a reader sees it: names instead of ids, dates and money in their format."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard import formats
from dashboard.findings.names import labels
from dashboard.i18n import _, language
from data.company import Company
from data.ledger import Entry
from data.records import BY_ID, Field

REFERS = {"person": "employee", "region": "region", "dealer": "dealer", "product": "product"}  # field -> dimension


def said(company: Company, field: Field, value: Any) -> str:
    """The value of a field."""
    if value is None or value == "":
        return formats.MISSING
    if field.kind in REFERS:
        return labels(company, REFERS[field.kind]).get(value, str(value))
    if field.kind == "date":
        return formats.date(dt.date.fromisoformat(value))
    if field.kind == "money":
        return formats.compact(value)
    if field.kind == "choice":
        return _(dict(field.choices).get(value, value))
    return str(value)


def entry(company: Company, kind: str, written: Entry, *, longest: int = 0, zone: str | None = None) -> str:
    """An entry in one line: when, who, what; at most `longest` characters of it, where given."""
    between, colon = ("；", "：") if language() == "zh" else ("; ", ": ")
    words = [
        f"{_(field.label)}{colon}{said(company, field, written.body[field.name])}"
        for field in BY_ID[kind].fields
        if field.shown and field.name in written.body
    ]
    text = between.join(words) or _("withdrawn")
    if longest and len(text) > longest:
        text = text[: longest - 1].rstrip() + "…"
    return f"{formats.moment(written.at, zone)} · {written.who} · {text}"
