"""The cards of the dealer card: all of one dealer, and the list to choose it from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analytics.questions import Answer
from dashboard.export.cards.model import Card, Missing, Page
from dashboard.export.desk import Desk
from dashboard.findings import Finding, actions, briefing, dealer
from dashboard.findings.briefing import known
from dashboard.i18n import _, lazy
from dashboard.options import Given, chosen

_NOTHING = lazy("It bought nothing in this period.")


def _one(draw: Callable[[Answer, str], Finding]) -> Callable[[Desk, Given], Finding]:
    """A card on the one dealer of the scope."""
    return lambda desk, given: draw(_answer(desk, given), desk.currency)


def _answer(desk: Desk, given: Given) -> Answer:
    answer = desk.ask("dealers.card", peers=chosen(given, "by", dealer.PEERS))
    if len(answer.frames["dealer"]) != 1:
        raise Missing(_("Choose one dealer: this card is about a single one."))
    return answer


def _trend(desk: Desk, given: Given) -> Finding:
    return briefing.trend(_answer(desk, given), desk.currency, ahead=desk.ask("forecast.outlook"))


def _promotions(answer: Answer, currency: str) -> Finding:
    imported = known(answer.values["promotion_cost"])
    return replace(dealer.promotions(answer, currency),
                   empty=_("It took part in none.") if imported else _("No promotions are imported."))  # fmt: skip


def _listed(desk: Desk, given: Given) -> Finding:
    """The dealers to choose from: a single one chosen already does not narrow them."""
    several = desk if len(desk.scope.dealer) > 1 else desk.but(dealer=())
    return dealer.dealers(several.ask("dealers.list"), desk.currency)


PAGE = Page("dealer", lazy("Dealer card"), one_dealer=True, cards=(
    Card("", "trend", lazy("Net sales of a dealer by month"), _trend),
    Card("", "about", lazy("What stands out about a dealer"), _one(lambda answer, currency: actions.about(answer)),
         empty=lazy("Nothing stands out")),
    Card("", "mix", lazy("Product mix against its peers"), _one(lambda answer, currency: dealer.mix(answer)), ("by",),
         _NOTHING),
    Card("", "owed", lazy("What a dealer owes"), _one(dealer.owed), empty=lazy("No invoice is open.")),
    Card("", "products", lazy("Products of a dealer"), _one(dealer.products), empty=_NOTHING),
    Card("", "promotions", lazy("Promotions of a dealer"), _one(_promotions)),
    Card("", "visits", lazy("Visits to a dealer"), _one(lambda answer, currency: dealer.visits(answer)),
         empty=lazy("No visit of the last twelve months is known.")),
    Card("", "shelf", lazy("Shelves of a dealer"), _one(lambda answer, currency: dealer.shelf(answer)),
         empty=lazy("No check of its outlets is known.")),
    Card("", "dealers", lazy("All dealers"), _listed),
))  # fmt: skip
