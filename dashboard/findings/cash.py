"""The findings about what is to come: cash by week, who will be late, and how well that was known before."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.cash import cash_columns
from dashboard.charts.ranking import ranking
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.i18n import _, language, ngettext

HEIGHT = 300


def weeks(answer: Answer, currency: str) -> Finding:
    """Columns by week: what falls due, what is expected, with the band."""
    frame, values = answer.frame("weeks"), answer.values
    unit = formats.choose_unit([*frame["expected"], *frame["due"]], "money")

    draw = partial(cash_columns, frame, unit=unit, height=HEIGHT)

    span = formats.period(frame["start"].iloc[0], frame["end"].iloc[-1]) if len(frame) else ""
    return Finding(
        "cash_weeks", _weeks_title(values, answer.verdict),
        subtitle(who(answer),
                 _("Cash from open invoices, {unit}, by week", unit=formats.unit_name(unit, currency=currency)),
                 span, _("□ falls due ▨ expected, line: 80% band")),
        frame, columns(("start", _("From")), ("end", _("To")), ("due", _("Falls due"), "money"),
                       ("expected", _("Expected"), "money"), ("low", _("80% band from"), "money"),
                       ("high", _("80% band to"), "money"), ("tested", _("Past tests"), "count"),
                       ("held", _("Band held"), "count")),
        answer, draw if len(frame) else None, lambda _style: _weeks_note(values), ("expected_cash",),
    )  # fmt: skip


def _weeks_title(values: Any, verdict: str) -> str:
    if verdict != "ok":
        return _("What open invoices will bring")
    words = {"amount": formats.compact(values["expected"]), "low": formats.compact(values["low"]),
             "high": formats.compact(values["high"]), "due": formats.compact(values["due"]),
             "overdue": formats.compact(values["overdue"])}  # fmt: skip
    rest = _("{due} falls due, {overdue} is overdue already", **words)
    if not known(values["low"]):
        return titled(_("Four weeks should bring {amount}", **words), rest)
    return titled(_("Four weeks should bring {amount} ({low} to {high})", **words), rest)


def _weeks_note(values: Any) -> str:
    said = [_("Expected after eight weeks or never: {amount}.", amount=formats.compact(values["later"]))]
    if values["tested"]:
        counts = {key: formats.count(values[key]) for key in ("held", "tested", "first_held", "first_tested")}
        said.append(_("Tested from past weeks, the 80% bands held in {held} of {tested} weeks ({share}), the band of "
                      "the four weeks in {first_held} of {first_tested}.", share=formats.rate(values["coverage"], 0),
                      **counts))  # fmt: skip
    return ("" if language() == "zh" else " ").join(said)


def payers(answer: Answer, currency: str) -> Finding:
    """Dealers by the cash expected of them in four weeks."""
    frame = answer.frame("dealers")
    frame["name"] = names_of(frame, "dealer") if len(frame) else []
    title = _("Who should pay in the next four weeks")
    if len(frame) and answer.values["expected"] > 0:
        top = frame["expected"].head(10).sum() / answer.values["expected"]
        if len(frame) > 10:
            title = _("Ten dealers should bring {share} of the next four weeks' cash", share=formats.rate(top, 0))
    return Finding(
        "cash_payers", title,
        subtitle(who(answer), _("Next four weeks, {currency}, by dealer", currency=formats.currency_name(currency)),
                 _("largest expected first")),
        frame, columns(("name", _("Dealer")), ("expected", _("Expected"), "money"), ("due", _("Falls due"), "money"),
                       ("overdue", _("Overdue"), "money"), ("short", _("Owed beyond that"), "money")),
        answer, None, None, ("expected_cash",),
    )  # fmt: skip


# ------------------------------------------------------------------ late payment

OFF = 0.25  # what happened in the test may differ by so much from what was said before the title says so


def late(answer: Answer, currency: str) -> Finding:
    """Dealers by the money in term that will probably be late, by what leads; the other beside it."""
    frame, values = answer.frame("dealers"), answer.values
    frame["name"] = names_of(frame, "dealer") if len(frame) else []
    title = _("Who will pay late")
    if answer.verdict == "ok" and values["likely_late"] > 0:
        n = int(values["half_dealers"])
        words = {"days": values["late_after"], "amount": formats.compact(values["likely_late"]),
                 "open": formats.compact(values["open"])}  # fmt: skip
        off = values["late_share"] / values["said_share"] - 1
        if abs(off) <= OFF:
            title = titled(
                _("{amount} of {open} in term will probably be {days} days late", **words),
                ngettext("{n} dealer holds half of it", "{n} dealers hold half of it", n, n=formats.count(n)),
            )  # fmt: skip
        else:
            more = _("lately it was more than they said") if off > 0 else _("lately it was less than they said")
            title = titled(_("{amount} of {open} in term {days} days late, by a year's rates", **words), more)
    first, second = ("by_rule", "by_model") if values.get("leads") != "model" else ("by_model", "by_rule")
    label = {"by_rule": _("Likely late, rule"), "by_model": _("Likely late, model")}
    return Finding(
        "cash_late", title,
        subtitle(who(answer), _("Invoices in term, {currency}, by dealer", currency=formats.currency_name(currency)),
                 _("late rate: share of the money due in a year that was over {days} days late",
                   days=values.get("late_after", 30))),
        frame, columns(("name", _("Dealer")), (first, label[first], "money"), ("open", _("In term"), "money"),
                       ("late_rate", _("Late rate"), "rate"), ("known", _("Invoices known"), "count"),
                       (second, label[second], "money")),
        answer, None, None, ("late_risk",),
    )  # fmt: skip


def methods(answer: Answer) -> Finding:
    """Rule and model by the late money that each found beforehand."""
    frame, values = answer.frame("methods"), answer.values
    name = {"rule": _("Plain rule"), "model": _("Model")}
    frame["name"] = frame["method"].map(name)
    shown = frame.rename(columns={"name": "label", "caught": "actual", "method": "id"})[["label", "actual", "id"]]

    draw = partial(ranking, shown, kind="rate")

    title, when = _("How well late payment was known before"), ""
    if answer.verdict == "ok":
        by = frame.set_index("method")["caught"]
        words = {"rule": formats.rate(by["rule"], 0), "model": formats.rate(by["model"], 0)}
        if values["leads"] == "rule":
            title = _("The plain rule found {rule} of the late money, the model {model}: the rule leads", **words)
        else:
            title = _("The model found {model} of the late money, the plain rule {rule}: the model leads", **words)
        when = _("{n} invoices of {span}", n=formats.count(values["tested"]),
                 span=formats.period(values["test_first"], values["test_last"]))  # fmt: skip
    return Finding(
        "cash_methods", title,
        subtitle(_("Late money among the fifth of invoices ranked first, percent"), _("tested out of time"), when),
        frame, columns(("name", _("Method")), ("caught", _("Late money found"), "rate"), ("auc", "AUC", "price"),
                ("calibration_error", _("Calibration error"), "rate")),
        answer, draw if len(frame) else None, lambda _style: _methods_note(frame), ("late_risk",),
    )  # fmt: skip


def _methods_note(frame: pd.DataFrame) -> str:
    rows = frame.set_index("method")
    return _("AUC (1 = every late invoice ranked before every other, 0.5 = chance): rule {rule}, model {model}.",
             rule=formats.number(rows.loc["rule", "auc"], 2),
             model=formats.number(rows.loc["model", "auc"], 2))  # fmt: skip


def calibration(answer: Answer) -> Finding:
    """What was said against what happened, by tenths of the invoices tested."""
    frame = answer.frame("calibration")
    frame.insert(0, "tenth", range(1, len(frame) + 1))
    title = _("What was said against what happened")
    if len(frame):
        last = frame.iloc[-1]
        title = _("Riskiest tenth: {said} said to be late, {was} were", said=formats.rate(last["predicted"]),
                  was=formats.rate(last["observed"]))  # fmt: skip
    return Finding(
        "cash_calibration", title,
        subtitle(_("Share of invoices late, by tenths of the invoices tested, least risky first")), frame,
        columns(("tenth", _("Tenth"), "count"), ("predicted", _("Said"), "rate"), ("observed", _("Happened"), "rate"),
                ("invoices", _("Invoices"), "count")),
        answer, None, None, ("late_risk",),
    )  # fmt: skip
