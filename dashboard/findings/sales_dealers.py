"""The findings on dealers: who came, who left, and what sales moved with them."""

from __future__ import annotations

from functools import partial
from typing import Any

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.waterfall import variance_waterfall
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, against_words, columns, period_words, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.i18n import _, ngettext


def statuses(answer: Answer) -> dict[str, str]:
    """The statuses that occur, most in need of a decision first, as a reader names them."""
    words = {"lost": _("Lost"), "new": _("New"), "returning": _("Returning"), "resumed": _("Resumed"),
             "kept": _("Active in both"), "active": _("Active"), "returns": _("Returns only")}  # fmt: skip
    there = set(answer.frames["movement"]["status"])
    return {status: word for status, word in words.items() if status in there}


def money(answer: Answer, currency: str) -> Finding:
    """Waterfall of the change of net sales by status."""
    frame = answer.frame("movement")
    words = statuses(answer)
    frame["name"] = [words[status] for status in frame["status"]]
    shown = frame.rename(columns={"name": "label", "change": "value"}).assign(id=frame["status"])
    total = float(frame["change"].sum())
    unit = formats.choose_unit([*frame["change"], total], "money")

    draw = partial(variance_waterfall, shown, closing=_("Change"), unit=unit)

    there = answer.compared is not None and len(frame) > 0
    return Finding(
        "dealers_money", _money_title(answer),
        subtitle(who(answer), _("Change of net sales, {unit}, by status of dealers",
                                unit=formats.unit_name(unit, currency=currency)), period_words(answer)),
        frame, _movement_columns(), answer, draw if there else None, lambda style: _statuses_note(answer),
        ("net_sales", "new_dealers", "returning_dealers", "lost_dealers"),
    )  # fmt: skip


def _movement_columns() -> Any:
    return columns(("name", _("Status")), ("dealers", _("Dealers"), "count"),
                   ("active_compared", _("Active before"), "count"), ("active", _("Active now"), "count"),
                   ("net_sales_compared", _("Compared"), "money"), ("net_sales", _("Actual"), "money"),
                   ("change", _("Change"), "money"))  # fmt: skip


def _statuses_note(answer: Answer) -> str:
    if "resumed" not in set(answer.frames["movement"]["status"]):
        return ""
    return _("Resumed: bought now and not in the compared period, away for less than the gap of a returning dealer")


def _money_title(answer: Answer) -> str:
    frame = answer.frames["movement"].set_index("status")["change"]
    if answer.compared is None or frame.empty:
        return _("Sales of dealers that came and left")
    lost, new = frame.get("lost", 0.0), float(sum(frame.get(status, 0.0) for status in ("new", "returning", "resumed")))
    kept = frame.get("kept", 0.0)
    if not lost and not new:
        return _("No dealer came or left; sales changed by {change}", change=formats.compact(kept, signed=True))
    words = {"lost": formats.compact(-lost), "came": formats.compact(new), "kept": formats.compact(kept, signed=True)}
    if not lost:
        return titled(_("No dealer was lost; those that came brought {came}", **words),
                      _("the others {kept}", **words))  # fmt: skip
    return titled(_("Lost dealers took {lost}, those that came brought {came}", **words),
                  _("the others {kept}", **words))  # fmt: skip


def heads(answer: Answer) -> Finding:
    """Waterfall of the number of active dealers, from the compared period to this one."""
    frame = answer.frame("movement")
    words = statuses(answer)
    frame["name"] = [words[status] for status in frame["status"]]
    moved = frame.assign(value=frame["active"].fillna(0) - frame["active_compared"].fillna(0))
    shown = moved[moved["value"] != 0].rename(columns={"name": "label"})
    shown = shown.assign(id=shown["status"])
    before, now = float(frame["active_compared"].sum()), float(frame["active"].sum())

    then = formats.period(answer.compared.start, answer.compared.end, short=True) if answer.compared else ""
    draw = partial(variance_waterfall, shown, closing=period_words(answer, short=True), opening=(then, before),
                   kind="count", sort=False)  # fmt: skip
    there = answer.compared is not None and len(frame) > 0
    return Finding(
        "dealers_heads", _heads_title(answer, before, now),
        subtitle(who(answer), _("Active dealers, from the compared period to this one"), period_words(answer)),
        frame, _movement_columns(), answer, draw if there else None, lambda style: _heads_note(answer),
        ("active_dealers", "new_dealers", "returning_dealers", "lost_dealers"),
    )  # fmt: skip


def _heads_note(answer: Answer) -> str:
    """Why the bar of returning dealers may be shorter than their number."""
    frame = answer.frames["movement"].set_index("status")
    both = frame["active_compared"].get("returning", float("nan"))
    if not known(both) or not both:
        return ""
    return _("{both} of {n} returning dealers had bought in the compared period, too", both=int(both),
             n=int(frame["active"]["returning"]))  # fmt: skip


def _heads_title(answer: Answer, before: float, now: float) -> str:
    values = answer.values
    if answer.compared is None or not known(values["lost_dealers"]):
        return ngettext("{n} active dealer", "{n} active dealers", int(now))
    came = int(now - before + values["lost_dealers"])
    lost = int(values["lost_dealers"])
    return titled(
        ngettext("{n} dealer bought, {change} on {against}", "{n} dealers bought, {change} on {against}", int(now),
                 change=formats.count(now - before, signed=True), against=against_words(answer)),
        _("{came} came, {lost} left", came=came, lost=lost),
    )  # fmt: skip


def listed(answer: Answer, status: str, currency: str) -> Finding:
    """Table of the dealers of one status, largest change first."""
    frame = answer.frame("dealers")
    frame = frame[frame["status"] == status].reset_index(drop=True)
    frame["name"] = names_of(frame, "dealer")
    return Finding(
        "dealers_list", _listed_title(answer, status, len(frame), frame),
        subtitle(who(answer), _("Net sales, {currency}, by dealer, largest change first",
                                currency=formats.currency_name(currency)), period_words(answer)),
        frame, columns(("name", _("Dealer")), ("last_sale", _("Last sale")), ("net_sales", _("Actual"), "money"),
                        ("net_sales_compared", _("Compared"), "money"), ("change", _("Change"), "money")),
        answer, definitions=("net_sales", "new_dealers", "returning_dealers", "lost_dealers"),
    )  # fmt: skip


def _listed_title(answer: Answer, status: str, n: int, frame: Any) -> str:
    change = formats.compact(abs(float(frame["change"].sum())))
    amount = formats.compact(float(frame["net_sales"].sum()))
    match status:
        case "lost":
            return ngettext("{n} dealer to win back: {amount} in the compared period",
                            "{n} dealers to win back: {amount} in the compared period", n, amount=change)  # fmt: skip
        case "new":
            return ngettext(
                "{n} new dealer bought for {amount}", "{n} new dealers bought for {amount}", n, amount=amount
            )
        case "returning":
            return ngettext("{n} dealer came back and bought for {amount}",
                            "{n} dealers came back and bought for {amount}", n, amount=amount)  # fmt: skip
    return ngettext("{status}: {n} dealer, {amount}", "{status}: {n} dealers, {amount}", n,
                    status=statuses(answer)[status], amount=amount)  # fmt: skip
