"""How many days of sales stand outside, and how much of what could be collected was.

Definitions: the common ones of credit management (Credit Research Foundation); see docs/glossary.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.frames import require

WINDOW = 90  # days of sales that simple and best possible DSO look at


@dataclass(frozen=True)
class Countback:
    """Days that the countback gives. `beyond`: receivables exceed all sales known, so it is at least so many."""

    days: float
    beyond: bool


def simple(receivables: float, sales: float, days: float = WINDOW) -> float:
    """DSO = ending receivables / credit sales of the last `days` days × days. NaN without sales."""
    return receivables / sales * days if sales > 0 else float("nan")


def countback(receivables: float, sales: Sequence[float], lengths: Sequence[float]) -> Countback:
    """DSO by countback: months of sales are peeled off the receivables, latest first, the last one pro rata.

    sales, lengths: credit sales and days of each month, latest first; a month of more credit notes than sales lets its
    days pass and peels nothing off. Receivables of 212 on 100, 80, 70 in months of 30 days are 30 + 30 + 32/70 · 30
    = 73.7 days.
    """
    left, days = receivables, 0.0
    if left <= 0:
        return Countback(0.0, False)
    for sold, length in zip(sales, lengths, strict=True):
        if sold > 0 and left <= sold:
            return Countback(days + length * left / sold, False)
        left -= max(sold, 0.0)
        days += length
    return Countback(days, True)


def effectiveness(begin: float, sales: float, end: float, end_current: float) -> float:
    """CEI = (begin + sales − end) / (begin + sales − end current): collected of what could be collected.

    All in money over one month; end_current is what of the end is not due yet. NaN when nothing could be collected.
    """
    could = begin + sales - end_current
    return (begin + sales - end) / could if could > 0 else float("nan")


def monthly(balances: pd.DataFrame, sales: pd.DataFrame) -> pd.DataFrame:
    """All of them on each day asked for.

    balances: day (dates, ascending; the last days of months, and at the end any day), receivables, in_term, sales_90.
    sales: month (first days), amount (credit sales of the month; of the last one up to the last day asked for).
    Returns day, receivables, dso, best_possible (in term / sales × 90), delinquent_days (ADD = DSO − best possible),
    countback, beyond, cei (of the month up to the day; NaN on the first day, which has no begin).
    """
    require(balances, ("day", "receivables", "in_term", "sales_90"), what="balances")
    require(sales, ("month", "amount"), what="sales")
    amounts = {pd.Timestamp(m): float(a) for m, a in zip(sales["month"], sales["amount"], strict=True)}
    rows = []
    begin = float("nan")
    for row in balances.itertuples(index=False):
        day = pd.Timestamp(row.day)
        dso = simple(row.receivables, row.sales_90)
        best = simple(row.in_term, row.sales_90)
        months = _back_from(day, amounts)
        back = countback(row.receivables, [amounts.get(m, 0.0) for m in months], [_length(m, day) for m in months])
        sold = amounts.get(day.replace(day=1), 0.0)
        rows.append({
            "day": row.day, "receivables": row.receivables, "dso": dso, "best_possible": best,
            "delinquent_days": dso - best, "countback": back.days if months else float("nan"), "beyond": back.beyond,
            "cei": effectiveness(begin, sold, row.receivables, row.in_term),
        })  # fmt: skip
        begin = row.receivables
    return pd.DataFrame(rows, columns=["day", "receivables", "dso", "best_possible", "delinquent_days", "countback",
                                       "beyond", "cei"])  # fmt: skip


def _back_from(day: pd.Timestamp, amounts: dict[pd.Timestamp, float]) -> list[pd.Timestamp]:
    """The months from that of the day back to the first with sales."""
    first = min(amounts, default=None)
    if first is None or first > day:
        return []
    return list(pd.date_range(first, day.replace(day=1), freq="MS"))[::-1]


def _length(month: pd.Timestamp, day: pd.Timestamp) -> int:
    """Days of the month, up to the day."""
    return int(min(month.days_in_month, (day - month).days + 1))
