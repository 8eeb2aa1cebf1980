"""An exception in words: one sentence, a chip and the reason."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.model import against_words
from dashboard.findings.names import name_of
from dashboard.i18n import _, language, ngettext


def sentence(row: pd.Series, answer: Answer) -> str:
    """One exception in one sentence."""
    name, facts = name_of(row, "subject"), row["facts"]
    match row["kind"]:
        case "drop":
            if facts["change_rate"] < -0.995:
                return _("{name} buys over 99% less than {against}", name=name, against=against_words(answer))
            return _("{name} buys {share} less than {against}", name=name, share=formats.rate(-facts["change_rate"], 0),
                     against=against_words(answer))  # fmt: skip
        case "silent" if row["subject"] == "region":
            return _("{name}: {n} dealers stopped ordering", n=row["count"], name=name)
        case "silent":
            return _("{name} stopped ordering", name=name)
        case "overdue":
            days = formats.count(facts["days"])
            if facts.get("of_limit", 0) > 1:
                return _("{name} is {days} days overdue on average and over its limit", name=name, days=days)
            return _("{name} is {days} days overdue on average", name=name, days=days)
        case "stock" if row["subject"] == "region":
            return _("{name}: {n} dealers hold too much stock", name=name, n=row["count"])
        case "stock":
            return _("{name} holds too much stock", name=name)
        case "territory":
            return _("{name}: goods go outside its territory", name=name)
        case "price":
            if (side := _side(facts)) == "low":
                return _("{name}: prices below the floor", name=name)
            if side == "high":
                return _("{name}: prices above the cap", name=name)
            return _("{name}: prices outside the band", name=name)
    return _("{name} cost {amount} more than planned", name=name, amount=formats.compact(row["money"]))


def _side(facts: dict[str, Any]) -> str:
    """Which end of the price band a dealer left: low, high or both."""
    sides = {practice.rpartition("_")[2] for practice in facts["practices"]}
    return sides.pop() if len(sides) == 1 else "both"


def chip(row: pd.Series) -> str:
    return {
        "drop": _("Sales"), "silent": _("Dealers"), "overdue": _("Receivables"), "stock": _("Stock"),
        "territory": _("Channel order"), "price": _("Channel order"), "overspend": _("Promotions"),
    }[row["kind"]]  # fmt: skip


def reason(row: pd.Series) -> str:
    """The numbers behind the sentence, short."""
    facts, where = row["facts"], name_of(row, "region") if isinstance(row["region_id"], str) else ""
    between = "，" if language() == "zh" else ", "
    match row["kind"]:
        case "drop":
            return where
        case "silent":
            words = _("no order for {days} days or more", days=formats.count(facts["days"]))
            return words if row["subject"] == "region" else between.join(filter(None, [where, words]))
        case "overdue":
            limit = facts.get("of_limit")
            parts = [where, _("{amount} overdue", amount=formats.compact(facts["overdue"])),
                     _("{share} of the limit used", share=formats.rate(limit, 0)) if limit is not None else "",
                     _("promise passed") if "promise_passed" in facts else ""]  # fmt: skip
            return between.join(filter(None, parts))
        case "stock":
            above = formats.rate(facts["above"], 0)
            several = row["subject"] == "region"
            words = _("suspected loading, up to {share} above the usual", share=above) if several else _(
                "suspected loading, {share} above the usual", share=above)  # fmt: skip
            return words if several else between.join(filter(None, [where, words]))
        case "territory":
            words = _("suspected: {share} of deliveries", share=formats.rate(facts["share"], 0))
            return between.join(filter(None, [where, words]))
        case "price":
            words = ngettext("suspected in {n} line", "suspected in {n} lines", facts["lines"])
            return between.join(filter(None, [where, words]))
    return _("planned {planned}, spent {spent}", planned=formats.compact(facts["planned"]),
             spent=formats.compact(facts["spent"]))  # fmt: skip
