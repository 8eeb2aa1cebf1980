"""The findings on dealers that may go quiet: who, how well that was known, and who hangs on promotions."""

from __future__ import annotations

from functools import partial

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.reliability import reliability
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.i18n import _, ngettext


def driver_words() -> dict[str, str]:
    """What raises the chance that a dealer stays silent, in words."""
    return {
        "recency": _("no order for long"), "overdue": _("longer than its usual gap"), "falling": _("orders fall"),
        "frequency": _("orders rarely"), "single": _("ordered once only"), "size": _("small orders"),
        "breadth": _("few lines an order"), "irregular": _("irregular orders"), "returns": _("returns"),
        "season": _("quiet at this time last year"), "returns_only": _("returns only"), "unknown": _("nothing known"),
    }  # fmt: skip


def table(answer: Answer, currency: str) -> Finding:
    """Dealers by margin at risk."""
    frame, words = answer.frame("dealers"), driver_words()
    frame["dealer"], frame["owner"] = names_of(frame, "dealer"), names_of(frame, "owner")
    frame["why"] = [_(", ").join(words.get(code, code) for code in drivers[:2]) for drivers in frame["drivers"]]
    frame["chance"] = [formats.probability(value) for value in frame["probability"]]
    alive = [("alive", _("Still a customer (BG/NBD)"), "rate")] if frame["alive"].notna().any() else []
    n, values = int(answer.values["likely"]), answer.values
    title = _("No dealer is likely to stay silent for 90 days")
    if n:
        title = titled(ngettext("{n} dealer is likely to stay silent for 90 days",
                                "{n} dealers are likely to stay silent for 90 days", n),
                       _("margin of {amount} at risk in all", amount=formats.compact(values["at_risk"]))
                       if known(values["at_risk"]) else "")  # fmt: skip
    if values["verdict"] != "ok":
        title = _("Cannot tell who will stay silent")
    return Finding(
        "risk", title,
        subtitle(who(answer), _("Chance of no order in 90 days × margin of 90 days, {currency}, most at risk first",
                                currency=formats.currency_name(currency)),
                 _("from {day}", day=formats.date(values["day"]))),
        frame, columns(("dealer", _("Dealer")), ("chance", _("Chance of no order")),
                       ("at_risk", _("Margin at risk"), "money"), ("why", _("Because of")),
                       ("recency", _("Days since order"), "count"), ("rule", _("Silence / usual gap"), "days"),
                       ("expected_margin", _("Expected margin, 12 months"), "money"),
                       ("naive_margin", _("Margin, last 12 months"), "money"), *alive, ("owner", _("Owner"))),
        answer, definitions=("churn_probability", "expected_margin", "margin_at_risk"),
    )  # fmt: skip


def calibration(answer: Answer) -> Finding:
    """What was said a quarter ago, and what came."""
    frame, values = answer.frame("bands"), answer.values

    draw = partial(reliability, frame)

    title = _("How often those said to go quiet did")
    if len(frame):
        title = _("90 days ago {said} dealers were expected to stay silent, {came} did",
                  said=formats.number(values["silent_said"], 0), came=formats.count(values["silent_came"]))  # fmt: skip
    return Finding(
        "risk_calibration", title,
        subtitle(who(answer), _("Share that stayed silent over the chance said 90 days ago, with 90% limits")),
        frame, columns(("said", _("Said"), "rate"), ("happened", _("Came"), "rate"), ("count", _("Dealers"), "count"),
                       ("lo", _("From"), "rate"), ("hi", _("to"), "rate")),
        answer, draw if len(frame) else None, lambda style: how_good(answer), ("churn_probability",),
    )  # fmt: skip


def how_good(answer: Answer) -> str:
    """How well past silence was told, beside the plain rule."""
    values = answer.values
    if not known(values.get("auc")):
        return _("Not tested: too little is known of the past.")
    words = _("On {n} past cases the dealer that went silent ranked above one that did not in {auc} of pairs (plain "
              "rule: {rule}); chances were off by {ece} on average.",
              n=formats.count(values["n"]), auc=formats.rate(values["auc"]), rule=formats.rate(values["auc_rule"]),
              ece=formats.points(values["ece"]).lstrip("+"))  # fmt: skip
    model = {"ok": "", "no_dropout": _("BG/NBD says nothing here: the orders know no leaving for good.")}
    return " ".join(filter(None, (words, model.get(str(values["bgnbd"]), _("BG/NBD could not be fitted.")))))


def margin_words(answer: Answer) -> str:
    """How well the expected margin did on past years."""
    values = answer.values
    if not known(values["expected_margin"]):
        return _("No cost of goods is known, so no margin is.")
    if not known(values.get("wape")):
        return _("Expected margin: that of the last 12 months; two years of history are needed to do better.")
    return _("Expected margin missed past years by {wape} (the last 12 months alone: {naive}).",
             wape=formats.rate(values["wape"]), naive=formats.rate(values["wape_naive"]))  # fmt: skip


def dependence(answer: Answer, currency: str) -> Finding:
    """Dealers that buy much on promotion."""
    frame = answer.frame("dependence")
    frame["dealer"], frame["owner"] = names_of(frame, "dealer"), names_of(frame, "owner")
    values = answer.values
    n = int(values["dependent"])
    share = formats.rate(values["promoted_share"])
    title = _("What is bought on promotion is not known")
    if known(values["promoted_share"]):
        rest = ngettext("{n} dealer buys a quarter or more so", "{n} dealers buy a quarter or more so", n)
        title = titled(_("{share} of sales is bought on promotion", share=share),
                       rest if n else _("no dealer a quarter or more"))  # fmt: skip
    return Finding(
        "dependence", title,
        subtitle(who(answer), _("Net sales, {currency}, of dealers from 25%",
                                currency=formats.currency_name(currency))),
        frame, columns(("dealer", _("Dealer")), ("promoted_share", _("On promotion"), "rate"),
                       ("net_sales", _("Net sales"), "money"), ("growth", _("Growth"), "rate"), ("owner", _("Owner"))),
        answer, definitions=("promoted_share",),
    )  # fmt: skip


def concentration_words(answer: Answer) -> str:
    """How few hold how much."""
    values = answer.values
    if not known(values["hhi"]) or not values["hhi"]:
        return ""
    return _("The {n} largest dealers hold {share} of sales; as concentrated as {equal} dealers of equal size.",
             n=values["top"], share=formats.rate(values["top_share"]),
             equal=formats.count(1 / values["hhi"]))  # fmt: skip
