"""The cards of the Receivables page."""

from __future__ import annotations

from analytics.questions import Answer
from dashboard.export.cards.model import Card, Missing, Page, told, why
from dashboard.export.desk import Desk
from dashboard.findings import Finding, aging_form, cash, collections, credit, receivables
from dashboard.findings.names import name_of
from dashboard.i18n import _, lazy
from dashboard.options import Given, chosen

_NONE_OPEN = lazy("No invoice was open on these days.")
_NONE_BEFORE = lazy("Nothing was open a month ago.")
_UNKNOWN = lazy("Too little is known of past payments.")


def _aging(desk: Desk) -> Answer:
    return desk.ask("receivables.aging")


def _full(given: Given) -> bool:
    return chosen(given, "unit", (aging_form.THOUSANDS, aging_form.FULL)) == aging_form.FULL


def _invoices(desk: Desk, given: Given) -> Finding:
    """Those of the one debtor that the address names."""
    dealer, whose = given.get("item", ""), desk.scope.entitlement
    if not dealer:
        raise Missing(_("Choose a debtor to see its open invoices."))
    if whose is None or not desk.company.sees(whose, dealer):
        raise Missing(_("This dealer is not in the data."))
    name = name_of(desk.company.store.names("dealer").loc[dealer], "dealer")
    return aging_form.invoices(desk.but(dealer=(dealer,)).ask("receivables.invoices"), name, desk.currency)


def _provision(desk: Desk, given: Given) -> Answer:
    return desk.ask("receivables.provision", factor=float(chosen(given, "factor", credit.FACTORS)))


def _cash(desk: Desk) -> Answer:
    """What is to come; where late payment cannot be told either, why not."""
    coming = desk.ask("receivables.cash")
    return coming if desk.ask("receivables.late").verdict == "ok" else told(coming)


def _late(desk: Desk) -> Answer:
    _cash(desk)
    return desk.ask("receivables.late")


def _needs(desk: Desk) -> None:
    answer = _aging(desk)
    if not answer.values["imported"] or answer.values["before_data"]:
        raise Missing(why(answer))


PAGE = Page("receivables", lazy("Receivables"), needs=_needs, cards=(
    Card("aging", "aging_months", lazy("Overdue by month"),
         lambda desk, given: receivables.by_month(_aging(desk), desk.currency), empty=_NONE_OPEN),
    Card("aging", "aging_movement", lazy("What moved receivables"),
         lambda desk, given: receivables.movement(desk.ask("receivables.movement"), desk.currency), empty=_NONE_OPEN),
    Card("aging", "aging_form", lazy("Aging form"),
         lambda desk, given: aging_form.form(_aging(desk), desk.currency, full=_full(given)), ("unit",)),
    Card("aging", "aging_offices", lazy("Overdue by region"),
         lambda desk, given: receivables.by_office(_aging(desk), desk.currency), empty=_NONE_OPEN),
    Card("aging", "aging_dealers", lazy("Aging form by dealer"),
         lambda desk, given: aging_form.dealers(_aging(desk), desk.currency, full=_full(given)), ("unit",)),
    Card("aging", "aging_offices_form", lazy("Aging form by region"),
         lambda desk, given: aging_form.offices(_aging(desk), desk.currency, full=_full(given)), ("unit",)),
    Card("aging", "aging_invoices", lazy("Open invoices of a debtor"), _invoices, ("item",), also=("collect",)),
    Card("collect", "worklist", lazy("Collect this week"),
         lambda desk, given: collections.worklist(desk.ask("receivables.worklist"), desk.currency),
         empty=lazy("No money is overdue or falls due within a week.")),
    Card("collect", "concentration", lazy("How much hangs on few debtors"),
         lambda desk, given: collections.concentration(desk.ask("receivables.concentration"), desk.currency),
         empty=lazy("No invoice was open on this day.")),
    Card("collect", "limits", lazy("Over the limit"),
         lambda desk, given: collections.limits(desk.ask("receivables.limits"), desk.currency),
         empty=lazy("Nobody owes more than its limit on this day.")),
    Card("quality", "credit_days", lazy("Days outside"),
         lambda desk, given: credit.days(desk.ask("receivables.days")),
         empty=lazy("Days outside need 90 days of invoices.")),
    Card("quality", "credit_cei", lazy("How much was collected"),
         lambda desk, given: credit.collection(desk.ask("receivables.days")),
         empty=lazy("A whole month of invoices is needed.")),
    Card("quality", "credit_rolls", lazy("What rolled on, by month"),
         lambda desk, given: credit.rolls(desk.ask("receivables.rolls")), empty=_NONE_BEFORE),
    Card("quality", "credit_last_rolls", lazy("What rolled on last month"),
         lambda desk, given: credit.last_rolls(desk.ask("receivables.rolls")), empty=_NONE_BEFORE),
    Card("provision", "credit_matrix", lazy("Provision matrix"),
         lambda desk, given: credit.matrix(_provision(desk, given), desk.currency), ("factor",),
         lazy("Loss rates need invoices that were due a year ago.")),
    Card("provision", "credit_losers", lazy("With whom the loss sits"),
         lambda desk, given: credit.losers(_provision(desk, given), desk.currency), ("factor",),
         lazy("No loss can be expected of what is known.")),
    Card("cash", "cash_weeks", lazy("Cash to come by week"),
         lambda desk, given: cash.weeks(_cash(desk), desk.currency),
         empty=lazy("There is no expectation for this day.")),
    Card("cash", "cash_payers", lazy("Who should pay"), lambda desk, given: cash.payers(_cash(desk), desk.currency),
         empty=lazy("No invoice is open.")),
    Card("cash", "cash_late", lazy("Who will be late"), lambda desk, given: cash.late(_late(desk), desk.currency),
         empty=_UNKNOWN),
    Card("cash", "cash_methods", lazy("Plain rule and model"), lambda desk, given: cash.methods(_late(desk)),
         empty=_UNKNOWN),
    Card("cash", "cash_calibration", lazy("Chances and what came"), lambda desk, given: cash.calibration(_late(desk)),
         empty=_UNKNOWN),
))  # fmt: skip
