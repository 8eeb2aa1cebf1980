"""The findings on one promotion: weeks, gross to net, why before and after misleads, cost, plan, checks, dealers."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.dip import dip
from dashboard.charts.waterfall import variance_waterfall
from dashboard.charts.worth import worth
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.findings.promotion_words import band, gates, parts, reason, roi, said, verdict
from dashboard.findings.promotions import DEFINITIONS, named
from dashboard.i18n import _, ngettext

SAME = 0.02  # of the gross effect: what is smaller is not named in the chart


def _span(answer: Answer) -> str:
    values = answer.values
    return formats.period(pd.Timestamp(values["start_date"]).date(), pd.Timestamp(values["end_date"]).date())


def told(answer: Answer) -> bool:
    """Something of the promotion could be measured."""
    return known(answer.values.get("roi"))


def headline(answer: Answer) -> str:
    """The verdict in one sentence."""
    values = answer.values
    if not told(answer):
        return _("{name}: what it brought cannot be told", name=named(values))
    return _("{name}: {verdict}, return on spend {roi} ({band})", name=named(values),
             verdict=verdict(values["verdict"]),
             roi=roi(values["roi"]), band=band(values["roi_lo_80"], values["roi_hi_80"]))  # fmt: skip


def weeks(answer: Answer, currency: str) -> Finding:
    """Sales margin of the category at its dealers, actual over baseline."""
    frame, values = answer.frame("weekly"), answer.values
    chart = pd.DataFrame({"week": frame.get("week"), "actual": frame.get("actual_margin"),
                          "baseline": frame.get("baseline_margin"), "low": frame.get("baseline_lo_80"),
                          "high": frame.get("baseline_hi_80")})  # fmt: skip
    unit = formats.choose_unit(chart["actual"].dropna())
    amounts = answer.frames["parts"].set_index("part")["value"]
    gross = amounts["gross"]
    around = amounts["anticipation"] + amounts["dip"]
    start = pd.Timestamp(values["start_date"]) - pd.Timedelta(days=pd.Timestamp(values["start_date"]).weekday())
    end = pd.Timestamp(values["end_date"]) + pd.Timedelta(days=7 - pd.Timestamp(values["end_date"]).weekday())
    n = (end - start).days // 7

    draw = partial(
        dip,
        chart,
        unit=unit,
        start=start.date(),
        end=end.date(),
        names=(_("actual"), _("baseline,<br>80% band")),
        event=ngettext("promotion, {n} week", "promotion, {n} weeks", n),
        before=_("waiting before") if amounts["anticipation"] < -SAME * abs(gross) else "",
        after=_("dip after: dealers<br>had stocked up") if amounts["dip"] < -SAME * abs(gross) else "",
    )

    title = named(values)
    if told(answer):
        title = titled(
            _("{name}: {amount} extra margin in {weeks}", name=named(values), amount=formats.compact(gross),
              weeks=ngettext("{n} week", "{n} weeks", n)),
            _("{amount} of it borrowed from before and after", amount=formats.compact(-around)) if around < 0
            else _("nothing borrowed from before and after"),
        )  # fmt: skip
    return Finding(
        "promotion_weeks", title,
        subtitle(who(answer), _("Margin at list price of the category at its dealers, {unit} a week",
                                unit=formats.unit_name(unit, currency=currency)),
                 _("actual against what comparable dealers let expect")),
        frame, columns(("week", _("Week")), ("actual_margin", _("Actual"), "money"),
                       ("baseline_margin", _("Baseline"), "money"), ("baseline_lo_80", _("80% from"), "money"),
                       ("baseline_hi_80", _("to"), "money")) if len(frame) else (),
        answer, draw if len(frame) else None, definitions=DEFINITIONS,
    )  # fmt: skip


def gross_to_net(answer: Answer, currency: str) -> Finding:
    """From the extra margin of the promotion weeks to the net return."""
    values = answer.values
    frame = answer.frame("parts").assign(label=lambda f: [parts()[code] for code in f["part"]])
    gross, steps = float(frame["value"].iloc[0]), frame.iloc[1:]
    unit = formats.choose_unit(frame["value"].dropna())

    draw = partial(
        variance_waterfall, steps, opening=(frame["label"].iloc[0], gross), closing=_("Net return"), unit=unit
    )

    title = _("From extra margin to net return")
    if told(answer):
        title = titled(
            _("Of {gross} extra margin, {net} stayed", gross=formats.compact(gross),
              net=formats.compact(values["net_margin"])),
            _("the promotion cost {cost}", cost=formats.compact(values["spend"])),
        )  # fmt: skip
    return Finding(
        "promotion_parts", title, subtitle(_("Extra margin at list price and cost, {unit}",
                                             unit=formats.unit_name(unit, currency=currency)), _span(answer)),
        frame, columns(("label", _("Part")), ("value", _("Amount"), "money")), answer, draw if told(answer) else None,
        lambda style: evidence(answer), DEFINITIONS,
    )  # fmt: skip


def evidence(answer: Answer) -> str:
    """What the verdict rests on, in a line."""
    values = answer.values
    return _("{verdict}. Return on spend {roi}, 80% band {band}. Evidence: {executions} executions, {controls} "
             "comparable dealers a week, {weeks} clean weeks before.", verdict=verdict(values["verdict"]),
             roi=roi(values["roi"]), band=band(values["roi_lo_80"], values["roi_hi_80"]),
             executions=formats.count(values["n_executions"]),
             controls=formats.count(values["controls"]), weeks=formats.count(values["pre_weeks"]))  # fmt: skip


def naive(answer: Answer, currency: str) -> Finding:
    """What before and after would have said, and why that is not so."""
    frame = answer.frame("naive").assign(label=lambda f: [parts()[code] for code in f["part"]])
    first, steps, values = float(frame["value"].iloc[0]), frame.iloc[1:], answer.values
    unit = formats.choose_unit(frame["value"].dropna())

    draw = partial(
        variance_waterfall, steps, opening=(frame["label"].iloc[0], first), closing=_("Extra margin, net"), unit=unit
    )

    title = _("Why before and after says something else")
    if told(answer) and known(values["naive_roi"]):
        largest = steps.loc[(steps["value"]).abs().idxmax()]
        title = titled(
            _("Before and after says {naive}, comparable dealers say {roi}", naive=roi(values["naive_roi"]),
              roi=roi(values["roi"])),
            {"drift": _("mostly season and growth"), "anticipation": _("mostly waiting before"),
             "dip": _("mostly the dip after")}[largest["part"]],
        )  # fmt: skip
    return Finding(
        "promotion_naive", title,
        subtitle(_("Margin at list price, {unit}", unit=formats.unit_name(unit, currency=currency)),
                 _("before and after: promotion weeks less the weeks before, times their number")),
        frame, columns(("label", _("Part")), ("value", _("Amount"), "money")), answer,
        draw if told(answer) and known(first) else None,
        lambda style: _("Season and growth: what these dealers would have bought more anyway. Growing dealers are "
                        "chosen, and in season."), DEFINITIONS,
    )  # fmt: skip


def regions(answer: Answer) -> Finding:
    """Return on spend by region."""
    frame = answer.frame("regions")
    frame["name"] = names_of(frame, "region")
    frame["said"] = [said(*pair) for pair in zip(frame["verdict"], frame["reason"], strict=True)]
    frame = frame.sort_values("roi", ascending=False, na_position="last", ignore_index=True)
    shown = frame[frame["roi"].notna()]
    chart = pd.DataFrame({"id": shown["region_id"], "label": shown["name"], "cost": shown["cost"], "mean": shown["roi"],
                          "low": shown["roi_lo_80"], "high": shown["roi_hi_80"],
                          "verdict": shown["verdict"]})  # fmt: skip

    draw = partial(worth, chart, reference=_("break-even"))

    title = _("By region")
    if len(shown):
        best, worst = shown.iloc[0], shown.iloc[-1]
        title = titled(_("{region} {roi}", region=best["name"], roi=roi(best["roi"])),
                       _("{region} {roi}", region=worst["name"],
                         roi=roi(worst["roi"])) if len(shown) > 1 else "")  # fmt: skip
    return Finding(
        "promotion_regions", title, subtitle(_("Return on spend, by region, best first"),
                                             _("point and 80% band, cost in grey")),
        frame, columns(("name", _("Region")), ("said", _("Verdict")), ("cost", _("Cost"), "money"),
                       ("roi", _("Return on spend"), "price"), ("roi_lo_80", _("80% from"), "price"),
                       ("roi_hi_80", _("to"), "price"), ("lift", _("Lift in the weeks"), "rate"),
                       ("n_executions", _("Executions"), "count"), ("n_refused", _("Not measurable"), "count")),
        answer, draw if len(chart) else None, definitions=DEFINITIONS,
    )  # fmt: skip


def planned(answer: Answer) -> Finding:
    """Planned effect and cost against what came."""
    values = answer.values
    rows = [
        (_("Lift in the weeks"), formats.rate(values["planned_uplift"], 0), formats.rate(values["lift"], 0)),
        (_("Extra sales, net, at list price"), formats.compact(values["planned_net_amount"]),
         formats.compact(values["measured_net_amount"])),
        (_("Cost"), formats.compact(values["planned_cost"]), formats.compact(values["cost"])),
        (_("Net lift to break even"), formats.MISSING, formats.rate(values["breakeven_lift"], 0)),
        (_("Kept after the dip"), formats.MISSING, formats.rate(values["efficiency"], 0)),
        (_("Effect on other categories, margin"), formats.MISSING, formats.compact(values["halo_margin"], signed=True)),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["what", "plan", "came"])
    title = _("Plan and what came")
    if known(values["planned_uplift"]) and known(values["lift"]):
        title = titled(_("Lift {came} against {plan} planned", came=formats.rate(values["lift"], 0),
                         plan=formats.rate(values["planned_uplift"], 0)),
                       _("cost {came} against {plan}", came=formats.compact(values["cost"]),
                         plan=formats.compact(values["planned_cost"]))
                       if known(values["planned_cost"]) else "")  # fmt: skip
    return Finding("promotion_plan", title, subtitle(_("Planned and measured"), _span(answer)), frame,
                   columns(("what", ""), ("plan", _("Plan")), ("came", _("Measured"))), answer,
                   definitions=DEFINITIONS)  # fmt: skip


def cost_lines(answer: Answer, currency: str) -> Finding:
    """What the cost consists of: unit price × quantity, planned and spent."""
    frame = answer.frame("cost_lines")
    frame["name"] = names_of(frame, "item")
    for side, total in (("planned_", "planned"), ("", "spent")):
        frame[f"{side}unit_price"] = frame[total] / frame[f"{side}quantity"].where(frame[f"{side}quantity"] != 0)
    title = _("Cost lines")
    if len(frame):
        title = _("{name} is most of the cost: {amount}", name=frame["name"].iloc[0],
                  amount=formats.compact(frame["spent"].iloc[0]))  # fmt: skip
    return Finding(
        "promotion_cost_lines", title,
        subtitle(_("Unit price × quantity, {currency}", currency=formats.currency_name(currency)),
                 _("planned and spent")),
        frame, columns(("name", _("Item")), ("planned_unit_price", _("Price, plan"), "price"),
                       ("planned_quantity", _("Units, plan"), "count"), ("planned", _("Plan"), "money"),
                       ("unit_price", _("Price"), "price"), ("quantity", _("Units"), "count"),
                       ("spent", _("Spent"), "money")),
        answer, definitions=DEFINITIONS,
    )  # fmt: skip


def checks(answer: Answer) -> Finding:
    """What was checked before a verdict was given."""
    frame = answer.frame("checks")
    frame["name"] = [f"{'✓' if passed else '✕'} {gates().get(gate, gate)}"
                     for gate, passed in zip(frame["gate"], frame["passed"].astype(bool), strict=True)]  # fmt: skip
    share = frame["gate"].isin(["complete", "overlap"])
    for column in ("count", "threshold"):
        frame[column] = [formats.rate(v, 0) if rate else formats.number(v, 1 if abs(v) < 5 and v % 1 else 0)
                         for v, rate in zip(frame[column], share, strict=True)]  # fmt: skip
    bound = {"overlap": "≤ ", "lead_test": "≤ "}
    frame["threshold"] = [bound.get(gate, "≥ ") + text
                          for gate, text in zip(frame["gate"], frame["threshold"], strict=True)]  # fmt: skip
    failed = int((~frame["passed"].astype(bool)).sum())
    title = ngettext("{n} check failed", "{n} checks failed", failed, n=formats.count(failed)) if failed \
        else _("All checks passed")  # fmt: skip
    why = "; ".join(_("{n} executions: {reason}", n=formats.count(n), reason=reason(code))
                    for code, n in answer.values["reasons"].items())  # fmt: skip
    return Finding(
        "promotion_checks", title, subtitle(_("What a verdict needs, counted"), why), frame,
        columns(("name", _("Check")), ("count", _("Found")), ("threshold", _("Needed"))), answer,
        definitions=DEFINITIONS,
    )  # fmt: skip


def dealers(answer: Answer) -> Finding:
    """The executions, one a dealer; who only bought forward first."""
    frame, values = answer.frame("executions"), answer.values
    frame["dealer"], frame["region"] = names_of(frame, "dealer"), names_of(frame, "region")
    frame["said"] = [said(*pair) for pair in zip(frame["verdict"], frame["reason"], strict=True)]
    frame["moved"] = [_("bought forward") if flag else "" for flag in frame["forward"]]
    frame = frame.sort_values(["forward", "spend"], ascending=False, kind="stable", ignore_index=True)
    n = values["forward"]
    title = ngettext("{n} dealer only bought forward, on {amount} of the cost",
                     "{n} dealers only bought forward, on {amount} of the cost", n, n=formats.count(n),
                     amount=formats.compact(values["forward_spend"])) if n \
        else ngettext("{n} execution", "{n} executions", len(frame), n=formats.count(len(frame)))  # fmt: skip
    return Finding(
        "promotion_dealers", title,
        subtitle(who(answer), _("By dealer"), _("one dealer's figures are rough: ask before you judge")),
        frame, columns(("dealer", _("Dealer")), ("moved", _("Remark")), ("region", _("Region")),
                       ("planned_cost", _("Plan"), "money"), ("spend", _("Cost"), "money"),
                       ("gross_margin", _("Extra in the weeks"), "money"), ("net_margin", _("Extra margin, net"),
                                                                            "money"),
                       ("lift", _("Lift in the weeks"), "rate"), ("roi", _("Return on spend"), "price"),
                       ("said", _("Verdict"))),
        answer, definitions=DEFINITIONS,
    )  # fmt: skip
