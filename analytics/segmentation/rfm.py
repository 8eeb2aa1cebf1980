"""Recency, frequency, monetary value and tenure of each dealer; and order lines brought to one row a dealer and day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.frames import require

Array: TypeAlias = npt.NDArray[Any]
Day: TypeAlias = str | dt.date | pd.Timestamp

NEEDED = ("dealer_id", "order_date", "net_amount")
DOCUMENTS = ("order_id", "document_id")  # the first that is there tells orders apart
SCORES = {"r_score": "recency", "f_score": "frequency", "m_score": "monetary"}
COLUMNS = ("dealer_id", "recency", "frequency", "monetary", "tenure", "first_order", "last_order", "x", "t_x", "T",
           *SCORES)  # fmt: skip


@dataclass(frozen=True)
class Days:
    """One row a dealer and day on which something was sold or came back, sorted by dealer and day; arrays (rows,).

    code: place of the dealer in `dealers`; day: days since 1970; sold, returned: sums of the positive and (as positive
    numbers) of the negative amounts; lines: rows with a positive amount; documents: orders of the day (1 where orders
    have no number of their own), 0 on a day of returns alone.
    """

    dealers: pd.Series
    code: Array
    day: Array
    sold: Array
    returned: Array
    lines: Array
    documents: Array


def number(day: Day) -> int:
    """Days since 1970 of a day; a time of the day is cut off, as is a time zone (local time counts)."""
    stamp = pd.Timestamp(day)
    return int((stamp.tz_localize(None) if stamp.tzinfo else stamp).to_datetime64().astype("datetime64[D]").astype(int))


def numbers(dates: pd.Series) -> Array:
    """Days since 1970 of datetimes, dates or ISO texts, as `number` has it. Raises ValueError where one is missing."""
    stamps = dates if pd.api.types.is_datetime64_any_dtype(dates) else pd.to_datetime(dates, format="ISO8601")
    if stamps.isna().any():
        raise ValueError(f"orders: {int(stamps.isna().sum())} rows without an order_date")
    if isinstance(stamps.dtype, pd.DatetimeTZDtype):
        stamps = stamps.dt.tz_localize(None)
    return stamps.to_numpy().astype("datetime64[D]").astype(np.int64)


def coded(dealer_ids: pd.Series) -> tuple[Array, pd.Series]:
    """Codes 0, 1, ... in order of first appearance, and the dealers in that order (dtype kept)."""
    if dealer_ids.isna().any():
        raise ValueError(f"orders: {int(dealer_ids.isna().sum())} rows without a dealer_id")
    code = pd.factorize(dealer_ids.to_numpy())[0]
    first = np.unique(code, return_index=True)[1]
    return code, dealer_ids.iloc[first].reset_index(drop=True)


def by_day(orders: pd.DataFrame, as_of: Day) -> Days:
    """Order lines up to and with the as-of day as one row a dealer and day.

    orders: dealer_id (any hashable type), order_date (datetime, date or ISO text), net_amount (returns negative);
    several rows a day are lines or documents. Raises ValueError when a column or a value is missing.
    """
    require(orders, NEEDED, what="orders")
    day = numbers(orders["order_date"])
    seen = day <= number(as_of)
    orders, day = orders[seen], day[seen]
    if orders["net_amount"].isna().any():
        raise ValueError(f"orders: {int(orders['net_amount'].isna().sum())} rows without a net_amount")
    code, dealers = coded(orders["dealer_id"])
    amount = orders["net_amount"].to_numpy(float)
    key = code * _SPAN + day + _SHIFT
    keys, at = np.unique(key, return_inverse=True)
    sale, n = amount > 0, len(keys)
    lines = np.bincount(at, sale, minlength=n)
    documents = (lines > 0).astype(float)
    if column := next((name for name in DOCUMENTS if name in orders.columns), None):
        # a document of several days belongs to its first day; a sale without a number is an order of its own day
        sold = pd.DataFrame({"at": at[sale], "code": code[sale], "document": orders[column].to_numpy()[sale]})
        numbered = sold.dropna().sort_values("at", kind="stable").drop_duplicates(["code", "document"])
        loose = sold.loc[sold["document"].isna(), "at"].drop_duplicates()
        documents = np.bincount(np.concatenate([numbered["at"], loose]).astype(np.int64), minlength=n).astype(float)
    return Days(
        dealers, keys // _SPAN, keys % _SPAN - _SHIFT, np.bincount(at, np.maximum(amount, 0), minlength=n),
        np.bincount(at, np.maximum(-amount, 0), minlength=n), lines, documents,
    )  # fmt: skip


def rfm(orders: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """Recency, frequency, monetary value and tenure: one row a dealer with an order or a return up to the as-of day.

    orders: see `by_day`. Columns: dealer_id; recency (days since the last order); frequency (orders: distinct
    documents with a sale line where order_id or document_id is there, else distinct days with one); monetary (net
    sales, returns taken off); tenure (days since the first order); first_order, last_order; x, t_x, T (repeat order
    days, age at the last of them and age now, in days: what `fit_bgnbd` takes, a day counting once); r_score, f_score,
    m_score. A sale line has a positive amount: a return lowers `monetary` and is no order. Of a dealer with returns
    alone recency, tenure, dates and t_x, T are missing and frequency and x are 0.

    Scores are fifths of the dealers, 5 the best (recent, frequent, large): ceil(5 · mean rank / n), so that equal
    values get the same score (all equal: 3) and fifths need not be of one size. A missing recency scores 1.
    Raises ValueError when a column or a value is missing.
    """
    days = by_day(orders, as_of)
    n, today, bought = len(days.dealers), number(as_of), days.lines > 0
    code, day = days.code[bought], days.day[bought]
    visits = np.bincount(code, minlength=n)
    first, last = np.full(n, np.nan), np.full(n, np.nan)
    last[code] = day  # sorted by day: the last one stays
    first[code[::-1]] = day[::-1]
    out = pd.DataFrame({
        "dealer_id": days.dealers, "recency": today - last, "frequency": np.bincount(
            days.code, days.documents, minlength=n).astype(np.int64),
        "monetary": np.bincount(days.code, days.sold - days.returned, minlength=n), "tenure": today - first,
        "first_order": pd.to_datetime(first, unit="D"), "last_order": pd.to_datetime(last, unit="D"),
        "x": np.maximum(visits - 1, 0), "t_x": last - first, "T": today - first,
    })  # fmt: skip
    for score, column in SCORES.items():
        out[score] = fifths(-out[column] if column == "recency" else out[column])
    return out[list(COLUMNS)]


def fifths(values: pd.Series) -> pd.Series:
    """1..5 by mean rank, 5 for the largest, equal values alike; 1 for a missing one. See `rfm`."""
    rank = values.rank(method="average") / max(int(values.notna().sum()), 1)
    return np.ceil(5 * rank - 1e-9).clip(1, 5).fillna(1).astype(np.int64)


_SPAN, _SHIFT = np.int64(4 * 10**6), np.int64(10**6)  # dealer and day as one sortable key, days before 1970 included
