"""Which table answers a measure of sales: the lines, or a cube that has added them up (data.warehouse.cubes).

The choice is about what the answer splits and filters by; the numbers are the same (tests/data/test_cubes.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from data.scope import Entitlement, Period, Scope, month_end

Table = Literal["sales", "sales_day", "product_month"]
_OF_PRODUCTS = {"product", "category", "brand", "price_class"}
_OF_DEALERS = {"dealer", "employee", "week"}
# Measures that a cube says by other words than lines do.
SQL: dict[tuple[str, str], str] = {("sales_day", "orders"): "sum(orders)"}


def table(measure: str, by: Sequence[str], scope: Scope, *, whole_months: bool, documents_add: bool) -> Table:
    """The smallest table that can say the measure for the scope split by the groupings."""
    viewer = scope.entitlement or Entitlement("")
    if not (_OF_PRODUCTS & set(by) or scope.product or scope.category or viewer.products):
        return "sales_day" if documents_add or measure != "orders" else "sales"
    dealers = _OF_DEALERS & set(by) or scope.dealer or scope.employee or viewer.dealers
    if dealers or measure in ("orders", "active_dealers") or not whole_months:
        return "sales"
    return "product_month"


def whole_months(span: Period, as_of: dt.date, known: Period) -> bool:
    """What is known of the span up to the as-of day lies in whole months. known: first and last sales day."""
    end = min(span.end, as_of)
    return (span.start.day == 1 or span.start <= known.start) and (end == month_end(end) or end >= known.end)
