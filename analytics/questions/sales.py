"""What was sold: summary with comparison, trend against target and last year, ranking by any grouping."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from analytics.questions import lifecycle
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, elapsed, side_by_side
from data import measures
from data.company import Company
from data.scope import Period, Scope, add_months, fiscal_year_start, month_end
from data.words import N_

SUMMARY = ("net_sales", "gross_margin", "gross_margin_rate", "quantity", "orders", "active_dealers", "price",
           "discount_rate", "returns", "allowances", "gift_cost")  # fmt: skip
SPARK = ("net_sales", "gross_margin", "quantity", "price", "orders", "active_dealers")
SPARK_MONTHS = 12
MOST_COLUMNS = 18  # more columns than this do not fit a phone: coarser grain


@question("sales.summary")
def summary(company: Company, scope: Scope) -> Answer:
    """Net sales, margin, quantity, orders, active, new, returning and lost dealers ... with comparison.

    Frames: `summary` (measure, value, compared, change (absolute), change_rate (fraction; NaN for rates)), `spark`
    (month and one column a measure of SPARK, the last twelve months up to the end of the period). New and returning
    dealers of the compared period are known only where enough history lies before it. Values: each measure and its
    `_compared`, dealers (open ones in scope), after_data, before_data (the period lies outside the data).
    """
    store = company.store
    compared, notes = comparable(company, scope)
    wide = side_by_side(company, scope, SUMMARY, compared=compared).iloc[0].to_dict()
    dealers, more = lifecycle.counts(company, scope, compared)
    wide |= dealers
    ids = (*SUMMARY, *lifecycle.IDS)
    frame = pd.DataFrame([{"measure": id, "value": wide[id], "compared": wide[f"{id}_compared"]} for id in ids])
    frame["change"] = frame["value"] - frame["compared"]
    is_rate = frame["measure"].map(lambda id: measures.BY_ID[id].unit == "rate")
    frame["change_rate"] = (frame["change"] / frame["compared"].where(frame["compared"] != 0)).mask(is_rate)
    values = {id: wide[id] for id in ids} | {f"{id}_compared": wide[f"{id}_compared"] for id in ids}
    values |= {
        "dealers": len(store.query("dealer_owners", scope, depth=1)),
        "after_data": scope.period.start > scope.as_of, "before_data": scope.period.end < store.sales_span.start,
    }  # fmt: skip
    notes += more + margin_note(company, scope)
    return answer("sales.summary", company, scope, {"summary": frame, "spark": _spark(company, scope)}, definitions=ids,
                  values=values, compared=compared, notes=notes)  # fmt: skip


def _spark(company: Company, scope: Scope) -> pd.DataFrame:
    last = elapsed(scope.period, scope.as_of).end
    first = max(add_months(last.replace(day=1), 1 - SPARK_MONTHS), company.store.sales_span.start.replace(day=1))
    if first > last:
        return pd.DataFrame(columns=["month", *SPARK])
    return company.store.measure(scope, SPARK, ("month",), period=Period(first, last))


def margin_note(company: Company, scope: Scope) -> tuple[Note, ...]:
    """Says so when the cost of a part of the sales is unknown."""
    row = company.store.measure(scope, ("net_sales", "costed_sales")).iloc[0]
    if not row["net_sales"] or pd.isna(row["costed_sales"]):
        return ()
    share = row["costed_sales"] / row["net_sales"]
    if share > 0.999:
        return ()
    return (Note(N_("The cost is known for {share:.0%} of net sales; margins cover these."), {"share": share}),)


def grain_of(period: Period) -> int:
    """Months a column: 1, 3 or 12, the finest that stays within MOST_COLUMNS."""
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
    return next((grain for grain in (1, 3) if months <= MOST_COLUMNS * grain), 12)


def trend_span(period: Period, fiscal_start: int) -> Period:
    """Whole months that a trend shows: the fiscal year from its start on, the twelve months to the end of a short
    period, else the period."""
    start, end = period.start.replace(day=1), month_end(period.end)
    year = fiscal_year_start(end, fiscal_start)
    if start == year:
        return Period(year, add_months(year, 12) - dt.timedelta(days=1))
    if (end.year - start.year) * 12 + end.month - start.month < 2:
        return Period(add_months(end.replace(day=1), -11), end)
    return Period(start, end)


@question("sales.trend")
def trend(company: Company, scope: Scope) -> Answer:
    """Net sales by month (quarter, year) against target and last year.

    Frame `trend`: start, end (of the column), actual (NaN after the data end), target, last_year (the same months a
    year before; NaN before the data begin), partial (the data end inside the column: then target is the target to
    date, last_year the same days).
    """
    store, as_of = company.store, scope.as_of
    span = trend_span(scope.period, company.settings.fiscal_year_start)
    reach = min(span.end, max(as_of, span.start))
    now = _monthly(company, scope, Period(span.start, reach), "net_sales")
    before = Period(add_months(span.start, -12), add_months(reach, -12))
    if reach == month_end(reach):
        before = Period(before.start, month_end(before.end))
    last = _monthly(company, scope, before, "net_sales")
    target = _monthly(company, scope, span, "target")
    to_date = _monthly(company, scope, span, "target_to_date")
    grain = grain_of(span)
    rows = []
    start = span.start
    while start <= span.end:
        end = month_end(add_months(start, grain - 1))
        months = [add_months(start, i) for i in range(grain)]
        known = [m for m in months if m <= as_of]
        partial = bool(known) and as_of < min(end, span.end)
        rows.append({
            "start": start, "end": min(end, span.end),
            "actual": _sum(now, known),
            "target": _sum(to_date, known) if partial else _sum(target, months),
            "last_year": _sum(last, [add_months(m, -12) for m in known]),
            "partial": partial,
        })  # fmt: skip
        start = add_months(start, grain)
    frame = pd.DataFrame(rows)
    first = store.sales_span.start.replace(day=1)
    frame.loc[frame["start"].map(lambda day: add_months(day, -12) < first), "last_year"] = float("nan")
    frame.loc[frame["start"] < first, "actual"] = float("nan")
    return answer("sales.trend", company, scope, {"trend": frame}, definitions=("net_sales", "target"),
                  values={"grain": grain})  # fmt: skip


def _monthly(company: Company, scope: Scope, span: Period, id: str) -> dict[dt.date, float]:
    frame = company.store.measure(scope, (id,), ("month",), period=span)
    return {pd.Timestamp(month).date(): value for month, value in zip(frame["month"], frame[id], strict=True)}


def _sum(by_month: dict[dt.date, float], months: list[dt.date]) -> float:
    if not months or not by_month:
        return float("nan")
    return sum(by_month.get(month, 0.0) for month in months)


@question("sales.by")
def ranking(company: Company, scope: Scope, by: str = "region") -> Answer:
    """Net sales by region, dealer, product, category, brand, price_class, channel or employee.

    Frame `by`: key (and names), actual, target (to date; NaN when not given at that level), last_year (the compared
    period), gap (actual less target), change (actual less compared); largest shortfall first. Values: their totals,
    `unassigned` (sales without such a key are one row with an empty key).
    """
    frame, values, compared, notes = ranked(company, scope, by)
    return answer("sales.by", company, scope, {"by": frame}, definitions=("net_sales", "target"),
                  values=values, compared=compared, notes=notes)  # fmt: skip


def ranked(
    company: Company, scope: Scope, by: str, *, depth: int | None = None
) -> tuple[pd.DataFrame, dict[str, Any], Period | None, tuple[Note, ...]]:
    """The frame and values of `sales.by`, the compared period and its notes. depth: of regions (1 = top)."""
    compared, notes = comparable(company, scope)
    wide = side_by_side(company, scope, ("net_sales", "target_to_date"), (by,), compared=compared, depth=depth)
    wide = wide.rename(columns={"net_sales": "actual", "target_to_date": "target", "net_sales_compared": "last_year"})
    wide = wide.drop(columns=["target_to_date_compared"])
    wide = wide[(wide[["actual", "last_year", "target"]].fillna(0) != 0).any(axis=1)]
    wide["gap"], wide["change"] = wide["actual"] - wide["target"], wide["actual"] - wide["last_year"]
    order = "gap" if wide["gap"].notna().any() else "change" if compared else "actual"
    wide = wide.sort_values(order, ascending=order != "actual", ignore_index=True)
    totals = {name: wide[name].sum(min_count=1) for name in ("actual", "target", "last_year", "gap", "change")}
    return wide, totals | {"order": order}, compared, notes
