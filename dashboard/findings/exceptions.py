"""An exception in words: one sentence, a chip and the reason."""

from __future__ import annotations

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.model import against_words
from dashboard.findings.names import name_of
from dashboard.i18n import _, language


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
            over = facts.get("of_limit") is not None and facts["of_limit"] > 1
            if over and facts["days"] > 0:
                return _(
                    "{name} is {days} days overdue on average and over its limit",
                    name=name,
                    days=formats.count(facts["days"]),
                )
            return _("{name} is {days} days overdue on average", name=name, days=formats.count(facts["days"]))
        case "stock":
            return _("Dealers in {name} hold stock for {days} days", name=name, days=round(facts["days"]))
        case "territory":
            return _("{name}: goods go outside its territory", name=name)
    return _("{name} cost {amount} more than planned", name=name, amount=formats.compact(row["money"]))


def chip(row: pd.Series) -> str:
    return {"drop": _("Sales"), "silent": _("Dealers"), "overdue": _("Receivables"), "stock": _("Stock"),
            "territory": _("Channel order"), "overspend": _("Promotions")}[row["kind"]]  # fmt: skip


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
            words = _("{share} of the limit used", share=formats.rate(limit, 0)) if limit is not None else _("no limit")
            return between.join(filter(None, [where, words]))
        case "stock":
            return _("usually {days} days; suspected loading", days=round(facts["usual"]))
        case "territory":
            words = _(
                "suspected: {share} of sales in {n} lines",
                share=formats.rate(facts["share"], 0),
                n=formats.count(facts["lines"]),
            )
            return between.join(filter(None, [where, words]))
    return _("planned {planned}, spent {spent}", planned=formats.compact(facts["planned"]),
             spent=formats.compact(facts["spent"]))  # fmt: skip
