"""The findings of the Briefing: page title, trend, regions, the dealers behind the gap, exceptions."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.ranking import ranking
from dashboard.charts.style import Style, legend
from dashboard.charts.trend import trend as trend_chart
from dashboard.findings.forecast_quality import how_good
from dashboard.findings.gap import gap as gap_card
from dashboard.findings.model import Finding, against_words, columns, period_words, subtitle, titled, who
from dashboard.findings.names import name_of, names_of
from dashboard.findings.shortened import shortened, total
from dashboard.i18n import _

ON_TARGET = 0.005  # a gap below this share is "on target"
TREND_HEIGHT = 345  # about that of the bridge beside it
ALONE = 0.3  # a region that misses at least this share of the gap is named


def known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _kpi(answer: Answer, measure: str) -> pd.Series:
    frame = answer.frames["kpis"]
    return frame[frame["measure"] == measure].iloc[0]


def page_title(answer: Answer) -> str:
    """Where the business stands, in one sentence."""
    sales, when = _kpi(answer, "net_sales"), period_words(answer, short=True)
    if answer.values["after_data"]:
        return _("Nothing is known of {when} yet: the data end on {day}", when=when, day=formats.date(answer.as_of))
    if answer.values["before_data"]:
        return _("{when} lies before the data begin", when=when)
    if known(sales["target"]) and sales["target"]:
        amount = formats.compact(abs(sales["target_change"]))
        share = formats.rate(abs(sales["target_change_rate"]))
        if abs(sales["target_change_rate"]) < ON_TARGET:
            return titled(_("{when} sales are on target: {amount}", when=when, amount=formats.compact(sales["value"])),
                          page=True)  # fmt: skip
        if sales["target_change"] > 0:
            return titled(_("{when} sales are {amount} ({share}) above target", when=when, amount=amount, share=share),
                          _worst_region(answer, sales["target_change"]), page=True)  # fmt: skip
        return titled(_("{when} sales are {amount} ({share}) under target", when=when, amount=amount, share=share),
                      _worst_region(answer, sales["target_change"]), page=True)  # fmt: skip
    if known(sales["change_rate"]):
        words = {"when": when, "against": against_words(answer), "share": formats.rate(abs(sales["change_rate"])),
                 "amount": formats.compact(sales["value"])}  # fmt: skip
        if sales["change"] >= 0:
            return titled(_("{when} sales are {amount}, {share} above {against}", **words), page=True)
        return titled(_("{when} sales are {amount}, {share} below {against}", **words), page=True)
    return _("{when} sales are {amount}", when=when, amount=formats.compact(sales["value"]))


def _worst_region(answer: Answer, gap: float) -> str:
    """The region (dealer) that misses most, when that is a large part of the gap or runs against a surplus."""
    frame = answer.frames["regions"]
    if frame.empty or not frame["gap"].notna().any() or len(frame) < 2:
        return ""
    worst = frame.loc[frame["gap"].idxmin()]
    if worst["gap"] >= 0 or (gap < 0 and -worst["gap"] < ALONE * -gap):
        return ""
    name = name_of(worst, answer.values["regions_by"])
    return _("{name} alone is {amount} short", name=name, amount=formats.compact(-worst["gap"]))


def page_subtitle(answer: Answer, company: str, currency: str) -> str:
    versus = [_("target")] if known(_kpi(answer, "net_sales")["target"]) else []
    if answer.compared:
        span = formats.period(answer.compared.start, answer.compared.end)
        versus.append(_("{against} ({period})", against=against_words(answer), period=span))
    when = period_words(answer)
    if versus:
        when = _("{when}, actual vs {versus}", when=when, versus=_(" and ").join(versus))
    return subtitle(company, who(answer), _("Net sales, {currency}", currency=formats.currency_name(currency)), when)


# ------------------------------------------------------------------ cards


def trend(answer: Answer, currency: str, *, height: int = TREND_HEIGHT, ahead: Answer | None = None) -> Finding:
    """Columns over time against target and last year. ahead: forecast.outlook of the scope, for the months to come."""
    frame = answer.frame("trend")
    grain = int(answer.values["grain"])
    ahead = ahead if ahead is not None and ahead.verdict == "ok" and grain == 1 else None
    frame["forecast"] = _to_come(frame, ahead)
    if frame["forecast"].isna().all():
        ahead = None
    frame["period"] = frame["start"]
    frame["label"] = [_column_label(row, grain) for _, row in frame.iterrows()]
    unit = formats.choose_unit([*frame["actual"], *frame["target"], *frame["forecast"]], "money")
    by = {1: _("by month"), 3: _("by quarter")}.get(grain, _("by year"))
    versus = " · ".join(word for word, column in (("PL", "target"), ("PY", "last_year")) if frame[column].notna().any())
    shown = frame.drop(columns="label" if grain == 1 else "period")

    draw = partial(trend_chart, shown, unit=unit, height=height)

    return Finding(
        "trend", titled(_trend_title(frame[frame["start"] <= answer.scope.period.end], grain), _rest(frame)),
        subtitle(who(answer), _("Net sales, {unit}, {by}", unit=formats.unit_name(unit, currency=currency), by=by),
                 formats.period(frame["start"].iloc[0], frame["end"].iloc[-1]),
                 _("AC vs {versus}", versus=versus) if versus else ""),
        frame, columns(("label", _("Period")), ("actual", _("Actual"), "money"),
                       *([("forecast", _("Forecast"), "money")] if ahead else []), ("target", _("Target"), "money"),
                       ("last_year", _("Last year"), "money")),
        answer, draw, lambda style: _trend_note(style, frame, versus, ahead),
        ("net_sales", "target", *(("forecast", "forecast_wape") if ahead else ())),
    )  # fmt: skip


def _to_come(frame: pd.DataFrame, ahead: Answer | None) -> pd.Series:
    """The forecast of the months of which nothing is known yet."""
    if ahead is None:
        return pd.Series(float("nan"), index=frame.index)
    means = ahead.frames["forecast"].set_index("ds")["mean"]
    return pd.Series(pd.DatetimeIndex(frame["start"]).map(means), index=frame.index).where(frame["actual"].isna())


def _rest(frame: pd.DataFrame) -> str:
    """Whether the months to come catch up with the target, where both are known."""
    rows = frame[frame["forecast"].notna() & frame["target"].notna()]
    done = frame[frame["actual"].notna() & frame["target"].notna()]
    if rows.empty or done.empty or (done["actual"] - done["target"]).sum() >= 0:
        return ""
    lead = float((rows["forecast"] - rows["target"]).sum())
    if lead + float((done["actual"] - done["target"]).sum()) >= 0:
        return _("the forecast catches up")
    return _("the forecast does not catch up")


def _column_label(row: pd.Series, grain: int) -> str:
    start = row["start"]
    if grain == 1:
        return formats.month(start, year=True)
    if grain == 3:
        return f"{start.year % 100:02d}Q{(start.month - 1) // 3 + 1}"
    return formats.period(row["start"], row["end"])


def _trend_note(style: Style, frame: pd.DataFrame, versus: str, ahead: Answer | None) -> str:
    words = [legend(style, forecast=ahead is not None, target="PL" in versus, last_year="PY" in versus,
                    variance=bool(versus))]  # fmt: skip
    if frame["partial"].any():
        words.append(_("the last column is not full: target and last year up to the same day"))
    if ahead is not None:
        words.append(how_good(ahead.values))
    return " · ".join(words)


def _trend_title(frame: pd.DataFrame, grain: int) -> str:
    base = "target" if (frame["actual"].notna() & frame["target"].notna()).any() else "last_year"
    done = frame[frame["actual"].notna() & frame[base].notna() & (frame[base] != 0)]
    if done.empty:
        return _("Net sales over time")
    rates = done["actual"] / done[base] - 1
    missed = int((rates < 0).sum())
    last = {"share": formats.rate(abs(rates.iloc[-1])), "name": _spoken(done.iloc[-1], grain)}
    if base == "last_year":
        if rates.iloc[-1] >= 0:
            return _("{name} is {share} above last year", **last)
        return _("{name} is {share} below last year", **last)
    if len(done) == 1:
        if missed:
            return _("{name} missed target by {share}", **last)
        return _("{name} is {share} above target", **last)
    if missed == 0:
        return _("All {n} columns reached target; {name} by {share}", n=len(done), **last)
    worst = rates.idxmin()
    names = {"name": _spoken(done.loc[worst], grain), "share": formats.rate(-rates.loc[worst]), "n": len(done),
             "missed": missed}  # fmt: skip
    if grain == 1 and missed == len(done):
        return _("Every month missed target, {name} most, by {share}", **names)
    if grain == 1:
        return _("{missed} of {n} months missed target, {name} most, by {share}", **names)
    return _("{missed} of {n} columns missed target, {name} most, by {share}", **names)


def _spoken(row: pd.Series, grain: int) -> str:
    return formats.period(row["start"], row["end"]) if grain == 1 else _column_label(row, grain)


def regions(answer: Answer, currency: str) -> Finding:
    """Bars by region (dealer) against target, largest gap first."""
    by = answer.values["regions_by"]
    frame = answer.frame("regions")
    frame["name"] = [name or _("Without a region") for name in names_of(frame, by)]
    frame["id"] = frame[f"{by}_id"]
    shown = shortened(frame).rename(columns={"name": "label"})
    unit = formats.choose_unit([*frame["actual"], frame["actual"].sum()], "money")
    totals = {column: total(frame[column]) for column in ("actual", "target", "last_year")}

    draw = partial(ranking, shown, total=totals, unit=unit)

    has_target = frame["target"].notna().any()
    what = {"region": _("by region"), "dealer": _("by dealer")}[by]
    versus = _("AC vs {versus}", versus="PL" if has_target else "PY") if has_target or answer.compared else "AC"
    return Finding(
        "regions", _regions_title(frame, by, has_target, answer),
        subtitle(who(answer),
                 _("Net sales, {unit}, {by}, largest gap first", unit=formats.unit_name(unit, currency=currency),
                   by=what),
                 period_words(answer), versus),
        frame, columns(("name", {"region": _("Region"), "dealer": _("Dealer")}[by]), ("actual", _("Actual"), "money"),
                        ("target", _("Target"), "money"), ("gap", _("To target"), "money"),
                        ("last_year", _("Compared"), "money"), ("change", _("Change"), "money")),
        answer, draw, None, ("net_sales", "target_to_date"),
    )  # fmt: skip


def _regions_title(frame: pd.DataFrame, by: str, has_target: bool, answer: Answer) -> str:
    column, base = ("gap", "target") if has_target else ("change", "last_year")
    rows = frame[frame[column].notna()]
    if len(rows) < 2:
        return {"region": _("Net sales by region"), "dealer": _("Net sales by dealer")}[by]
    worst, ahead = rows.loc[rows[column].idxmin()], int((rows[column] >= 0).sum())
    words = {"name": name_of(worst, by), "amount": formats.compact(abs(worst[column])),
             "against": _("target") if has_target else against_words(answer),
             "share": formats.rate(abs(worst[column] / worst[base])) if worst[base] else "–"}  # fmt: skip
    if worst[column] >= 0:
        if by == "region":
            return _("All {n} regions are ahead of {against}", n=len(rows), against=words["against"])
        return _("All {n} dealers are ahead of {against}", n=len(rows), against=words["against"])
    first = _("{name} is {amount} ({share}) under {against}", **words)
    if not ahead:
        return titled(first, _("none is ahead"))
    if by == "region":
        return titled(first, _("{ahead} of {n} regions are ahead", ahead=ahead, n=len(rows)))
    return titled(first, _("{ahead} of {n} dealers are ahead", ahead=ahead, n=len(rows)))


def gap(answer: Answer, currency: str) -> Finding:
    """Waterfall: the dealers that explain the gap; parts add up to the whole."""
    return gap_card(answer, currency, prefix="gap_")
