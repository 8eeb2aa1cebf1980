"""The cards of the Briefing."""

from __future__ import annotations

from analytics.questions import Answer
from dashboard.export.cards.model import Card, Page
from dashboard.export.desk import Desk
from dashboard.findings import actions, briefing
from dashboard.i18n import lazy


def _answer(desk: Desk) -> Answer:
    return desk.ask("overview", decide=False)


PAGE = Page("briefing", lazy("Briefing"), (
    Card("", "trend", lazy("Net sales by month"),
         lambda desk, given: briefing.trend(_answer(desk), desk.currency, ahead=desk.ask("forecast.outlook"))),
    Card("", "gap", lazy("Gap to target by dealer"), lambda desk, given: briefing.gap(_answer(desk), desk.currency),
         empty=lazy("A target by dealer or a year of history is needed.")),
    Card("", "regions", lazy("Regions"), lambda desk, given: briefing.regions(_answer(desk), desk.currency)),
    Card("", "actions", lazy("What to decide"), lambda desk, given: actions.actions(desk.ask("actions.list")),
         empty=lazy("No dealer, region or promotion passes a threshold in this view.")),
))  # fmt: skip
