"""Dealers by periods: what they ordered, how often they were visited, and which cells may be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.frames import require

ABSENT = 13  # periods without an order after which a dealer counts as away [convention of this project]

Matrix = np.ndarray


@dataclass(frozen=True)
class Panel:
    """Matrices of dealers (rows) by consecutive periods (columns)."""

    dealers: tuple[str, ...]
    periods: pd.Index
    outcome: Matrix  # what was ordered in the period, >= 0
    visits: Matrix  # visits done in the period
    here: Matrix  # bool: the dealer was buying at that time


def panel(frame: pd.DataFrame, periods: pd.Index, *, absent: int | None = ABSENT) -> Panel:
    """Shape rows into a panel; what no row says is zero.

    frame: dealer_id, period (an element of `periods`), outcome, visits. periods: all periods in order, without gaps.
    absent: cells before a dealer's first order, after the last one, and inside gaps longer than `absent` periods are
    no part of the comparison: whoever is no customer gets no visits and gives no orders, which says nothing about
    visits. None compares all cells.
    """
    require(frame, ("dealer_id", "period", "outcome", "visits"), what="panel")
    dealers = pd.Index(sorted(frame["dealer_id"].unique()))
    row, column = dealers.get_indexer(frame["dealer_id"]), periods.get_indexer(frame["period"])
    inside = column >= 0
    shape = (len(dealers), len(periods))
    outcome, visits = np.zeros(shape), np.zeros(shape)
    np.add.at(outcome, (row[inside], column[inside]), frame["outcome"].to_numpy(float)[inside])
    np.add.at(visits, (row[inside], column[inside]), frame["visits"].to_numpy(float)[inside])
    outcome = outcome.clip(min=0.0)
    here = np.ones(shape, dtype=bool) if absent is None else _here(outcome > 0, absent)
    return Panel(tuple(dealers), periods, outcome, visits, here)


def _here(ordered: Matrix, absent: int) -> Matrix:
    """Cells between two orders that lie at most `absent` periods apart, the orders included."""
    periods = np.arange(ordered.shape[1])
    before = np.maximum.accumulate(np.where(ordered, periods, -(10**6)), axis=1)
    after = np.minimum.accumulate(np.where(ordered, periods, 10**6)[:, ::-1], axis=1)[:, ::-1]
    return after - before <= absent


def around(visits: Matrix, lags: Iterable[int]) -> Matrix:
    """Sum of the visits `lag` periods before each cell; a negative lag reaches into the future."""
    total = np.zeros_like(visits)
    width = visits.shape[1]
    for lag in lags:
        if abs(lag) >= width:
            continue
        if lag > 0:
            total[:, lag:] += visits[:, :-lag]
        elif lag < 0:
            total[:, :lag] += visits[:, -lag:]
        else:
            total += visits
    return total
