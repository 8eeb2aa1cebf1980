"""The cards of the Visits page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analytics.questions import Answer
from dashboard.export.cards.model import Card, Missing, Page, why
from dashboard.export.desk import Desk
from dashboard.findings import Finding, visits, visits_effect, visits_shelf, visits_whom
from dashboard.i18n import lazy
from dashboard.options import Given


def _time(draw: Callable[[Answer], Finding], **options: str) -> Callable[[Desk, Given], Finding]:
    """A card on hours of work."""
    return lambda desk, given: replace(draw(desk.ask("visits.time", **options)), empty=visits.no_hours(desk.scope))


def _shelf(question: str, draw: Callable[[Answer], Finding], **options: str) -> Callable[[Desk, Given], Finding]:
    """A card on shelves."""

    def make(desk: Desk, given: Given) -> Finding:
        empty = visits_shelf.unchecked(desk.ask("shelf.distribution"))
        return replace(draw(desk.ask(question, **options)), empty=empty)

    return make


def _served(desk: Desk, side: str) -> Finding:
    return visits_whom.served(desk.ask("visits.frequency"), side, desk.currency)


def _effect(draw: Callable[[Answer], Finding]) -> Callable[[Desk, Given], Finding]:
    def make(desk: Desk, given: Given) -> Finding:
        answer = desk.ask("visits.effect")
        return replace(draw(answer), empty=visits_effect.verdict(answer))

    return make


def _needs(desk: Desk) -> None:
    coverage = desk.ask("visits.coverage")
    if not coverage.values["imported"] and not desk.ask("shelf.distribution").values["imported"]:
        raise Missing(why(coverage))


PAGE = Page("visits", lazy("Visits"), needs=_needs, cards=(
    Card("plan", "coverage_region", lazy("Visit coverage by region"),
         lambda desk, given: visits.coverage(desk.ask("visits.coverage"), "region")),
    Card("plan", "coverage_employee", lazy("Visit coverage by sales person"),
         lambda desk, given: visits.coverage(desk.ask("visits.coverage", by="employee"), "employee")),
    Card("plan", "people", lazy("Visits of each sales person"),
         lambda desk, given: visits.people(desk.ask("visits.coverage", by="employee"))),
    Card("whom", "calls", lazy("Whom to call"),
         lambda desk, given: visits_whom.calls(desk.ask("visits.calls"), desk.currency)),
    Card("whom", "frequency", lazy("Visits and sales of dealers"),
         lambda desk, given: visits_whom.frequency(desk.ask("visits.frequency"), desk.currency)),
    Card("whom", "served_over", lazy("Visited too often"), lambda desk, given: _served(desk, "over")),
    Card("whom", "served_under", lazy("Visited too rarely"), lambda desk, given: _served(desk, "under")),
    Card("time", "time", lazy("Hours against the norm"), _time(visits.time)),
    Card("time", "new_customers", lazy("New and existing customers"), _time(visits.new_customers, by="region")),
    Card("time", "deviations", lazy("Furthest from the norm"), _time(visits.deviations)),
    Card("shelf", "distribution_region", lazy("Distribution by region"),
         _shelf("shelf.distribution", lambda answer: visits_shelf.distribution(answer, "region"))),
    Card("shelf", "distribution_product", lazy("Distribution by product"),
         _shelf("shelf.distribution", lambda answer: visits_shelf.distribution(answer, "product"), by="product")),
    Card("shelf", "launches", lazy("Launches"), _shelf("shelf.launches", visits_shelf.launches)),
    Card("shelf", "prices", lazy("Shelf prices"), _shelf("shelf.prices", visits_shelf.prices)),
    Card("effect", "effect", lazy("Orders after visits"), _effect(visits_effect.effect)),
    Card("effect", "effect_weeks", lazy("Orders after visits by week"), _effect(visits_effect.weeks)),
))  # fmt: skip
