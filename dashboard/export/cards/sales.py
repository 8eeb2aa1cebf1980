"""The cards of the Sales page."""

from __future__ import annotations

from analytics.questions import Answer
from dashboard import options
from dashboard.export.cards.model import Card, Missing, Page, why
from dashboard.export.desk import Desk
from dashboard.findings import Finding, briefing, sales, sales_bridge, sales_concentration, sales_dealers, sales_mix
from dashboard.i18n import lazy
from dashboard.options import Given, chosen

_REACH = lazy("A period of the data to compare with is needed.")


def _bridge(desk: Desk, given: Given) -> tuple[Answer, str]:
    by, start = chosen(given, "by", sales_bridge.GROUPINGS), options.period(desk.company, given.get("against", ""))
    return desk.ask("sales.bridge", by=by, against=start), by


def _parts(desk: Desk, given: Given) -> Finding:
    answer, by = _bridge(desk, given)
    return sales_bridge.parts(answer, by, desk.currency)


def _mix(desk: Desk, given: Given) -> tuple[Answer, str]:
    by = chosen(given, "by", sales_mix.GROUPINGS)
    return desk.ask("sales.mix", by=by), by


def _concentration(desk: Desk, given: Given) -> tuple[Answer, str]:
    by = chosen(given, "by", sales_concentration.GROUPINGS)
    return desk.ask("sales.concentration", by=by), by


def _dealers(desk: Desk, given: Given) -> Finding:
    answer = desk.ask("sales.dealers")
    if not (statuses := tuple(sales_dealers.statuses(answer))):
        raise Missing(why(answer))
    return sales_dealers.listed(answer, chosen(given, "by", statuses), desk.currency)


PAGE = Page("sales", lazy("Sales"), (
    Card("overview", "trend", lazy("Net sales by month"),
         lambda desk, given: briefing.trend(desk.ask("sales.trend"), desk.currency,
                                            ahead=desk.ask("forecast.outlook"))),
    Card("overview", "like_for_like", lazy("Like for like"),
         lambda desk, given: sales.like_for_like(desk.ask("sales.like_for_like")), empty=_REACH),
    Card("overview", "drill", lazy("From regions to products"),
         lambda desk, given: sales.drill(desk.ask("sales.drill"), desk.currency)),
    Card("overview", "bridge", lazy("What changed sales"), name="change", empty=_REACH,
         make=lambda desk, given: sales_bridge.steps(desk.ask("sales.bridge"), desk.currency, ends=False)),
    Card("bridge", "bridge", lazy("Price, volume, mix"), reads=("by", "against"), empty=_REACH,
         make=lambda desk, given: sales_bridge.steps(_bridge(desk, given)[0], desk.currency, ends=True)),
    Card("bridge", "bridge_by", lazy("Price, volume, mix by part"), _parts, ("by", "against"), _REACH),
    Card("mix", "mix", lazy("Shares of sales"), lambda desk, given: sales_mix.shares(*_mix(desk, given)), ("by",)),
    Card("mix", "mix_table", lazy("Shares and margins"),
         lambda desk, given: sales_mix.table(*_mix(desk, given), desk.currency), ("by",)),
    Card("concentration", "pareto", lazy("The largest"),
         lambda desk, given: sales_concentration.largest(*_concentration(desk, given), desk.currency), ("by",)),
    Card("concentration", "abc", lazy("ABC classes"),
         lambda desk, given: sales_concentration.classes(*_concentration(desk, given), desk.currency), ("by",)),
    Card("dealers", "dealers_heads", lazy("Dealers won and lost"),
         lambda desk, given: sales_dealers.heads(desk.ask("sales.dealers")), empty=_REACH),
    Card("dealers", "dealers_money", lazy("Sales moved by dealers won and lost"),
         lambda desk, given: sales_dealers.money(desk.ask("sales.dealers"), desk.currency), empty=_REACH),
    Card("dealers", "dealers_list", lazy("Dealers by status"), _dealers, ("by",)),
))  # fmt: skip
