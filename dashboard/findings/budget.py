"""The findings on the budget of promotions: what a plan moves and earns, plans compared."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from analytics.questions.segments_base import tried_of
from dashboard import formats
from dashboard.charts.plans import plans as plan_bars
from dashboard.findings.briefing import known
from dashboard.findings.budget_words import (
    DEFINITIONS,
    EVEN,
    PLANS,
    SLIGHT,
    chance,
    fitting,
    given_up,
    plan_names,
    plan_row,
    result,
    shift,
    year,
)
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.promotion_words import band, roi
from dashboard.i18n import _, language
from data.scope import ScopeError

PLAN, ASKED = "plan", "cuts"  # options of an address: a plan of one's own, what the recommended one goes by


def tried(text: str) -> dict[str, float]:
    """Total and floors of the recommended plan as an address holds them. Raises ScopeError."""
    return tried_of("total", text, ("roi_floor", "marginal_floor", "total"))


def at_fault(error: ScopeError) -> str:
    """The option of the address that cannot be used."""
    return PLAN if str(error).startswith(("plan", "region")) else ASKED


def page_title(answer: Answer) -> str:
    """What my plan moves and earns; with the current one untouched, what the recommended one would."""
    if answer.values.get("pending"):
        return _("Budget: where it earns most is being computed")
    if answer.values.get("missing"):
        return _("No promotions imported yet")
    if answer.verdict != "ok":
        return _("Promotion budget: nothing to decide from yet")
    if answer.values["touched"]:
        return _mine(answer)
    row = plan_row(answer, "recommended")
    moved, giver, taker = shift(answer, "recommended")
    slight = row["expected_gain"] <= SLIGHT * answer.values["total_current"]
    if not known(row["p_gain"]) or slight or row["p_gain"] < EVEN[1]:
        if answer.values["asked"]:
            return _("By this total and these floors no plan earns more than the current one")
        return _("The promotion budget is well placed: no better split can be told")
    saved = answer.values["total_current"] - answer.values["total_recommended"]
    if abs(saved) > SLIGHT * answer.values["total_current"]:
        about = {"saved": formats.compact(abs(saved)), "gain": formats.compact(row["expected_gain"]),
                 "chance": chance(row["p_gain"])}  # fmt: skip
        return (_("Spending {saved} less, and better, would earn about {gain} more a year, {chance} sure", **about)
                if saved > 0 else
                _("Spending {saved} more, and better, would earn about {gain} more a year, {chance} sure",
                  **about))  # fmt: skip
    gain = {"amount": formats.compact(moved), "gain": formats.compact(row["expected_gain"]),
            "chance": chance(row["p_gain"])}  # fmt: skip
    texts = [_("Moving {amount} would earn about {gain} more a year, {chance} sure", **gain)]
    if taker:
        texts.insert(0, _("Moving {amount}, mostly to {taker}, would earn about {gain} more, {chance} sure",
                          taker=taker, **gain))  # fmt: skip
    if giver and taker:
        texts.insert(0, _("Moving {amount}, mostly from {giver} to {taker}, would earn {gain} more, {chance} sure",
                          giver=giver, taker=taker, **gain))  # fmt: skip
    return fitting(*texts)


def _mine(answer: Answer) -> str:
    row = plan_row(answer, "mine")
    moved, giver, taker = shift(answer, "mine")
    told = result(row["expected_gain"], row["p_gain"]) if known(row["p_gain"]) else ""
    if giver and not taker:
        does = _("Your plan cuts {amount} from {type}", amount=formats.compact(given_up(answer, "mine")), type=giver)
    elif giver:
        does = _("Your plan moves {amount} out of {type}", amount=formats.compact(given_up(answer, "mine")),
                 type=giver)  # fmt: skip
    elif taker:
        does = _("Your plan adds {amount} to {type}", amount=formats.compact(moved), type=taker)
    else:
        does = _("Your plan moves {amount} between regions", amount=formats.compact(moved))
    space = "，" if language() == "zh" else " "
    short = _("Your plan moves {amount}", amount=formats.compact(moved))
    return fitting(f"{does}{space}{told}", f"{short}{space}{told}")


def page_subtitle(answer: Answer, company: str) -> str:
    if answer.verdict != "ok":
        return company
    return subtitle(company, who(answer), _("Promotion budget"), year(answer),
                    _("{total} now", total=formats.compact(answer.values["total_current"])))  # fmt: skip


def compared(answer: Answer, currency: str) -> Finding:
    """Profit of the plans, with the chance to beat the current one."""
    frame = answer.frame("plans").rename(columns={"profit": "value", "profit_lo_80": "low", "profit_hi_80": "high"})
    frame["label"] = [plan_names()[plan] for plan in frame["plan"]]
    shown = frame if answer.values["touched"] else frame[frame["plan"] != "mine"]
    unit = formats.choose_unit(pd.concat([frame["value"], frame["low"], frame["high"]]))
    mine, best = plan_row(answer, "mine"), plan_row(answer, "recommended")

    draw = partial(plan_bars, shown, unit=unit)

    if answer.values["touched"] and known(mine["p_gain"]):
        title = titled(_("Your plan beats the current one with {chance} probability", chance=chance(mine["p_gain"])),
                       _("the recommended one with {chance}", chance=chance(best["p_gain"]))
                       if known(best["p_gain"]) else "")  # fmt: skip
    elif known(best["p_gain"]):
        title = _("The recommended plan beats the current one with {chance} probability",
                  chance=chance(best["p_gain"]))  # fmt: skip
    else:
        title = _("No split is better than the current one")
    return Finding(
        "budget_plans", title,
        subtitle(who(answer), _("Profit after promotion cost, {unit} a year",
                                unit=formats.unit_name(unit, currency=currency)),
                 _("bar: expected, whisker: 80% band")),
        frame,
        columns(("label", _("Plan")), ("spend", _("Spend"), "money"), ("value", _("Profit"), "money"),
                ("low", _("80% from"), "money"), ("high", _("80% to"), "money"),
                ("expected_gain", _("Gain"), "money"), ("gain_lo_80", _("Gain from"), "money"),
                ("gain_hi_80", _("Gain to"), "money"), ("p_gain", _("Chance to beat current"), "rate")),
        answer, draw, None, DEFINITIONS,
    )  # fmt: skip


def figures(answer: Answer) -> Finding:
    """Spend, margin, revenue, return, its margin and the chance of a profit of the plans side by side."""
    plans = answer.frames["plans"].set_index("plan")

    def told(plan: str) -> list[str]:
        row = plans.loc[plan]
        money = formats.compact
        return [
            money(row["spend"]), money(row["margin"]), money(row["profit"], signed=True), money(row["revenue"]),
            roi(row["roi"]), band(row["roi_lo_80"], row["roi_hi_80"]), roi(row["marginal_roi"]),
            chance(row["p_profit"]), formats.MISSING if plan == "current" else money(row["expected_gain"], signed=True),
        ]  # fmt: skip

    names = [_("Spend"), _("Extra margin, net"), _("Profit"), _("Extra revenue, net"), _("Return on spend"),
             _("80% band"),
             _("Return on the next unit"), _("Chance of a profit"), _("Against the current plan")]  # fmt: skip
    shown = PLANS if answer.values["touched"] else ("current", "recommended")
    frame = pd.DataFrame({"what": names} | {plan: told(plan) for plan in PLANS})
    row = plans.loc["mine" if answer.values["touched"] else "current"]
    title = _("{margin} extra margin for {spend}", margin=formats.compact(row["margin"]),
              spend=formats.compact(row["spend"]))  # fmt: skip
    next_unit = _("the next unit spent loses money") if row["marginal_roi"] < 0 else _("the next unit still pays")
    return Finding(
        "budget_figures", titled(title, next_unit),
        subtitle(plan_names()["mine" if answer.values["touched"] else "current"], year(answer)), frame,
        columns(("what", ""), *((plan, plan_names()[plan]) for plan in shown)), answer, definitions=DEFINITIONS,
    )  # fmt: skip
