"""Executions beside the panel: which unit and weeks each one touches, what is clean, and which executions collide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.frames import require
from analytics.promotions.panel import Matrix, Panel, position

LEAD = (-10, -2)  # weeks before an execution that are tested for a passing shock
COLUMNS = ("promo_id", "execution_id", "dealer_id", "region", "category", "product_ids", "type", "start_week",
           "end_week", "spend")  # fmt: skip


@dataclass(frozen=True)
class Executions:
    """Arrays over X executions, in the order of `frame`."""

    frame: pd.DataFrame
    unit: Matrix  # (X,) row of the panel, -1 = the dealer never bought of the category
    start: Matrix
    end: Matrix  # exclusive
    first: Matrix  # first week of the window
    last: Matrix  # week after the window
    owner: Matrix  # (U, T) execution that a week belongs to, -1 = clean
    overlaps: Matrix  # (X,) bool: shares weeks with another execution of the unit
    promoted: Matrix  # (X, 3, T) sales of promoted products: units, revenue, margin
    running: Matrix  # (pairs, T) bool: the dealer's product is being promoted

    @property
    def hidden(self) -> Matrix:
        return self.owner >= 0


def place(promotions: pd.DataFrame, panel: Panel, window: tuple[int, int]) -> Executions:
    """Put executions on the panel. Raises ValueError for missing columns."""
    require(promotions, COLUMNS, what="promotions")
    frame = promotions.reset_index(drop=True)
    width = panel.shape[1]
    keys = pd.MultiIndex.from_frame(panel.unit[["dealer_id", "category"]])
    unit = keys.get_indexer(pd.MultiIndex.from_frame(frame[["dealer_id", "category"]]))
    start, end = position(panel.weeks, frame["start_week"]), position(panel.weeks, frame["end_week"])
    end = np.maximum(end, start + 1)
    first, last = start + window[0], end + window[1]
    owner, running, many = np.full(panel.shape, -1), np.zeros(panel.shape, bool), np.zeros(panel.shape, dtype=int)
    # a week belongs to who runs in it, else to who ended last, else to who begins next
    for x in np.argsort(start, kind="stable"):
        if unit[x] < 0 or last[x] <= 0 or first[x] >= width:
            continue
        span, inside = slice(max(first[x], 0), last[x]), slice(max(start[x], 0), max(end[x], 0))
        many[unit[x], span] += 1
        row = owner[unit[x]]
        free = np.zeros(width, bool)
        free[span] = row[span] < 0
        free[max(start[x], 0) : last[x]] = ~running[unit[x], max(start[x], 0) : last[x]]
        free[inside] = True
        row[free] = x
        running[unit[x], inside] = True
    overlaps = np.array([u >= 0 and bool((many[u, max(a, 0) : b] > 1).any())
                         for u, a, b in zip(unit, first, last, strict=True)], dtype=bool)  # fmt: skip
    return Executions(frame, unit, start, end, first, last, owner, overlaps, *_promoted(frame, panel, unit, start, end))


def _promoted(frame: pd.DataFrame, panel: Panel, unit: Matrix, start: Matrix, end: Matrix) -> tuple[Matrix, Matrix]:
    """(X, 3, T) sales of the promoted products, all of the category where none are named; (pairs, T) where they run."""
    total = np.zeros((len(frame), 3, panel.shape[1]), dtype=np.float32)
    running = np.zeros((len(panel.pairs), panel.shape[1]), dtype=bool)
    named = frame["product_ids"].fillna("").astype(str)
    split = named[named.str.strip() != ""].str.split("|").explode().astype(str).str.strip()
    rows = panel.pairs.get_indexer(
        pd.MultiIndex.from_arrays([frame["dealer_id"].to_numpy()[split.index], split.to_numpy()])
    )
    known = rows >= 0
    at, rows = split.index.to_numpy()[known], rows[known]
    whole = np.flatnonzero(~np.isin(np.arange(len(frame)), split.index) & (unit >= 0))
    for x in whole:
        own = np.flatnonzero(panel.product_unit == unit[x])
        at, rows = np.append(at, np.full(len(own), x)), np.append(rows, own)
    for place, values in enumerate(panel.product.values()):
        np.add.at(total[:, place], at, values[rows])
    for x, row in zip(at, rows, strict=True):
        running[row, max(start[x], 0) : max(end[x], 0)] = True
    return total, running
