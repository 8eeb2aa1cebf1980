"""The findings of the outlook: page title, the months ahead with their bands, where month, quarter and year land."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.landing import landing as landing_chart
from dashboard.charts.outlook import outlook as outlook_chart
from dashboard.findings.briefing import ON_TARGET, known
from dashboard.findings.forecast_quality import how_good
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.i18n import _, language, ngettext

EVEN = 0.5  # a chance from here on is more likely than not


def kinds() -> dict[str, str]:
    """The periods that a landing can be about, with the words shown."""
    return {"quarter": _("Quarter"), "month": _("Month"), "next_quarter": _("Quarter after"), "year": _("Year")}


def when(start: Any, end: Any, *, short: bool = True) -> str:
    """A period in words: Q3 2026 for a calendar quarter, else its months."""
    first, last = pd.Timestamp(start).date(), pd.Timestamp(end).date()
    if first.month % 3 == 1 and (last - first).days in range(88, 93) and last.month == first.month + 2:
        return _("Q{n} {year}", n=first.month // 3 + 1, year=first.year)
    return formats.period(first, last, short=short)


def page_title(landing: Answer) -> str:
    """What the quarter will bring, against its target, and how likely that is."""
    values = landing.values
    if landing.verdict != "ok":
        return _("What the next months will bring")
    words = {"when": when(values["start"], values["end"]), "amount": formats.compact(values["expected"]),
             "low": formats.compact(values["lo-80"]), "high": formats.compact(values["hi-80"])}  # fmt: skip
    first = _("{when} should bring {amount}", **words)
    if not known(values["target"]) or not values["target"]:
        return titled(_("{when} should bring {amount} ({low} to {high})", **words), page=True)
    off = values["expected"] / values["target"] - 1
    share = formats.rate(abs(off))
    if abs(off) < ON_TARGET:
        first = _("{when} should bring {amount}, on target", **words)
    elif off < 0:
        first = _("{when} should bring {amount}, {share} under target", share=share, **words)
    else:
        first = _("{when} should bring {amount}, {share} above target", share=share, **words)
    return titled(first, _("chance to reach it {chance}", chance=formats.probability(values["probability"])), page=True)


def page_subtitle(outlook: Answer, company: str, currency: str) -> str:
    return subtitle(
        company,
        who(outlook),
        _("Net sales to come, {currency}", currency=formats.currency_name(currency)),
        _("computed from the data to {day}", day=formats.date(outlook.as_of)),
        _people(outlook),
    )


def _people(outlook: Answer) -> str:
    """What people changed, where they did."""
    if outlook.verdict != "ok" or not outlook.values["changed"]:
        return ""
    return _("people's changes {amount}", amount=formats.compact(outlook.values["people"], signed=True))


# ------------------------------------------------------------------ cards


def outlook(answer: Answer, currency: str) -> Finding:
    """Actual, forecast and bands by month, beside target and last year."""
    frame, values = answer.frame("chart"), answer.values
    money = [*frame["actual"], *frame["mean"], *frame["target"]]
    unit = formats.choose_unit(money or [0.0], "money")

    draw = partial(outlook_chart, frame, unit=unit)

    title = _("Net sales by month, actual and forecast")
    if answer.verdict == "ok":
        ahead = values["year_ahead"]
        words = {"amount": formats.compact(ahead["mean"]), "low": formats.compact(ahead["lo-80"]),
                 "high": formats.compact(ahead["hi-80"])}  # fmt: skip
        title = _("Twelve months should bring {amount} ({low} to {high})", **words)
        if known(ahead["before"]) and ahead["before"] > 0:
            off = ahead["mean"] / ahead["before"] - 1
            share = formats.rate(abs(off))
            more = _("{share} more than the last twelve", share=share) if off > 0 else _(
                "{share} less than the last twelve", share=share)  # fmt: skip
            title = titled(title, more)
    table = frame.assign(month=[formats.month(day, year=True) for day in frame["start"]])
    return Finding(
        "outlook", title,
        subtitle(who(answer), _("Net sales, {unit}, by month", unit=formats.unit_name(unit, currency=currency)),
                 _("solid AC, dashed FC with 80% and 95% band, brackets PL, triangles PY")),
        table, columns(("month", _("Month")), ("actual", _("Actual"), "money"), ("mean", _("Forecast"), "money"),
                       ("lo-80", _("80% band from"), "money"), ("hi-80", _("80% band to"), "money"),
                       ("lo-95", _("95% band from"), "money"), ("hi-95", _("95% band to"), "money"),
                       ("target", _("Target"), "money"), ("last_year", _("Last year"), "money"),
                       ("model", _("Model"), "money")),
        answer, draw if len(frame) else None, lambda _style: how_good(values),
        ("forecast", "forecast_wape", "forecast_bias", "forecast_coverage"),
    )  # fmt: skip


def weeks(answer: Answer, quality: Any, currency: str) -> Finding:
    """Actual, forecast and bands by week. quality: values with the accuracy of the months behind them."""
    frame = answer.frame("chart")
    unit = formats.choose_unit([*frame["actual"], *frame["mean"]] or [0.0], "money")

    draw = partial(outlook_chart, frame, unit=unit)

    title = _("Net sales by week, actual and forecast")
    if answer.verdict == "ok":
        four = answer.values["four_weeks"]
        title = _("The next four weeks should bring {amount}", amount=formats.compact(four["mean"]))
        if known(four["last_year"]) and four["last_year"] > 0:
            off = four["mean"] / four["last_year"] - 1
            share = formats.rate(abs(off))
            title = titled(title, _("{share} more than the same weeks last year", share=share) if off > 0 else
                           _("{share} less than the same weeks last year", share=share))  # fmt: skip
    table = frame.assign(week=[formats.period(start, end, short=True)
                               for start, end in zip(frame["start"], frame["end"], strict=True)])  # fmt: skip
    return Finding(
        "outlook_weeks", title,
        subtitle(who(answer), _("Net sales, {unit}, by week", unit=formats.unit_name(unit, currency=currency)),
                 _("solid AC, dashed FC with 80% and 95% band, triangles PY: 52 weeks before")),
        table, columns(("week", _("Week")), ("actual", _("Actual"), "money"), ("mean", _("Forecast"), "money"),
                       ("lo-80", _("80% band from"), "money"), ("hi-80", _("80% band to"), "money"),
                       ("lo-95", _("95% band from"), "money"), ("hi-95", _("95% band to"), "money"),
                       ("last_year", _("52 weeks before"), "money")),
        answer, draw if len(frame) else None,
        lambda _style: _together(how_good(quality), _("Weeks spread these months over their days.")),
        ("forecast", "forecast_wape"),
    )  # fmt: skip


def periods(answer: Answer, currency: str) -> Finding:
    """Month, quarters and year: booked, expected, band, target, chance."""
    frame, values = answer.frame("periods"), answer.values
    frame["label"] = [when(start, end) for start, end in zip(frame["start"], frame["end"], strict=True)]
    frame["id"], frame["total"] = frame["kind"], frame["kind"] == "year"
    parts = frame[~frame["total"]] if (~frame["total"]).any() else frame  # the year has a scale of its own
    unit = formats.choose_unit([*parts["expected"], *parts["target"]] or [0.0], "money")

    draw = partial(landing_chart, frame, unit=unit)

    title = _("Where month, quarter and year land")
    year = frame[frame["kind"] == "year"]
    if len(year):
        title = _landed(year.iloc[0])
    return Finding(
        "landing", title,
        subtitle(who(answer), _("Net sales, {unit}", unit=formats.unit_name(unit, currency=currency)),
                 _("■ AC ▨ FC, line: 80% band, □ PL")),
        frame, columns(("label", _("Period")), ("actual", _("Booked"), "money"), ("expected", _("Expected"), "money"),
                       ("lo-80", _("80% band from"), "money"), ("hi-80", _("80% band to"), "money"),
                       ("target", _("Target"), "money"), ("probability", _("Chance"), "rate"),
                       ("required", _("Missing to target"), "money"),
                       ("required_rate", _("Needed of expected"), "rate"),
                       ("days_left", _("Selling days left"), "count"),
                       ("required_a_day", _("Needed a day"), "money"),
                       ("made_a_day", _("Made a day, last year"), "money"),
                       ("last_year", _("Last year"), "money")),
        answer, draw if len(frame) else None,
        lambda _style: (
            _together(_needed(values), _came_true(answer), how_good(values)) if answer.verdict == "ok" else ""
        ),
        ("landing", "hit_probability", "required_run_rate"),
    )  # fmt: skip


def _together(*sentences: str) -> str:
    return ("" if language() == "zh" else " ").join(sentence for sentence in sentences if sentence)


def _landed(row: pd.Series) -> str:
    words = {"when": when(row["start"], row["end"]), "amount": formats.compact(row["expected"])}
    if not known(row["target"]) or not row["target"]:
        return _("{when} lands at {amount} ({low} to {high})", low=formats.compact(row["lo-80"]),
                 high=formats.compact(row["hi-80"]), **words)  # fmt: skip
    gap = row["expected"] - row["target"]
    words |= {"gap": formats.compact(abs(gap)), "chance": formats.probability(row["probability"])}
    if abs(gap) < ON_TARGET * row["target"]:
        return _("{when} lands at {amount}, on target; chance to reach it {chance}", **words)
    if gap < 0:
        return _("{when} lands at {amount}, {gap} under target; chance to reach it {chance}", **words)
    return _("{when} lands at {amount}, {gap} above target; chance to reach it {chance}", **words)


def _came_true(answer: Answer) -> str:
    """How often targets were reached in the past at about such a chance as the title of the page states."""
    said, chance = answer.frame("reliability"), answer.values["probability"]
    if said.empty or not known(chance):
        return ""
    row = said.loc[(said["said"] - chance).abs().idxmin()]
    return _("Where past forecasts gave a chance of {said}, the target was reached in {happened}.",
             said=formats.rate(row["said"], 0), happened=formats.rate(row["happened"], 0))  # fmt: skip


def _needed(values: Any) -> str:
    """What the chosen period takes."""
    rate, words = values["required_rate"], {"when": when(values["start"], values["end"])}
    if not known(rate) or not known(values["target"]):
        return ""
    if values["actual"] >= values["target"]:
        return _("{when}: the target is reached already.", **words)
    more = formats.rate(abs(rate - 1))
    if rate > 1:
        return _("{when}: the rest must bring {more} more than expected to reach the target.", more=more, **words)
    return _("{when}: the target is reached even if the rest brings {more} less than expected.", more=more, **words)


def months(answer: Answer, currency: str) -> Finding:
    """The months ahead as a table, with quarters."""
    rows = pd.concat([answer.frame("forecast"), answer.frame("quarters")], ignore_index=True)
    rows["quarter"] = (rows["end"] - rows["ds"]).dt.days > 31 if len(rows) else False
    rows = rows.sort_values(["end", "quarter"], ignore_index=True)
    rows["label"] = [when(start, end) for start, end in zip(rows["ds"], rows["end"], strict=True)]
    rows["to_target"] = rows["mean"] / rows["target"] - 1 if len(rows) else rows["mean"]
    rows["to_last_year"] = rows["mean"] / rows["last_year"].where(rows["last_year"] > 0) - 1
    changed = [("change", _("Changed by people"), "money")] if answer.values.get("changed") else []
    quarters = rows[rows["quarter"] & rows["target"].notna()]
    title = _("The months and quarters ahead")
    if len(quarters):
        short = int((quarters["mean"] < quarters["target"]).sum())
        n = len(quarters)
        if 0 < short < n:
            title = _("{short} of {n} quarters with a target should miss it", short=short, n=n)
        elif short:
            title = ngettext(
                "The quarter with a target should miss it", "None of the {n} quarters with a target should reach it", n
            )
        else:
            title = ngettext("The quarter with a target should reach it",
                             "Each of the {n} quarters with a target should reach it", n)  # fmt: skip
    return Finding(
        "outlook_months", title,
        subtitle(who(answer), _("Net sales, {currency}", currency=formats.currency_name(currency)),
                 _("forecast with 80% band")),
        rows, columns(("label", _("Period")), ("mean", _("Forecast"), "money"), ("lo-80", _("80% band from"), "money"),
                      ("hi-80", _("80% band to"), "money"), ("target", _("Target"), "money"),
                      ("to_target", _("To target"), "rate"), ("last_year", _("Last year"), "money"),
                      ("to_last_year", _("To last year"), "rate"), *changed),
        answer, definitions=("forecast",),
    )  # fmt: skip


def month_of(day: dt.date) -> str:
    return formats.month(day, year=True)
