"""Channel order as a whole: the page's title, its KPIs in words, and how often a rule is right."""

from __future__ import annotations

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.model import period_words, subtitle, titled, who
from dashboard.i18n import _, ngettext


def page_title(answer: Answer) -> str:
    """What is suspected, most money first."""
    kinds = answer.frames["kinds"]
    named = kinds[kinds["dealers"] > 0].sort_values("money", ascending=False)
    if named.empty:
        if (kinds["verdict"] != "ok").all():
            return _("Channel order cannot be judged with the data imported")
        unknown = {"territory": _("sales out of territory cannot be told"), "prices": _("prices cannot be told"),
                   "loading": _("stock loading cannot be told")}  # fmt: skip
        left = [unknown[rule] for rule in kinds.loc[kinds["verdict"] != "ok", "rule"]]
        return titled(_("No dealer is suspected"), *left, page=True)
    clauses = [_clause(row.rule, row.money, row.dealers) for row in named.itertuples()]
    return titled(_("Suspected: {what}", what=clauses[0]), *clauses[1:], page=True)


def _clause(rule: object, money: float, dealers: int) -> str:
    amount = formats.compact(money)
    match rule:
        case "territory":
            return ngettext("{amount} out of territory by {n} dealer", "{amount} out of territory by {n} dealers",
                            dealers, amount=amount)  # fmt: skip
        case "loading":
            return ngettext("{amount} loaded on {n} dealer", "{amount} loaded on {n} dealers", dealers, amount=amount)
    return ngettext("{amount} outside the price band at {n} dealer", "{amount} outside the price band at {n} dealers",
                    dealers, amount=amount)  # fmt: skip


def page_subtitle(answer: Answer, company: str, currency: str) -> str:
    what = _("Suspicions with their evidence, {currency}; nobody is accused", currency=formats.currency_name(currency))
    return subtitle(company, who(answer), what, period_words(answer))


def accuracy(answer: Answer) -> str:
    """How often the rule was right where the truth is known."""
    values = answer.values
    return _(
        "On demo companies this rule found {found} of {planted} planted cases that can be judged, and wrongly named "
        "{wrong} of 100 other dealers.",
        found=formats.count(values["measured_found"]), planted=formats.count(values["measured_planted"]),
        wrong=formats.number(values["measured_false_per_100"], 1),
    )  # fmt: skip
