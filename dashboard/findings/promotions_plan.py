"""The findings on a planned promotion: effect first, then cost; history; the experiment that would tell."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from analytics.questions import Answer
from analytics.questions.promotions_plan import DEFAULT_DEALERS, DEFAULT_WEEKS
from analytics.questions.segments_base import tried_of
from dashboard import formats
from dashboard.charts.waterfall import variance_waterfall
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.findings.promotion_words import band, roi, said, type_name
from dashboard.findings.promotions import DEFINITIONS
from dashboard.i18n import _, ngettext

# what a reader sets -> (standing value, lowest, highest, step); rates in percent, none = what history says
NUMBERS = {"dealers": (DEFAULT_DEALERS, 1, 20000, 10), "weeks": (DEFAULT_WEEKS, 1, 26, 1)}
OWN = {"uplift": (0.0, 300.0, 1.0), "cost_rate": (0.0, 100.0, 0.5), "fee": (0.0, 1e9, 1000.0)}


def tried(text: str) -> dict[str, float]:
    """The numbers of a plan as an address holds them; those outside their limits are left out. Raises ScopeError."""
    found = tried_of("plan", text, (*NUMBERS, *OWN))
    whole = {name: int(value) for name, value in found.items()
             if name in NUMBERS and NUMBERS[name][1] <= value <= NUMBERS[name][2]}  # fmt: skip
    return whole | {name: value for name, value in found.items() if name in OWN}


def lift(value: float) -> str:
    return _("never") if math.isinf(value) else formats.rate(value, 0)


def steps(answer: Answer, currency: str) -> Finding:
    """From the extra margin expected to the net return."""
    values = answer.values
    amounts = answer.frames["steps"].set_index("step")["value"]
    frame = pd.DataFrame({"label": [_("Extra in the weeks"), _("Lost before, after and beside"),
                                    _("Cost of the promotion")],
                          "value": [amounts["gross"], amounts["after"], amounts["cost"]]})  # fmt: skip

    unit = formats.choose_unit(frame["value"])

    draw = partial(
        variance_waterfall,
        frame.iloc[1:],
        opening=(frame["label"].iloc[0], float(frame["value"].iloc[0])),
        closing=_("Net return"),
        unit=unit,
    )

    if values["open"]:
        title = _("Whether it pays cannot be told beforehand")
    elif values["roi"] > 0:
        title = _("It should pay: {amount} net return", amount=formats.compact(values["net_return"], signed=True))
    else:
        title = _("It should lose {amount}", amount=formats.compact(-values["net_return"]))
    return Finding(
        "plan_steps", titled(title, _("return on spend {band}", band=band(values["roi_low"], values["roi_high"]))),
        subtitle(type_name(values["type"]), who(answer),
                 _("{dealers} dealers, {weeks} weeks", dealers=formats.count(values["dealers"]),
                   weeks=formats.count(values["weeks"])),
                 _("Extra margin at list price and cost, {unit}", unit=formats.unit_name(unit, currency=currency))),
        frame, columns(("label", _("Part")), ("value", _("Amount"), "money")), answer, draw,
        lambda style: _("The band holds one more promotion like the {n} measured: {roi} is its middle.",
                        n=formats.count(values["expected_promotions"]), roi=roi(values["roi"])), DEFINITIONS,
    )  # fmt: skip


def reckoning(answer: Answer, currency: str) -> Finding:
    """The estimate line by line: effect first, the cost computed from it, what would break even."""
    v = answer.values
    lines = [
        (_("Normal sales of the products, at list price"), formats.compact(v["baseline_revenue"]), ""),
        (_("Lift in the weeks"), formats.rate(v["lift"], 0),
         _("past: {low} to {high}", low=formats.rate(v["expected_lift_low"], 0),
           high=formats.rate(v["expected_lift_high"], 0))),
        (_("Extra sales, at list price"), formats.compact(v["extra_revenue"]), ""),
        (_("Extra in the weeks"), formats.compact(v["gross_margin"]), ""),
        (_("Extra margin, net"), formats.compact(v["net_margin"]),
         _("{low} to {high}", low=formats.compact(v["net_margin_low"]), high=formats.compact(v["net_margin_high"]))),
        (_("Cost, share of the list value sold in the weeks"), formats.rate(v["cost_rate"]), ""),
        (_("Cost, from the effect"), formats.compact(v["cost"]), ""),
        (_("Net return"), formats.compact(v["net_return"], signed=True),
         _("{low} to {high}", low=formats.compact(v["net_return_low"], signed=True),
           high=formats.compact(v["net_return_high"], signed=True))),
        (_("Breaks even at a lift of"), lift(v["breakeven"]), ""),
    ]  # fmt: skip
    frame = pd.DataFrame(lines, columns=["what", "value", "band"])
    title = titled(
        _("Effect {net}, cost {cost}", net=formats.compact(v["net_margin"]), cost=formats.compact(v["cost"])),
        _("breaks even at a lift of {lift}", lift=lift(v["breakeven"])) if not math.isinf(v["breakeven"])
        else _("never breaks even"),
    )  # fmt: skip
    return Finding("plan_reckoning", title,
                   subtitle(_("Effect first, then the cost that follows from it"), formats.currency_name(currency)),
                   frame,
                   columns(("what", ""), ("value", _("Estimate")), ("band", _("80% band"))), answer,
                   definitions=DEFINITIONS)  # fmt: skip


def experiment(answer: Answer) -> Finding:
    """How many dealers a side would tell."""
    frame, v = answer.frame("arms"), answer.values
    title = _("How large an experiment would have to be")
    if not v["open"]:
        title = _("Past promotions settle it: no experiment is needed")
    elif (v.get("needed") or 0) > v["available"] / 2:
        title = _("Too near to break-even for an experiment among {n} dealers", n=formats.count(v["available"]))
    elif v.get("needed"):
        title = ngettext("{n} dealer with and {n} without it would tell",
                         "{n} dealers with and {n} without it would tell",
                         v["needed"], n=formats.count(v["needed"]))  # fmt: skip
    told = _("The plan lies {gap} of category sales from break-even.", gap=formats.rate(v["gap"])) \
        if not math.isinf(v["gap"]) else ""  # fmt: skip
    advice = _("Draw by lot who takes part, before the weeks begin; pair dealers of one region and size.")
    return Finding(
        "plan_experiment", title,
        subtitle(_("Smallest lift of the category that shows, by dealers a side"),
                 _("{weeks} weeks, power 80%, level 95%", weeks=formats.count(v["weeks"]))),
        frame, columns(("dealers", _("Dealers a side"), "count"), ("detectable", _("Shows a lift from"), "rate")),
        answer, None, lambda style: f"{told} {advice}", DEFINITIONS,
    )  # fmt: skip


def history(answer: Answer) -> Finding:
    """The past promotions of the type."""
    frame = answer.frame("history")
    frame["name"], frame["said"] = (
        names_of(frame, "promotion"),
        [said(*pair) for pair in zip(frame["verdict"], frame["reason"], strict=True)],
    )
    frame["end_date"] = [formats.date(pd.Timestamp(day).date()) for day in frame["end_date"]]
    n = int((frame["verdict"] != "refused").sum())
    return Finding(
        "plan_history", ngettext("{n} promotion of the kind was measured", "{n} promotions of the kind were measured",
                                 n,
                                 n=formats.count(n)),
        subtitle(type_name(answer.values["type"]), who(answer), _("latest first")), frame,
        columns(("name", _("Promotion")), ("end_date", _("Ended")), ("cost", _("Cost"), "money"),
                ("lift", _("Lift in the weeks"), "rate"), ("efficiency", _("Kept"), "rate"),
                ("roi", _("Return on spend"), "price"), ("said", _("Verdict"))),
        answer, definitions=DEFINITIONS,
    )  # fmt: skip
