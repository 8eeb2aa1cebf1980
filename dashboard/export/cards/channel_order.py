"""The cards of the page on channel order."""

from __future__ import annotations

from analytics.questions import Answer
from dashboard.export.cards.model import Card, Missing, Page, told
from dashboard.export.desk import Desk
from dashboard.findings import Finding
from dashboard.findings import integrity_loading as loading
from dashboard.findings import integrity_prices as prices
from dashboard.findings import integrity_territory as territory
from dashboard.i18n import _, lazy
from dashboard.options import Given

_NO_PERMISSION = lazy("Record one, or import the register.")


def _territory(desk: Desk) -> Answer:
    return told(desk.ask("integrity.territory"))


def _prices(desk: Desk) -> Answer:
    return told(desk.ask("integrity.prices"))


def _loading(desk: Desk) -> Answer:
    return told(desk.ask("integrity.loading"))


def _of(desk: Desk, dealer: str | None) -> Desk:
    """The desk of one suspected dealer."""
    if not dealer:
        raise Missing(_("Nobody is suspected in this view."))
    return desk.but(dealer=(dealer,))


def _deliveries(desk: Desk, given: Given) -> Finding:
    dealer = territory.chosen(_territory(desk), given.get("item"))
    return territory.deliveries(_of(desk, dealer).ask("integrity.deliveries"))


def _lines(desk: Desk, given: Given) -> Finding:
    dealer = prices.chosen(_prices(desk), given.get("item"))
    return prices.lines(_of(desk, dealer).ask("integrity.breaches"))


PAGE = Page("channel_order", lazy("Channel order"), (
    Card("territory", "shares", lazy("Sales out of territory"),
         lambda desk, given: territory.shares(_territory(desk), given.get("item")), ("item",)),
    Card("territory", "flows", lazy("Where the goods went"),
         lambda desk, given: territory.flows(_territory(desk), given.get("item"), desk.currency), ("item",)),
    Card("territory", "asked", lazy("Whom to ask about territory"),
         lambda desk, given: territory.asked(_territory(desk))),
    Card("territory", "deliveries", lazy("Deliveries out of territory"), _deliveries, ("item",)),
    Card("territory", "register", lazy("Permissions out of territory"),
         lambda desk, given: territory.register(desk.ask("integrity.territory")), empty=_NO_PERMISSION),
    Card("prices", "price_months", lazy("Price breaches by month"),
         lambda desk, given: prices.months(_prices(desk), desk.currency)),
    Card("prices", "price_dealers", lazy("Price breaches by dealer"),
         lambda desk, given: prices.dealers(_prices(desk), given.get("item"), desk.currency), ("item",)),
    Card("prices", "price_asked", lazy("Whom to ask about prices"), lambda desk, given: prices.asked(_prices(desk))),
    Card("prices", "price_lines", lazy("Lines outside the price band"), _lines, ("item",)),
    Card("prices", "price_register", lazy("Permissions for prices"),
         lambda desk, given: prices.register(_prices(desk)), empty=_NO_PERMISSION),
    Card("stock", "cover", lazy("Stock in days of sales"), lambda desk, given: loading.cover(_loading(desk))),
    Card("stock", "stock_bridge", lazy("Sales above the usual"),
         lambda desk, given: loading.bridge(_loading(desk), desk.currency)),
    Card("stock", "stock_asked", lazy("Whom to ask about stock"), lambda desk, given: loading.asked(_loading(desk))),
))  # fmt: skip
