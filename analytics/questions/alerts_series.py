"""The past of a metric, period by period, for the company or each region: what an alert walks along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from analytics.questions import forecast_job, forecast_nodes
from analytics.questions.forecast_nodes import whole_months
from analytics.targets import Limits
from data import measures
from data.alerts import AlertRule
from data.company import Company
from data.scope import Period, Scope, add_months, month_end, year_before

WHOLE = ""  # key of the whole company
MOST = {"month": 60, "week": 104}  # periods walked along
_BALANCES = {"receivables", "invoices", "unapplied"}
# Sources that one query splits along the past: dealers are new or lost by a whole period, targets cut by selling days.
_SPLIT: dict[str, set[measures.Source | None]] = {"month": {"sales", "targets", "visits"}, "week": {"sales", "visits"}}
_WEEK = dt.timedelta(days=7)
_DAY = dt.timedelta(days=1)
Values = dict[tuple[str, dt.date], float]  # by region and first day of the period


def periods(company: Company, rule: AlertRule, as_of: dt.date) -> list[Period]:
    """The periods that are over, oldest first; a balance is looked at on the as-of day, too."""
    found = list(_months(company, as_of) if rule.period == "month" else _weeks(company, as_of))
    if not _is_balance(rule.metric):
        return found[-MOST[rule.period] :]
    first = company.store.first_invoice
    if first is None:
        return []
    found = [period for period in found if period.end >= first]
    if as_of >= first and (not found or found[-1].end < as_of):
        start = found[-1].end + _DAY if found else as_of.replace(day=1)
        found.append(Period(start, as_of))
    return found[-MOST[rule.period] :]


def _months(company: Company, as_of: dt.date) -> Iterator[Period]:
    for start in whole_months(company, as_of)[0]:
        yield Period(start, min(month_end(start), as_of))


def _weeks(company: Company, as_of: dt.date) -> Iterator[Period]:
    first = company.store.sales_span.start
    start = first + dt.timedelta(days=-first.weekday() % 7)
    while start + 6 * _DAY <= as_of:
        yield Period(start, start + 6 * _DAY)
        start += _WEEK


def _sources(metric: str) -> set[measures.Source | None]:
    return {part.source for part in measures.aggregates((metric,))}


def _is_balance(metric: str) -> bool:
    return _sources(metric) <= _BALANCES


def values(company: Company, scope: Scope, metric: str, spans: list[Period], depth: int | None) -> Values:
    """The metric in each period, by region of that depth; None: of the company. What is unknown is left out."""
    if not spans:
        return {}
    store, by = company.store, ("region",) if depth else ()
    if _is_balance(metric):
        frame = store.measure(scope, (metric,), (*by, "month"), days=tuple(span.end for span in spans), depth=depth)
        return _read(frame, metric, {span.end: span.start for span in spans})
    starts = {span.start: span.start for span in spans}
    grain = "week" if all(span.days == _WEEK.days for span in spans) else "month"
    if _sources(metric) <= _SPLIT[grain]:
        whole = Period(spans[0].start, spans[-1].end)
        frame = store.measure(scope, (metric,), (*by, grain), period=whole, depth=depth)
        known = _read(frame.rename(columns={grain: "month"}), metric, starts)
    else:
        known = {}
        for span in spans:
            before = year_before(span)
            frame = store.measure(scope, (metric,), by, period=span, depth=depth,
                                  compared=before if before.start >= store.sales_span.start else None)  # fmt: skip
            known |= _read(frame.assign(month=span.start), metric, starts)
    if not measures.BY_ID[metric].ratio and measures.BY_ID[metric].absent == "zero":
        tables = {measures.SOURCE_TABLES[source] for source in _sources(metric) if source}
        if all(store.has(table) for table in tables):  # without a row nothing happened
            known = {(region, day): 0.0 for region in {key[0] for key in known} for day in starts} | known
    return known


def _read(frame: pd.DataFrame, metric: str, starts: dict[dt.date, dt.date]) -> Values:
    regions = frame["region_id"].fillna("-") if "region_id" in frame else pd.Series(WHOLE, index=frame.index)
    rows = zip(regions, frame["month"], frame[metric], strict=True)
    days = ((str(region), pd.Timestamp(day).date(), float(value)) for region, day, value in rows)
    return {(region, starts[day]): value for region, day, value in days if day in starts and value == value}


def bands(company: Company, spans: list[Period]) -> dict[tuple[str, dt.date], Limits]:
    """What was said of each month a month before, by region (WHOLE: the company): its 80 % band, and the inner half.

    As it was kept on that day where a forecast was, else what the same method says from the data up to then.
    """
    wanted = {span.start for span in spans}
    found: dict[tuple[str, dt.date], Limits] = {}
    tracked = company.result(forecast_job.TRACK)
    if tracked is not None:
        found |= _bands(tracked[tracked["horizon"] == 1], wanted)
    for day in company.vintages.days(forecast_job.VINTAGE):
        after = add_months(day.replace(day=1), 1)
        if after in wanted and not company.store.selling_days_left(day):
            found |= _bands(company.vintages.read(forecast_job.VINTAGE, day), {after})
    return found


def _bands(said: pd.DataFrame, wanted: set[dt.date]) -> dict[tuple[str, dt.date], Limits]:
    level = said["level"].astype(str)
    rows = said[(level == forecast_nodes.COMPANY) | (level.str.fullmatch(r"region\d+"))]
    rows = rows[rows["ds"].isin(pd.DatetimeIndex(sorted(wanted)))]
    columns = zip(rows["key"].astype(str), rows["ds"], rows["mean"], rows["lo-80"], rows["hi-80"], strict=True)
    return {
        (key, pd.Timestamp(day).date()): Limits(low, high, (low + mean) / 2, (high + mean) / 2)
        for key, day, mean, low, high in columns
    }
