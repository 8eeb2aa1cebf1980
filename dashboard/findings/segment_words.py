"""Groups of dealers in words: their names, and what to do with each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from dashboard.i18n import _

Drivers = Sequence[Sequence[object]]  # [column, distance] each, strongest first


def kinds() -> dict[str, str]:
    """The ways to group dealers, the first opens."""
    return {"learned": _("By what they are like"), "life_cycle": _("Life cycle"), "growth_share": _("Growth and size"),
            "abc": "ABC", "rfm": "RFM"}  # fmt: skip


def _rule_names() -> dict[str, str]:
    return {
        "new": _("New"), "growing": _("Growing"), "mature": _("Mature"), "declining": _("Declining"),
        "dormant": _("Dormant"), "lost": _("Lost"),
        "large_growing": _("Large, growing"), "large_slowing": _("Large, not growing"),
        "small_growing": _("Small, growing"), "small_slowing": _("Small, not growing"),
        "A": _("Class A"), "B": _("Class B"), "C": _("Class C"),
        "champions": _("Champions"), "loyal": _("Loyal"), "recent": _("Recent, small"), "passing": _("Occasional"),
        "at_risk": _("Good, but quiet lately"), "hibernating": _("Small and quiet"),
        "absent": _("Not a customer yet"),
    }  # fmt: skip


def _driver_words() -> dict[tuple[str, bool], str]:
    """(column, high) -> how dealers are that have much or little of it."""
    return {
        ("style_net_sales", True): _("large"), ("style_net_sales", False): _("small"),
        ("style_orders", True): _("order often"), ("style_orders", False): _("order rarely"),
        ("style_products", True): _("wide range"), ("style_products", False): _("narrow range"),
        ("style_margin_rate", True): _("high margin"), ("style_margin_rate", False): _("low margin"),
        ("style_discount_rate", True): _("high discounts"), ("style_discount_rate", False): _("low discounts"),
        ("style_promoted_share", True): _("buy on promotion"), ("style_promoted_share", False): _("few promotions"),
        ("days_late", True): _("pay late"), ("days_late", False): _("pay in time"),
    }  # fmt: skip


def driver_word(driver: Sequence[object]) -> str:
    """One driver in words: `order often`."""
    return _driver_words().get((str(driver[0]), float(str(driver[1])) > 0), str(driver[0]).replace("_", " "))


def names(cards: pd.DataFrame) -> dict[str, str]:
    """Segment -> its name, each unlike the others. cards: the frame `segments` of dealers.segments."""
    found: dict[str, str] = {}
    rules = _rule_names()
    for code, drivers in zip(cards["segment"], cards["drivers"], strict=True):
        if not isinstance(code, str):
            found[""] = _("Cannot be told")
        elif code in rules:
            found[code] = rules[code]
        else:
            found[code] = _learned(code, list(drivers), found.values())
    return found


def _learned(code: str, drivers: Drivers, taken: Iterable[str]) -> str:
    for words in (2, 3):
        name = _(", ").join(driver_word(driver) for driver in drivers[:words])
        name = name[:1].upper() + name[1:]
        if name and name not in taken:
            return name
    return _("Group {n}", n=code.removeprefix("G"))


def treatment(code: object, drivers: Drivers) -> str:
    """What such dealers call for, in a sentence."""
    by_rule = {
        "new": _("Visit in the first weeks, agree a start-up target, watch the first payments."),
        "growing": _("Give the goods and the limit that growth needs; check that stock sells on."),
        "mature": _("Keep: agree yearly plans, widen the range."),
        "declining": _("Ask why before the next order: visit, competitors, stock, margin."),
        "dormant": _("Call this week; make an offer to come back or settle the account."),
        "lost": _("Close the account or win back with a plan; find who serves the area."),
        "large_growing": _("Invest: joint plan, first in line for new products."),
        "large_slowing": _("Hold: review the plan and the terms, look for lost categories."),
        "small_growing": _("Develop: wider range, a step up in tier when it lasts."),
        "small_slowing": _("Serve cheaply: phone and online orders, few visits."),
        "A": _("Own account plan, monthly review, credit checked each quarter."),
        "B": _("Visit by norm; pick those that can become A."),
        "C": _("Phone and online orders; visit when there is a reason."),
        "champions": _("Thank and keep: first for new products and joint plans."),
        "loyal": _("Widen the range; agree a target above last year."),
        "recent": _("Find out what they could buy; a second and third order soon."),
        "passing": _("A reason to order: minimum order, bundle, reminder."),
        "at_risk": _("Visit now: they bought well and have not for longer than most."),
        "hibernating": _("No money on them: serve on request, clean up the accounts."),
    }  # fmt: skip
    if isinstance(code, str) and code in by_rule:
        return by_rule[code]
    by_driver = {
        ("days_late", True): _("Settle what is overdue before more credit; shorter terms, smaller orders."),
        ("style_promoted_share", True): _("Tie promotions to extra volume; check what is only bought forward."),
        ("style_promoted_share", False): _("Check whether promotions reach them at all."),
        ("style_net_sales", True): _("Own account plan, monthly review, credit checked each quarter."),
        ("style_net_sales", False): _("Phone and online orders; visit when there is a reason."),
        ("style_orders", False): _("Fewer, larger deliveries; reminders instead of visits."),
        ("style_orders", True): _("Fixed delivery days; protect the range on their shelves."),
        ("style_products", False): _("Offer the next category that dealers like them carry."),
        ("style_products", True): _("Widen further with new products; a step up in tier when it lasts."),
        ("style_discount_rate", True): _("Review discounts against what they bring."),
        ("style_discount_rate", False): _("Keep prices; offer service rather than discounts."),
        ("style_margin_rate", True): _("Protect: they pay for the service that they get."),
        ("style_margin_rate", False): _("Raise margin: dearer products, fewer discounts."),
    }  # fmt: skip
    for driver in sorted(drivers, key=lambda d: str(d[0]) != "days_late" or float(str(d[1])) < 0):
        if words := by_driver.get((str(driver[0]), float(str(driver[1])) > 0)):
            return words
    return _("Treat like the average dealer.")
