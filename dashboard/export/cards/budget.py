"""The cards of the Budget page."""

from __future__ import annotations

from analytics.questions import Answer
from dashboard.export.cards.model import Card, Page, told
from dashboard.export.desk import Desk
from dashboard.findings import Finding, budget, budget_cells
from dashboard.i18n import lazy
from dashboard.options import Given, chosen
from data.scope import ScopeError

_READS = ("plan", "cuts")


def _asked(desk: Desk, given: Given) -> Answer:
    """The answer for the plan and floors of the address; what cannot be used is left out, as on the page."""
    left = dict(given)
    while True:
        try:
            options: dict[str, object] = dict(budget.tried(left.get(budget.ASKED, "")))
            if text := left.get(budget.PLAN):
                options["plan"] = text
            return told(desk.ask("budget.evaluate", **options))
        except ScopeError as error:
            if left.pop(budget.at_fault(error), None) is None:
                raise


def _curves(desk: Desk, given: Given) -> Finding:
    answer = _asked(desk, given)
    return budget_cells.curves(answer, desk.currency, chosen(given, "item", tuple(budget_cells.regions(answer))))


def _needs(desk: Desk) -> None:
    told(desk.ask("budget.evaluate"))


PAGE = Page("budget", lazy("Budget"), needs=_needs, cards=(
    Card("", "budget_plans", lazy("Plans compared"),
         lambda desk, given: budget.compared(_asked(desk, given), desk.currency), _READS),
    Card("", "budget_figures", lazy("Plans in figures"),
         lambda desk, given: budget.figures(_asked(desk, given)), _READS),
    Card("", "budget_curves", lazy("Response curves"), _curves, (*_READS, "item")),
    Card("", "budget_table", lazy("Spend by type and region"),
         lambda desk, given: budget_cells.table(_asked(desk, given), desk.currency), _READS),
))  # fmt: skip
