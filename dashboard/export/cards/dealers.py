"""The cards of the Dealers page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from analytics.questions import Answer
from analytics.questions.segments_base import cuts_of
from dashboard.export.cards.model import Card, Missing, Page, told, why
from dashboard.export.desk import Desk
from dashboard.findings import Finding, grades, risk, scorecard, segment_moves, segment_words, segments
from dashboard.i18n import _, lazy
from dashboard.options import Given, chosen
from data.scope import ScopeError


def _kind(given: Given) -> str:
    return chosen(given, "by", tuple(segment_words.kinds()))


def _groups(desk: Desk, given: Given) -> Answer:
    cuts = given.get("cuts", "")
    try:
        cuts_of(cuts)
    except ScopeError:
        cuts = ""
    return desk.ask("dealers.segments", kind=_kind(given), cuts=cuts)


def _group(draw: Callable[[Answer, str, str], Finding]) -> Callable[[Desk, Given], Finding]:
    """A card of all groups, or of the one that the address names."""

    def make(desk: Desk, given: Given) -> Finding:
        answer, wanted = _groups(desk, given), given.get("item")
        codes = [code for code in answer.frames["segments"]["segment"] if isinstance(code, str)]
        return draw(answer, desk.currency, wanted if wanted in codes else "")

    return make


def _tried(desk: Desk, given: Given) -> Finding:
    answer = _groups(desk, given)
    if _kind(given) != "learned":
        raise Missing(_("These groups follow a rule: nothing had to be tried."))
    return segments.tried(answer)


def _moves(desk: Desk, given: Given) -> tuple[Answer, Answer]:
    kind = _kind(given)
    answer = told(desk.ask("dealers.moves", kind=kind, since=given.get("against", "")))
    return answer, desk.ask("dealers.segments", kind=kind)


def _one(draw: Callable[[Answer], Finding]) -> Callable[[Desk, Given], Finding]:
    """A card on the score of the dealer that the address names."""

    def make(desk: Desk, given: Given) -> Finding:
        dealer = given.get("item", "")
        if dealer not in set(desk.ask("dealers.scorecard").frames["dealers"]["dealer_id"]):
            raise Missing(_("Choose a dealer to see what its score is made of."))
        return draw(desk.but(dealer=(dealer,)).ask("dealers.scorecard"))

    return make


def _grades(desk: Desk) -> Answer:
    answer = desk.ask("dealers.grades", today=dt.date.today().isoformat())  # clocks run in real time
    if not answer.values["imported"]:
        raise Missing(why(answer))
    return answer


def _needs(desk: Desk) -> None:
    told(desk.ask("dealers.segments"))


PAGE = Page("dealers", lazy("Dealers"), needs=_needs, cards=(
    Card("groups", "segment_map", lazy("Groups of dealers"), _group(segments.chart), ("by", "cuts", "item")),
    Card("groups", "segment_dealers", lazy("Dealers of the groups"), _group(segments.listed), ("by", "cuts", "item")),
    Card("groups", "segment_tried", lazy("How the groups were found"), _tried, ("by", "cuts")),
    Card("moves", "segment_flow", lazy("Moves between groups"),
         lambda desk, given: segment_moves.flow(*_moves(desk, given)), ("by", "against")),
    Card("moves", "segment_moved", lazy("Dealers that changed their group"),
         lambda desk, given: segment_moves.listed(*_moves(desk, given), desk.currency), ("by", "against"),
         lazy("No dealer changed its group")),
    Card("moves", "segment_steady", lazy("How steady the groups are"),
         lambda desk, given: segment_moves.steady(_moves(desk, given)[0]), ("by", "against")),
    Card("score", "score_parts", lazy("Parts of a dealer's score"), _one(scorecard.parts), ("item",)),
    Card("score", "score_ways", lazy("Ways to a higher tier"), _one(scorecard.ways), ("item",),
         lazy("There is no higher tier, or no score.")),
    Card("score", "scorecard", lazy("Scorecard"), lambda desk, given: scorecard.table(desk.ask("dealers.scorecard"))),
    Card("grades", "grades_money", lazy("Balances by credit grade"),
         lambda desk, given: grades.money(_grades(desk), desk.currency)),
    Card("grades", "grade_requests", lazy("Changes of grade that wait"),
         lambda desk, given: grades.requests(_grades(desk)), empty=lazy("No change of a grade waits.")),
    Card("grades", "grades", lazy("Credit grades"), lambda desk, given: grades.table(_grades(desk), desk.currency)),
    Card("risk", "risk", lazy("Who may go quiet"),
         lambda desk, given: risk.table(desk.ask("dealers.risk"), desk.currency)),
    Card("risk", "risk_calibration", lazy("Chances of going quiet and what came"),
         lambda desk, given: risk.calibration(desk.ask("dealers.risk")),
         empty=lazy("90 days of earlier history are needed.")),
    Card("risk", "dependence", lazy("Who hangs on promotions"),
         lambda desk, given: risk.dependence(desk.ask("dealers.risk"), desk.currency),
         empty=lazy("No dealer buys a quarter on promotion.")),
))  # fmt: skip
