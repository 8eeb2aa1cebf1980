"""Job: what only single sales lines tell of order in the channel, added up by month.

Prices against the band, sales by territory, stock bought and sold on: a view asks for whole months of dealers, and
reading every line of a year takes seconds. Where it asks for less than the stored rows tell apart (products, channels,
sales people, days), the lines are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analytics.integrity import loading
from analytics.questions.integrity_base import seen_dealers
from data.company import Company
from data.scope import Entitlement, Period, Scope, month_end

PRICES, TERRITORY, STOCK = "price_band", "territory_sales", "stock_flows"
RESULTS = (PRICES, TERRITORY, STOCK)
_OPTIONS: dict[str, dict[str, Any]] = {STOCK: {"push": loading.PUSH_DAYS}}


def compute(company: Company, scope: Scope, report: Callable[[int, int], None]) -> Mapping[str, pd.DataFrame]:
    """The queries of these names over everything, with `month`: of prices and of sales by territory month by month."""
    span = company.store.sales_span
    months = [Period(day.date(), month_end(day.date()))
              for day in pd.date_range(span.start.replace(day=1), scope.as_of, freq="MS")]  # fmt: skip
    parts: dict[str, list[pd.DataFrame]] = {PRICES: [], TERRITORY: []}
    for done, month in enumerate(months):
        report(done, len(months) + 1)
        for name, found in parts.items():
            frame = company.store.query(name, scope.but(period=month))
            found.append(frame.assign(month=pd.Timestamp(month.start)))
    frames = {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}
    return frames | {STOCK: _asked(company, STOCK, scope)}


def cells(company: Company, name: str, scope: Scope) -> pd.DataFrame:
    """The rows of the query of that name within the scope, those that are no single delivery or breach once a month or
    once in all: whoever adds them up gets the same."""
    if not _stored(company, name, scope):
        return _asked(company, name, scope)
    frame = company.result(name, months=None if name == STOCK else scope.period)
    if frame is None:
        return _asked(company, name, scope)
    if name != STOCK:
        frame = frame.drop(columns="month")
    mine = seen_dealers(company, scope)
    if len(mine) < len(company.store.names("dealer")):
        frame = frame[frame["dealer_id"].isin(mine)]
    return frame.reset_index(drop=True)


def _asked(company: Company, name: str, scope: Scope) -> pd.DataFrame:
    return company.store.query(name, scope, **_OPTIONS.get(name, {}))


def _stored(company: Company, name: str, scope: Scope) -> bool:
    """The stored rows can tell what the scope asks for."""
    store, viewer = company.store, scope.entitlement or Entitlement("")
    finer = scope.product or scope.category or scope.channel or scope.employee or viewer.products
    if finer or (scope.region and store.unplaced):
        return False
    last = company.snapshot.as_of
    if name == STOCK:
        return scope.as_of == last
    if name == TERRITORY and not company.snapshot.manifest.get("documents_add"):
        return False  # a delivery of two months would count twice
    start, end = scope.period.start, min(scope.period.end, scope.as_of)
    known = store.sales_span.start.replace(day=1) <= start and end <= last  # dealers may have sold on before and after
    return known and start.day == 1 and end in (last, month_end(end))
