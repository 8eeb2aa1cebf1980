"""The cards of the Targets page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analytics.questions import Answer
from dashboard.export.cards.model import Card, Missing, Page
from dashboard.export.desk import Desk
from dashboard.findings import Finding, gap, plan, potential, targets, variance_notes
from dashboard.findings.briefing import known
from dashboard.i18n import _, lazy
from dashboard.options import Given, chosen

_LEVELS = lazy("Targets of at least two levels are needed, one within the other.")


def _attainment(desk: Desk, given: Given) -> tuple[Answer, str]:
    by = chosen(given, "by", tuple(targets.groupings()))
    return desk.ask("targets.attainment", by=by), by


def _reached(draw: Callable[[Answer, str, str], Finding]) -> Callable[[Desk, Given], Finding]:
    """A card by the grouping chosen; without targets by it, it says by what they are given."""

    def make(desk: Desk, given: Given) -> Finding:
        answer, by = _attainment(desk, given)
        finding = draw(answer, by, desk.currency)
        if by in answer.values["groupings"]:
            return finding
        return replace(finding, frame=finding.frame.head(0), empty=targets.not_given(by, answer))

    return make


def _usual(desk: Desk, given: Given) -> Finding:
    answer, by = _attainment(desk, given)
    if by not in targets.OF_DEALERS:
        raise Missing(_("What pace is usual can be told of groups of dealers alone."))
    return replace(targets.usual(answer, by), empty=targets.few(answer))


def _parts(desk: Desk, given: Given) -> Finding:
    answer = desk.ask("targets.decomposition")
    if not (pairs := tuple(plan.pairs(answer))):
        raise Missing(str(_LEVELS))
    return plan.parts(answer, chosen(given, "item", pairs), desk.currency)


def _unsolved(desk: Desk, given: Given) -> Finding:
    answer = desk.ask("targets.decomposition")
    solved = _("Every target is the sum of its parts.")
    return replace(plan.unsolved(answer, desk.currency), empty=solved if plan.pairs(answer) else str(_LEVELS))


def _gap(desk: Desk, **options: str) -> Finding:
    missed = desk.ask("targets.attainment").values["gap"]
    side = "short" if known(missed) and missed < 0 else "total"
    return gap.gap(desk.ask("targets.gap", side=side, **options), desk.currency)


def _potential(desk: Desk, given: Given) -> Answer:
    return desk.ask("targets.potential", by=chosen(given, "by", tuple(potential.groupings())))


PAGE = Page("targets", lazy("Targets"), (
    Card("reached", "reached", lazy("Target and actual"), _reached(targets.reached), ("by",)),
    Card("reached", "usual", lazy("Pace and what is usual"), _usual, ("by",)),
    Card("reached", "rows", lazy("Target and actual, table"), _reached(targets.rows), ("by",)),
    Card("reached", "tasks", lazy("Tasks of sales people"),
         lambda desk, given: targets.tasks(desk.ask("targets.tasks"), desk.currency),
         empty=lazy("Every task lies within the band.")),
    Card("plan", "parts", lazy("Targets and the sum of their parts"), _parts, ("item",)),
    Card("plan", "unsolved", lazy("Targets that do not add up"), _unsolved),
    Card("plan", "ladder", lazy("Targets by level"),
         lambda desk, given: plan.ladder(desk.ask("targets.decomposition"), desk.currency), empty=_LEVELS),
    Card("gap", "gap", lazy("Gap to target by dealer"), lambda desk, given: _gap(desk),
         empty=lazy("A target by dealer or a year of history is needed.")),
    Card("gap", "gap_category", lazy("Gap to target by category"), lambda desk, given: _gap(desk, by="category"),
         empty=lazy("A target by category or a year of history is needed.")),
    Card("gap", "gap_product", lazy("Gap to target by product"), lambda desk, given: _gap(desk, by="product"),
         empty=lazy("A year of history is needed.")),
    Card("gap", "notes", lazy("Variance notes"),
         lambda desk, given: variance_notes.notes(desk.ask("targets.notes"), desk.currency),
         empty=lazy("No variance note is written yet.")),
    Card("potential", "ranks", lazy("Potential beside sales"),
         lambda desk, given: potential.ranks(_potential(desk, given)), ("by",),
         lazy("At least five potentials that differ are needed: fewer agree or disagree by chance alone.")),
    Card("potential", "sheet", lazy("Rank sheet"),
         lambda desk, given: potential.sheet(_potential(desk, given)), ("by",)),
))  # fmt: skip
