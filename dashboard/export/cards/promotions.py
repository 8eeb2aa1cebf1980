"""The cards of the Promotions page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analytics.questions import Answer
from dashboard.export.cards.model import Card, Missing, Page, told, why
from dashboard.export.desk import Desk
from dashboard.findings import Finding, promotion, promotions, promotions_overdue, promotions_plan
from dashboard.findings.promotion_words import reason
from dashboard.i18n import _, language, lazy
from dashboard.options import Given, chosen
from data.scope import ScopeError


def _portfolio(desk: Desk) -> Answer:
    answer = told(desk.ask("promotions.portfolio"))
    if not answer.values["promotions"]:
        raise Missing(_("No promotion ended in this period"))
    return answer


def _measured(draw: Callable[[Answer, str], Finding]) -> Callable[[Desk, Given], Finding]:
    """A card on the promotions that could be measured."""

    def make(desk: Desk, given: Given) -> Finding:
        answer = _portfolio(desk)
        return replace(draw(answer, desk.currency), empty=promotions.unmeasured(answer))

    return make


def _listed(desk: Desk, given: Given) -> Finding:
    known = desk.company.store.categories
    names = known if language() == "en" else {code: code for code in known}
    return promotions.listed(_portfolio(desk), names)


def _one(draw: Callable[[Answer, str], Finding]) -> Callable[[Desk, Given], Finding]:
    """A card on the promotion that the address names, or the one that opens."""

    def make(desk: Desk, given: Given) -> Finding:
        answer = told(desk.ask("promotions.one"))
        opens = answer.values["promotion_id"]
        wanted = chosen(given, "item", (opens, *(each["promotion_id"] for each in answer.values["options"])))
        if wanted != opens:
            answer = desk.ask("promotions.one", promotion=wanted)
        finding = draw(answer, desk.currency)
        return finding if finding.empty else replace(finding, empty="; ".join(map(reason, answer.values["reasons"])))

    return make


def _cost_lines(answer: Answer, currency: str) -> Finding:
    return replace(promotion.cost_lines(answer, currency),
                   empty=_("Import the lines of promotion costs to see unit prices and quantities."))  # fmt: skip


def _plan(desk: Desk, given: Given) -> Answer:
    """The plan of the address; what cannot be used is left out, as on the page."""
    first = desk.ask("promotions.plan")
    if first.values.get("pending") or not first.values["types"]:
        raise Missing(why(first))
    kind = chosen(given, "by", (first.values["type"], *first.values["types"]))
    try:
        numbers = promotions_plan.tried(given.get("cuts", ""))
    except ScopeError:
        numbers = {}
    try:
        answer = desk.ask("promotions.plan", type=kind, start=given.get("against", ""), **numbers)
    except ScopeError:
        answer = desk.ask("promotions.plan", type=kind, start="")
    return told(answer)


def _needs(desk: Desk) -> None:
    told(desk.ask("promotions.portfolio"))


_PLAN = ("by", "against", "cuts")

PAGE = Page("promotions", lazy("Promotions"), needs=_needs, cards=(
    Card("portfolio", "promotions_worth", lazy("Return of promotions"),
         _measured(lambda answer, currency: promotions.worthwhile(answer))),
    Card("portfolio", "promotions_earned", lazy("Where promotions earn"), _measured(promotions.quadrant)),
    Card("portfolio", "promotions", lazy("Promotions"), _listed),
    Card("portfolio", "promotion_cells", lazy("Returns by type and region"),
         lambda desk, given: promotions.cells(_portfolio(desk))),
    Card("portfolio", "promotion_forward", lazy("Who only bought forward"),
         lambda desk, given: promotions.forward(_portfolio(desk)),
         empty=lazy("Nobody bought in every promotion of the period only what it left out around it.")),
    Card("one", "promotion_weeks", lazy("A promotion week by week"), _one(promotion.weeks), ("item",)),
    Card("one", "promotion_parts", lazy("From gross to net"), _one(promotion.gross_to_net), ("item",)),
    Card("one", "promotion_naive", lazy("Simple comparisons"), _one(promotion.naive), ("item",)),
    Card("one", "promotion_checks", lazy("Checks of the measuring"),
         _one(lambda answer, currency: promotion.checks(answer)), ("item",)),
    Card("one", "promotion_regions", lazy("A promotion by region"),
         _one(lambda answer, currency: promotion.regions(answer)), ("item",)),
    Card("one", "promotion_plan", lazy("Planned and measured"),
         _one(lambda answer, currency: promotion.planned(answer)), ("item",)),
    Card("one", "promotion_cost_lines", lazy("Lines of cost"), _one(_cost_lines), ("item",)),
    Card("one", "promotion_dealers", lazy("Dealers of a promotion"),
         _one(lambda answer, currency: promotion.dealers(answer)), ("item",)),
    Card("evaluation", "promotions_overdue", lazy("Evaluations that wait"),
         lambda desk, given: promotions_overdue.table(told(desk.ask("promotions.overdue")))),
    Card("plan", "plan_steps", lazy("What a planned promotion brings"),
         lambda desk, given: promotions_plan.steps(_plan(desk, given), desk.currency), _PLAN),
    Card("plan", "plan_reckoning", lazy("Reckoning of a planned promotion"),
         lambda desk, given: promotions_plan.reckoning(_plan(desk, given), desk.currency), _PLAN),
    Card("plan", "plan_history", lazy("Past promotions of the type"),
         lambda desk, given: promotions_plan.history(_plan(desk, given)), _PLAN),
    Card("plan", "plan_experiment", lazy("The experiment that would tell"),
         lambda desk, given: promotions_plan.experiment(_plan(desk, given)), _PLAN,
         lazy("Too few dealers without a promotion to tell how noisy they are.")),
))  # fmt: skip
