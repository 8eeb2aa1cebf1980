"""The forms that a scope has, as sheets to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.export.desk import Desk
from dashboard.export.excel import aging, dealer_card
from dashboard.export.excel.book import Book
from dashboard.i18n import _

Line = tuple[str, str, str]  # sheet, title, subtitle: a line of the contents


@dataclass(frozen=True)
class Form:
    """A form by its name, and how it is written."""

    name: str
    put: Callable[[Book, Desk, str], Line]


def wanted(desk: Desk) -> list[Form]:
    """The aging form where anything is owed, the dealer card where the scope is one dealer."""
    forms = []
    if len(desk.scope.dealer) == 1:
        forms.append(Form(_("Dealer card"), dealer_card.put))
    if not desk.ask("receivables.aging").frames["aging"].empty:
        forms.append(Form(_("Aging form"), aging.put))
    return forms
