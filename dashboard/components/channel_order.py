"""The KPIs and the three views of the page on channel order."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from dashboard import address, formats, session
from dashboard.components import cards, exceptions_register, kpis, links, notices
from dashboard.components.text import note
from dashboard.findings import Finding
from dashboard.findings import integrity_loading as loading
from dashboard.findings import integrity_prices as prices
from dashboard.findings import integrity_territory as territory
from dashboard.findings.kpis import Kpi, Line
from dashboard.i18n import _, ngettext
from data.measures import measure
from data.scope import Scope


def row(answer: Answer) -> None:
    """Suspected money by kind, whom it concerns, and what the register clears."""
    values, kinds = answer.values, answer.frames["kinds"].set_index("rule")

    def kind(rule: str, label: str, id: str) -> Kpi:
        if kinds.loc[rule, "verdict"] != "ok":
            return Kpi(label, formats.MISSING, [Line(_("cannot tell"))], _(measure(id).formula))
        n = int(kinds.loc[rule, "dealers"])
        lines = [Line(ngettext("{n} dealer suspected", "{n} dealers suspected", n))]
        lines.append(Line({
            "territory": _("sales out of territory"), "prices": _("gap to floor or cap"),
            "loading": _("above the usual, {day}", day=formats.short_date(values["quarter_end"])),
        }[rule]))  # fmt: skip
        return Kpi(label, formats.compact(kinds.loc[rule, "money"]), lines, _(measure(id).formula))

    kpis.row([
        kind("territory", _("Out of territory"), "out_of_territory"),
        kind("loading", _("Stock loading"), "stock_loading"),
        kind("prices", _("Price breaches"), "price_gap"),
        Kpi(_("Dealers concerned"), _("{n} of {total}", n=formats.count(values["dealers"]),
                                      total=formats.count(values["selling"])),
            [Line(_("{share} of net sales", share=formats.rate(values["dealers_share"])))],
            _("Dealers who are suspected of anything, each counted once, of those with sales in the period")),
        Kpi(_("Cleared"), formats.compact(values["cleared"]),
            [Line(_("sales out of territory")),
             Line(_("{n} of {total} permissions clear", n=values["clearing"], total=values["standing"]))],
            _("Sales out of territory that the register of permissions clears")),
    ])  # fmt: skip


def view(shown: str, scope: Scope, currency: str) -> None:
    """Draw one of the views: territory, prices or stock."""
    {"territory": _territory, "prices": _prices, "stock": _stock}[shown](scope, currency)


def _pick(chosen: str | None) -> Callable[[str], None]:
    """Keep the clicked dealer in the address; a second click lets it go."""
    return lambda id: address.put({"item": "" if id == chosen else id})


def _open(scope: Scope) -> Callable[[pd.Series], None]:
    return lambda row: links.open_dealer(scope, str(row["dealer_id"]))


def _said(answer: Answer) -> None:
    for item in answer.notes:
        notices.hint(note(item))


def _territory(scope: Scope, currency: str) -> None:
    answer, item = session.ask("integrity.territory", scope), address.item()
    dealer = territory.chosen(answer, item)
    _said(answer)
    if answer.verdict == "ok":
        _suspects(scope, answer, item, dealer, currency)
    dealers = [str(id) for id in answer.frames["dealers"]["dealer_id"]]
    exceptions_register.register("territory_exception", territory.register(answer), dealers=dealers, first=dealer)


def _suspects(scope: Scope, answer: Answer, item: str | None, dealer: str | None, currency: str) -> None:
    """Who is suspected of selling out of territory, and the deliveries behind it."""
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(territory.shares(answer, item), on_pick=_pick(item))
    with right:
        cards.chart(territory.flows(answer, item, currency))
    finding = territory.asked(answer)
    cards.table(finding, most=8, note=_accuracy(finding), on_pick=_open(scope))
    if dealer:
        one = session.ask("integrity.deliveries", scope.but(dealer=(dealer,)))
        cards.table(territory.deliveries(one), most=6)


def _prices(scope: Scope, currency: str) -> None:
    answer, item = session.ask("integrity.prices", scope), address.item()
    dealer = prices.chosen(answer, item)
    _said(answer)
    if answer.verdict != "ok":
        return
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(prices.months(answer, currency))
    with right:
        cards.chart(prices.dealers(answer, item, currency), on_pick=_pick(item))
    finding = prices.asked(answer)
    cards.table(finding, most=8, note=_accuracy(finding), on_pick=_open(scope))
    if dealer:
        one = session.ask("integrity.breaches", scope.but(dealer=(dealer,)))
        cards.table(prices.lines(one), most=6)
    dealers = [str(id) for id in dict.fromkeys(answer.frames["dealers"]["dealer_id"])]
    exceptions_register.register("price_exception", prices.register(answer), dealers=dealers, first=dealer)


def _stock(scope: Scope, currency: str) -> None:
    answer = session.ask("integrity.loading", scope)
    _said(answer)
    if answer.verdict != "ok":
        return
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(loading.cover(answer))
    with right:
        cards.chart(loading.bridge(answer, currency))
    finding = loading.asked(answer)
    cards.table(finding, most=12, note=_accuracy(finding), on_pick=_open(scope))


def _accuracy(finding: Finding) -> str:
    return finding.note(session.style()) if finding.note else ""
