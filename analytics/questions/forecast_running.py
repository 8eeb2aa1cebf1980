"""The month that is running: what is booked of it, and what share of it is still to come."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting import cells as joining
from analytics.questions import forecast_nodes as nodes
from data.company import Company
from data.scope import Period, Scope, month_end

Table = tuple[np.ndarray, list[str], list[str]]  # cells (dealers, categories, months), ids, categories


def late_shares(company: Company, scope: Scope, history: nodes.History) -> NDArray[np.float64]:
    """Of each of the last twelve whole months the share that was sold after as many of its selling days as have gone
    by in the month that is running; empty where none is."""
    if history.running is None:
        return np.empty(0)
    calendar = company.store.calendar.set_index("date")["is_selling_day"]
    start = pd.Timestamp(history.running)
    here = calendar[start : pd.Timestamp(month_end(history.running))]
    gone = here[: pd.Timestamp(scope.as_of)].sum() / max(here.sum(), 1)
    months = history.months[-12:]
    sales = company.store.query("daily_sales", scope.but(period=Period(months[0], month_end(months[-1]))))
    by_day = sales.set_index(pd.DatetimeIndex(sales["day"]))["net_sales"]
    shares = []
    for month in months:
        days = calendar[pd.Timestamp(month) : pd.Timestamp(month_end(month))]
        worked = days[days].index
        cut = worked[max(round(gone * len(worked)), 1) - 1] if len(worked) and gone > 0 else pd.Timestamp(month)
        whole = by_day[(by_day.index >= pd.Timestamp(month)) & (by_day.index <= pd.Timestamp(month_end(month)))]
        if whole.sum() > 0:
            shares.append(float(whole[whole.index > cut].sum() / whole.sum()))
    return np.array(shares or [1.0 - float(gone)])


def with_running(table: Table, history: nodes.History, late: np.ndarray) -> tuple[Table, pd.DataFrame]:
    """The table with what is booked of the running month in place of its part, and that part (dealers × categories)."""
    cells, dealers, categories = table
    if history.running is None:
        return table, pd.DataFrame(0.0, index=dealers, columns=categories)
    new = [str(id) for id in history.to_date.index if id not in set(dealers)]
    everybody = [*dealers, *new]
    categories_now = [*categories, *(c for c in history.to_date.columns if c not in categories)]
    booked = history.to_date.reindex(index=everybody, columns=categories_now).fillna(0.0)
    out = np.zeros((len(everybody), len(categories_now), cells.shape[2]))
    out[: len(dealers), : len(categories)] = cells
    out[:, :, 0] = booked.to_numpy() + out[:, :, 0] * late.mean()
    return (joining.rounded(out), everybody, categories_now), booked


def with_to_date(cells: pd.DataFrame, to_date: pd.DataFrame, first: dt.date) -> pd.DataFrame:
    """Cells with what is booked of each in the first month ahead."""
    rows, columns = to_date.index.get_indexer(cells["dealer_id"]), to_date.columns.get_indexer(cells["category"])
    return cells.assign(to_date=np.where(cells["ds"] == pd.Timestamp(first), to_date.to_numpy()[rows, columns], 0.0))
