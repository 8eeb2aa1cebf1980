"""What the next months and quarters bring, at the level of the scope, with bands and what people changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from analytics.questions import forecast_read as reading
from analytics.questions.answer import Answer, answer, question
from analytics.questions.forecast_accuracy import quality
from analytics.questions.forecast_nodes import whole_months
from data.company import Company
from data.scope import Period, Scope, ScopeError, add_months, fiscal_year_start, month_end

SHOWN = 24  # months of history in the chart
GRAINS = ("month", "quarter")
BANDS = ("lo-80", "hi-80", "lo-95", "hi-95")
DEFINITIONS = ("forecast", "net_sales", "target")
_COLUMNS = ["ds", "end", "mean", *BANDS, "model", "change", "to_date", "last_year", "target"]
_CHART = ["start", "end", "actual", "mean", *BANDS, "model", "last_year", "target", "running"]


@question("forecast.outlook", reads=reading.READS)
def outlook(company: Company, scope: Scope, grain: str = "month") -> Answer:
    """Net sales expected in each month (or quarter) ahead, with 80 and 95 % bands.

    The forecast is computed for the last day of the data, whatever the scope's period. Every level is a sum of one
    table, so that parts add up to the cent; people's changes (forecast.changes) are in `mean`, never in `model`.

    grain: month, or quarter (fiscal ones; what is booked of the running one counts).
    Frame `forecast`: ds (first day), end, mean (what stands), lo-80, hi-80, lo-95, hi-95, model (the model's own),
    change (mean − model), to_date (booked of it already), last_year (the same months a year before), target (NaN where
    none is given). Frame `chart`: the last 24 months and those ahead: start, end, actual (of the running month: to
    date), mean and bands (NaN in the past), model, last_year, target, running.
    Frame `quarters`: the rows of `forecast` by fiscal quarter, whatever the grain.
    Values: year_ahead (the next twelve months together: mean, lo-80, hi-80, and before: the twelve months before them),
    level (that answers the scope), nodes, route (most frequent route of its series), changed, people (money that
    people's changes add), horizon (months), next_quarter (start, end, mean, bands, last_year, target of the first
    quarter that has not begun), and the accuracy of the level one to three months ahead in past months: wape, bias,
    coverage_80, tested_months, naive_wape.
    """
    if grain not in GRAINS:
        raise ScopeError(f"grain: {grain!r} is not one of {', '.join(GRAINS)}")
    found, notes = reading.read(company, scope)
    if found is None:
        empty = {"forecast": pd.DataFrame(columns=_COLUMNS), "chart": pd.DataFrame(columns=_CHART),
                 "quarters": pd.DataFrame(columns=_COLUMNS)}  # fmt: skip
        return answer("forecast.outlook", company, scope, empty, definitions=DEFINITIONS, notes=notes,
                      values={"dealers": _dealers(company, scope)}, verdict="insufficient_evidence")  # fmt: skip
    actual, target = monthly(company, scope)
    months = _rows(found, [Period(day, month_end(day)) for day in found.months], actual, target)
    quarters = _rows(found, _quarters(company, found), actual, target)
    later = quarters[quarters["ds"] > pd.Timestamp(scope.as_of)]
    frame = quarters if grain == "quarter" else months
    routes = pd.Series(found.whole.routes).str.removesuffix("+regressors").str.removesuffix("+total")
    values: dict[str, Any] = {
        "level": found.chosen.level, "nodes": len(found.chosen.keys), "route": routes.mode().iloc[0],
        "changed": found.changed, "people": float((found.whole.final - found.whole.model).sum()),
        "horizon": len(found.months), "dealers": _dealers(company, scope),
        "next_quarter": later.iloc[0].to_dict() if len(later) else None,
    }  # fmt: skip
    values["year_ahead"] = _year_ahead(found, actual)
    values |= quality(company, found)
    frames = {"forecast": frame[_COLUMNS], "chart": _chart(found, months, actual, target),
              "quarters": quarters[_COLUMNS]}  # fmt: skip
    return answer("forecast.outlook", company, scope, frames, definitions=DEFINITIONS, values=values, notes=notes)


def _year_ahead(found: reading.Forecast, actual: Monthly) -> dict[str, float]:
    """The next twelve months together, beside the twelve before them (NaN where fewer are known)."""
    draws = found.whole.paths[:, :12].sum(axis=1)
    mean = float(found.whole.final[:12].sum())
    low, high = np.quantile(draws, [0.1, 0.9])
    span = Period(found.months[0], add_months(found.months[0], 11))
    before = added(actual, span, -12, first=min(actual, default=found.months[0]))
    return {"mean": mean, "lo-80": min(float(low), mean), "hi-80": max(float(high), mean), "before": before}


def _dealers(company: Company, scope: Scope) -> int:
    return len(company.store.query("dealer_owners", scope, depth=1))


Monthly = dict[dt.date, float]


def monthly(company: Company, scope: Scope) -> tuple[Monthly, Monthly]:
    """Net sales of the whole months that are over, and targets, by month."""
    reach = month_end(add_months(scope.as_of.replace(day=1), 24))
    months, _ = whole_months(company, scope.as_of)
    found = []
    for id, until in (("net_sales", month_end(months[-1])), ("target", reach)):
        rows = company.store.measure(scope, (id,), ("month",), period=Period(months[0], until))
        found.append({
            pd.Timestamp(month).date(): float(value)
            for month, value in zip(rows["month"], rows[id], strict=True) if not pd.isna(value)
        })  # fmt: skip
    return found[0], found[1]


def added(by_month: Monthly, period: Period, shift: int = 0, *, first: dt.date | None = None) -> float:
    """Sum over the months of a period, shifted by some. NaN when one of them has no value; with `first`, the first
    month of the data, when one lies before it or after the last value: a month in between without one is zero."""
    days, day = [], add_months(period.start.replace(day=1), shift)
    while day <= add_months(period.end.replace(day=1), shift):
        days.append(day)
        day = add_months(day, 1)
    if first is not None:
        known = first <= days[0] and days[-1] <= max(by_month, default=first)
        return sum(by_month.get(day, 0.0) for day in days) if known else float("nan")
    return sum(by_month[day] for day in days) if all(day in by_month for day in days) else float("nan")


def booked(found: reading.Forecast, actual: Monthly, period: Period) -> float:
    """Net sales of the whole months of a period that are over."""
    return sum(value for day, value in actual.items() if period.start <= day <= period.end and day < found.months[0])


def inside(found: reading.Forecast, period: Period) -> np.ndarray:
    """Which months ahead lie in a period."""
    return np.array([period.start <= day <= period.end for day in found.months])


def _quarters(company: Company, found: reading.Forecast) -> list[Period]:
    """The fiscal quarters that the horizon ends whole, from the one that is running on."""
    start = fiscal_year_start(found.months[0], company.settings.fiscal_year_start)
    while add_months(start, 3) <= found.months[0]:
        start = add_months(start, 3)
    quarters = []
    while (end := month_end(add_months(start, 2))) <= month_end(found.months[-1]):
        quarters.append(Period(start, end))
        start = add_months(start, 3)
    return quarters


def _rows(found: reading.Forecast, periods: list[Period], actual: Monthly, target: Monthly) -> pd.DataFrame:
    first, rows = min(actual, default=found.months[0]), []
    for period in periods:
        ahead, before = inside(found, period), booked(found, actual, period)
        draws = found.whole.paths[:, ahead].sum(axis=1) + before
        mean = float(found.whole.final[ahead].sum()) + before
        model = float(found.whole.model[ahead].sum()) + before
        row = {"ds": pd.Timestamp(period.start), "end": pd.Timestamp(period.end), "mean": mean, "model": model,
               "change": mean - model, "to_date": before + (found.whole.to_date if ahead[0] else 0.0),
               "last_year": added(actual, period, -12, first=first), "target": added(target, period)}  # fmt: skip
        for level in (80, 95):
            low, high = np.quantile(draws, [0.5 - level / 200, 0.5 + level / 200])
            row[f"lo-{level}"], row[f"hi-{level}"] = min(float(low), mean), max(float(high), mean)
        rows.append(row)
    return pd.DataFrame(rows, columns=_COLUMNS)


def _chart(found: reading.Forecast, ahead: pd.DataFrame, actual: Monthly, target: Monthly) -> pd.DataFrame:
    first = min(actual, default=found.months[0])
    start = max(add_months(found.months[0], -SHOWN), first)
    past = []
    while start < found.months[0]:
        past.append({"start": start, "end": month_end(start), "actual": actual.get(start, 0.0),
                     "last_year": added(actual, Period(start, start), -12, first=first),
                     "target": target.get(start, float("nan")), "running": False})  # fmt: skip
        start = add_months(start, 1)
    rows = ahead.rename(columns={"ds": "start"}).assign(actual=float("nan"), running=False)
    rows["start"], rows["end"] = [day.date() for day in rows["start"]], [day.date() for day in rows["end"]]
    if found.running:
        rows.loc[0, "actual"], rows.loc[0, "running"] = found.whole.to_date, True
    frame = pd.concat([pd.DataFrame(past, columns=_CHART), rows[_CHART]], ignore_index=True)
    return frame.astype(dict.fromkeys(("actual", "mean", *BANDS, "model", "last_year", "target"), "float64"))
