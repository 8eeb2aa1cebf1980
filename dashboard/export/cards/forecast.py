"""The cards of the Forecast page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analytics.questions import Answer
from dashboard.export.cards.model import Card, Page, told, why
from dashboard.export.desk import Desk
from dashboard.findings import Finding, forecast, forecast_accuracy, forecast_landing, forecast_moved
from dashboard.i18n import _, lazy
from dashboard.options import Given, chosen


def _landing(desk: Desk, given: Given) -> Answer:
    by = chosen(given, "by", tuple(forecast_landing.groupings()))
    return desk.ask("forecast.landing", by=by, over=chosen(given, "over", tuple(forecast.kinds())))


def _by(desk: Desk, given: Given, key: str) -> Finding:
    answer = _landing(desk, given)
    by = forecast_landing.groupings()[answer.values["by"]].lower()
    empty = _("This view cannot be split that way: its forecasts are not kept by {by}.", by=by)
    return replace(forecast_landing.by(answer, desk.currency, key=key), empty=empty)


def _moved(desk: Desk, given: Given) -> Answer:
    back = int(chosen(given, "item", forecast_moved.BACK))
    return desk.ask("forecast.moved", back=back, over=chosen(given, "over", tuple(forecast_moved.spans())))


def _reasoned(finding: Finding) -> Finding:
    """The finding with the answer's reason for having no rows."""
    return replace(finding, empty=why(finding.answer) if finding.answer.verdict != "ok" else "")


def _tested(draw: Callable[[Answer], Finding]) -> Callable[[Desk, Given], Finding]:
    """A card on how good the forecast was."""
    return lambda desk, given: _reasoned(draw(desk.ask("forecast.accuracy")))


def _layers(desk: Desk, given: Given) -> Finding:
    store = desk.company.store
    return forecast_moved.layers(desk.ask("forecast.changes"), desk.currency, store.names, categories=store.categories)


def _needs(desk: Desk) -> None:
    told(desk.ask("forecast.outlook"))


PAGE = Page("forecast", lazy("Forecast"), needs=_needs, cards=(
    Card("outlook", "outlook", lazy("Outlook by month"),
         lambda desk, given: forecast.outlook(desk.ask("forecast.outlook"), desk.currency)),
    Card("outlook", "outlook_weeks", lazy("Outlook by week"),
         lambda desk, given: forecast.weeks(desk.ask("forecast.weeks"), desk.ask("forecast.outlook").values,
                                            desk.currency),
         empty=lazy("Six whole months of sales are needed to tell weeks.")),
    Card("outlook", "landing", lazy("Where month, quarter and year land"),
         lambda desk, given: forecast.periods(desk.ask("forecast.landing", over="quarter"), desk.currency)),
    Card("outlook", "outlook_months", lazy("Months ahead"),
         lambda desk, given: forecast.months(desk.ask("forecast.outlook"), desk.currency)),
    Card("outlook", "forecast_alarms", lazy("Forecast too high or too low"),
         lambda desk, given: forecast_accuracy.alarms(desk.ask("forecast.accuracy"), desk.currency),
         also=("accuracy",), empty=lazy("Nobody was forecast too high, or too low, six months in a row.")),
    Card("landing", "landing_by", lazy("Landing of each part"), lambda desk, given: _by(desk, given, "landing_by"),
         ("by", "over")),
    Card("landing", "reliability", lazy("Whether chances came true"),
         lambda desk, given: forecast_landing.reliability(_landing(desk, given)), ("by", "over"),
         lazy("No past chance can be tested yet: targets and two years of history are needed.")),
    Card("landing", "landing_rows", lazy("Landing of each part, table"),
         lambda desk, given: _by(desk, given, "landing_rows"), ("by", "over")),
    Card("moved", "moved", lazy("What moved the forecast"),
         lambda desk, given: _reasoned(forecast_moved.moved(_moved(desk, given), desk.currency)), ("over", "item")),
    Card("moved", "moved_months", lazy("Forecast then and now"),
         lambda desk, given: _reasoned(forecast_moved.then_and_now(_moved(desk, given), desk.currency)),
         ("over", "item")),
    Card("accuracy", "forecast_levels", lazy("Accuracy by level"), _tested(forecast_accuracy.levels)),
    Card("accuracy", "forecast_said", lazy("Said and come true"),
         lambda desk, given: _reasoned(forecast_accuracy.said(desk.ask("forecast.accuracy"), desk.currency))),
    Card("accuracy", "forecast_steps", lazy("Accuracy by months ahead"), _tested(forecast_accuracy.steps)),
    Card("changes", "forecast_layers", lazy("Changes of the forecast"), _layers,
         empty=lazy("A change is a layer above the model: who, when and why are kept, the model stays.")),
    Card("changes", "forecast_staircase", lazy("What changes were worth"),
         lambda desk, given: forecast_moved.staircase(desk.ask("forecast.changes")),
         empty=lazy("No change has met its actual yet: once the data cover its period, this tells what it was worth.")),
))  # fmt: skip
