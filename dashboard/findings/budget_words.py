"""Plans, moves and reasons of the budget of promotions in words."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.model import PAGE_LIMITS, length
from dashboard.findings.promotion_words import type_name
from dashboard.i18n import _, language

STEP = 0.05  # of the current spend: a step of a slider
DEFINITIONS = ("promotion_roi", "promotion_net", "promotion_cost", "promotion_marginal")
PLANS = ("current", "mine", "recommended")
SLIGHT = 0.005  # of the budget: less is no move
EVEN = (0.4, 0.6)  # chances that say neither


def plan_names() -> dict[str, str]:
    return {"current": _("Current"), "mine": _("Mine"), "recommended": _("Recommended")}


def reasons() -> dict[str, str]:
    """Why a type keeps its spend in a region, by code."""
    return {
        "no_spend": _("nothing is spent today"),
        "all_refused": _("none of its promotions could be measured"),
        "mostly_refused": _("most of its promotions could not be measured"),
        "few_executions": _("fewer than eight promotions could be measured"),
    }  # fmt: skip


def year(answer: Answer) -> str:
    """A year at the pace of Sep 2023 – May 2026."""
    first, last = answer.values["start"], answer.values["end"]
    return _("a year at the pace of {first} – {last}", first=formats.month(first, year=True),
             last=formats.month(last, year=True))  # fmt: skip


def plan_row(answer: Answer, plan: str) -> pd.Series:
    return answer.frames["plans"].set_index("plan").loc[plan]


def steps(row: pd.Series) -> dict[float, str]:
    """The amounts that a slider offers, with their words: parts of the current spend within the bounds, and the
    recommended amount. No two words are alike, as a slider knows its amounts by them.

    row: current, recommended, lower, upper.
    """
    now = float(row["current"])
    unit = formats.choose_unit([row["upper"]])
    symbol = {"m": "M", "bn": "B"}.get(unit.symbol, unit.symbol)
    first, last = (round(row[end] / now / STEP) for end in ("lower", "upper"))
    amounts = [round(row["recommended"]), *(round(now * STEP * n) for n in range(first, last + 1))]
    words = {f"{unit.label(amount)}{symbol}": float(amount) for amount in amounts}
    return {amount: word for word, amount in sorted(words.items(), key=lambda item: item[1])}


def nearest(amounts: Iterable[float], amount: float) -> float:
    """The amount of a slider that lies nearest."""
    return min(amounts, key=lambda step: abs(step - amount))


def chance(value: float) -> str:
    return formats.probability(value)


def shift(answer: Answer, plan: str) -> tuple[float, str, str]:
    """How much money a plan moves into cells or, where that is more, out of them; the type that gives most and the one
    that gets most, empty where it is none."""
    frame = answer.frames["types"]
    cells = answer.frames["cells"]
    change = (cells[plan] - cells["current"]).to_numpy()
    by_type = pd.Series((frame[plan] - frame["current"]).to_numpy(), index=frame["type"]).dropna()
    slight = SLIGHT * answer.values["total_current"]
    giver = by_type.idxmin() if len(by_type) and by_type.min() < -slight else None
    taker = by_type.idxmax() if len(by_type) and by_type.max() > slight else None
    moved = max(float(change.clip(min=0).sum()), float(-change.clip(max=0).sum()))
    return moved, type_name(giver) if giver is not None else "", type_name(taker) if taker is not None else ""


def given_up(answer: Answer, plan: str) -> float:
    """What the type that gives most gives up."""
    frame = answer.frames["types"]
    return float(-(frame[plan] - frame["current"]).min())


def fitting(*texts: str, limit: int | None = None) -> str:
    """The first text that fits a page's title, else the last."""
    most = limit or PAGE_LIMITS[language()]
    return next((text for text in texts if length(text) <= most), texts[-1])


def result(gain: float, sure: float) -> str:
    """What a plan earns against the current one, with the chance of that direction."""
    if EVEN[0] < sure < EVEN[1]:
        return _("and whether it earns more is a toss-up")
    if gain >= 0:
        return _("and earns about {gain} more, {chance} sure", gain=formats.compact(gain), chance=chance(sure))
    return _("and earns about {gain} less, {chance} sure", gain=formats.compact(-gain), chance=chance(1 - sure))
