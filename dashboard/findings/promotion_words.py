"""Verdicts, types, parts, gates and reasons of promotions in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dashboard import formats
from dashboard.i18n import _, language

SIGNS = {"profit": "✓", "loss": "✕", "cannot_tell": "?", "refused": "–"}


def verdicts() -> dict[str, str]:
    return {"profit": _("Worth it"), "loss": _("Lost money"), "cannot_tell": _("Cannot tell"),
            "refused": _("Not measurable")}  # fmt: skip


def verdict(code: str) -> str:
    """✓ Worth it."""
    return f"{SIGNS.get(code, '–')} {verdicts().get(code, code)}"


def type_name(code: str) -> str:
    """A type of promotion; those that the words do not know as they are written."""
    known = {
        "price-off": _("Price-off"), "second-case-discount": _("Second case at a discount"),
        "buy-n-get-one": _("Buy n, get one"), "display": _("Display"), "tasting": _("Tasting"),
        "gift-box": _("Gift box"), "": _("Promotion"),
    }  # fmt: skip
    return known.get(code, code)


def parts() -> dict[str, str]:
    """What the net return of a promotion consists of."""
    return {
        "gross": _("Extra in the weeks"), "anticipation": _("Waiting before"), "dip": _("Dip after"),
        "cannibalisation": _("Taken from other products"), "cost": _("Cost of the promotion"),
        "naive": _("Before and after"), "drift": _("Season and growth"),
    }  # fmt: skip


def reasons() -> Mapping[str, str]:
    """Why an execution or a group cannot be told, by code, with what would settle it."""
    return {
        "no_dealer": _("names no dealer or no known product category"),
        "controls": _("too few comparable dealers without a promotion: hold some out"),
        "pre_weeks": _("too few weeks without a promotion before it"),
        "preliminary": _("too early: its effect lasts eight weeks after the end"),
        "no_sales": _("the dealer never bought of the category"), "spend": _("its cost is not recorded"),
        "history": _("less than a year of sales"), "overlap": _("overlaps with another promotion of the dealer"),
        "few_executions": _("fewer than eight executions"),
        "band_spans_zero": _("the band spans break-even: hold some out"),
        "lead_test": _("its dealers sold otherwise than expected before it began"),
        "diversion": _("dealers without it sold less where it ran"),
    }  # fmt: skip


def reason(code: str) -> str:
    return reasons().get(code, code)


def gates() -> dict[str, str]:
    """What is checked before a verdict."""
    return {
        "controls": _("Comparable dealers without a promotion, a week"), "pre_weeks": _("Clean weeks before it"),
        "history": _("Weeks of sales"), "executions": _("Executions that could be measured"),
        "complete": _("Executions whose eight weeks after are over"), "overlap": _("Cost in overlapping promotions"),
        "lead_test": _("Sales of the ten weeks before as expected (standard errors off)"),
        "diversion": _("Dealers without it sell as ever where it ran (standard errors off)"),
    }  # fmt: skip


def said(code: str, why: str) -> str:
    """✓ Worth it; where there is no verdict, why."""
    if code == "refused" or (code == "cannot_tell" and why not in ("", "band_spans_zero")):
        return f"{SIGNS[code]} {reason(why) if why else verdicts()[code]}"
    return verdict(code)


def roi(value: float) -> str:
    """+0.86; the return on one unit of money spent."""
    return formats.number(value, 2, signed=True)


def band(low: float, high: float) -> str:
    """+0.05 to +0.25."""
    return _("{low} to {high}", low=roi(low), high=roi(high))


def short(names: list[str]) -> list[str]:
    """Names without the year that all of them bear: at the end in English, at the beginning in Chinese."""
    ends = {name[-5:] for name in names}
    starts = {name[:5] for name in names}
    if len(ends) == 1 and re.fullmatch(r" \d{4}", next(iter(ends))):
        return [name[:-5] for name in names]
    if len(starts) == 1 and re.fullmatch(r"\d{4}年", next(iter(starts))):
        return [name[5:] for name in names]
    return names


def joined(*clauses: str) -> str:
    """Clauses of one sentence."""
    return ("，" if language() == "zh" else ", ").join(clause for clause in clauses if clause)
