"""The pages in the order of the menu: name, what it is called, its icon."""

from dashboard.i18n import Lazy, lazy
from data.scope import PAGES

TITLES: dict[str, tuple[Lazy, str]] = {
    "briefing": (lazy("Briefing"), "wb_sunny"), "sales": (lazy("Sales"), "trending_up"),
    "targets": (lazy("Targets"), "flag"), "forecast": (lazy("Forecast"), "insights"),
    "receivables": (lazy("Receivables"), "payments"), "visits": (lazy("Visits"), "pin_drop"),
    "channel_order": (lazy("Channel order"), "gavel"), "promotions": (lazy("Promotions"), "campaign"),
    "budget": (lazy("Budget"), "tune"), "dealers": (lazy("Dealers"), "groups"),
    "dealer": (lazy("Dealer card"), "storefront"), "data": (lazy("Data"), "database"),
    "definitions": (lazy("Definitions"), "menu_book"), "audit": (lazy("Audit"), "shield_person"),
}  # fmt: skip
assert tuple(TITLES) == PAGES
