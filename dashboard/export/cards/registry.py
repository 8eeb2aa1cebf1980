"""The registry of cards: every chart and table of every page by its id, and the way from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dashboard.export.cards import (
    briefing,
    budget,
    channel_order,
    dealer,
    dealers,
    forecast,
    promotions,
    receivables,
    sales,
    targets,
    visits,
)
from dashboard.export.cards.model import Card, CardError, Page
from dashboard.export.desk import Desk
from dashboard.export.selection import Pick
from dashboard.findings import Finding
from dashboard.options import OPTIONS, chosen
from data.company import NotEntitled
from data.scope import FILTERS, Scope

_MODULES = (briefing, sales, targets, forecast, receivables, visits, channel_order, promotions, budget, dealers, dealer)
PAGES: dict[str, Page] = {module.PAGE.name: module.PAGE for module in _MODULES}
CARDS: dict[str, Card] = {card.id: card for page in PAGES.values() for card in page.cards}
assert len(CARDS) == sum(len(page.cards) for page in PAGES.values()), "two cards have the same id"


def card(desk: Desk, pick: Pick) -> Finding:
    """The content of the card that was picked, with the numbers of the desk.

    The options of a pick are those of a page (dashboard.options) and filters of a scope, which narrow the desk. As on
    the page, a value that is not allowed counts as the one that opens. Without rows the finding says why in `empty`.
    Raises CardError for a card or option that is not known, ScopeError (also a ValueError) for a filter that cannot be
    read, Missing where the data or the scope have nothing for it, and NotEntitled where its page, or what a filter
    names, is not the viewer's.
    """
    wanted = CARDS.get(pick.card)
    if wanted is None:
        raise CardError(f"card: no card is called {pick.card!r}; there are {', '.join(CARDS)}")
    for name in pick.options:
        if name not in (*OPTIONS, *FILTERS):
            raise CardError(f"{pick.card}: {name!r} is no option; there are {', '.join((*OPTIONS, *FILTERS))}")
    narrowed = {name: text for name, text in pick.options.items() if name in FILTERS and text}
    if narrowed:
        read = desk.company.scope(narrowed)
        desk = desk.but(**{name: getattr(read, name) for name in narrowed})
    viewer = desk.scope.entitlement
    if (viewer is not None and not viewer.opens(wanted.page)) or desk.company.foreign(desk.scope):
        raise NotEntitled(pick.card)
    PAGES[wanted.page].needs(desk)
    finding = wanted.make(desk, pick.options)
    if len(finding.frame):
        return finding if not finding.empty else replace(finding, empty="")
    return replace(finding, empty=finding.empty or (str(wanted.empty) if wanted.empty else ""))


def picker(page: str | None = None) -> list[Card]:
    """The cards to pick from, in the order of the pages."""
    return [each for each in CARDS.values() if page is None or each.page == (page or "briefing")]


def card_of(page: str, options: Mapping[str, str], key: str) -> str | None:
    """The id of the card whose finding has that key, on the view of a page that its options open; None for what is no
    card of the registry. page: as `address.page` names it; the first one is the briefing."""
    known = PAGES.get(page or "briefing")
    if known is None:
        return None
    view = chosen(options, "show", known.views)
    shown = [each for each in known.cards if view in (each.view, *each.also) and each.fits(key)]
    return max(shown, key=lambda each: len(each.key)).id if shown else None


def pick_of(page: str, options: Mapping[str, str], key: str, scope: Scope) -> Pick | None:
    """The card as a pick to keep: with the options that change it, and the dealer where it is about one."""
    id = card_of(page, options, key)
    if id is None:
        return None
    kept = {name: text for name, text in options.items() if name in CARDS[id].reads and text}
    if PAGES[CARDS[id].page].one_dealer and len(scope.dealer) == 1:
        kept["dealer"] = scope.dealer[0]
    return Pick(id, kept)
