"""Every card of every page by its id, outside a browser: `card(desk, Pick("sales.trend"))`."""

from dashboard.export.cards.model import Card, CardError, Missing, Page
from dashboard.export.cards.registry import CARDS, PAGES, card, card_of, pick_of, picker

__all__ = ["CARDS", "PAGES", "Card", "CardError", "Missing", "Page", "card", "card_of", "pick_of", "picker"]
