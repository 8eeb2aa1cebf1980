"""Forecasts of dealers and of categories joined in one table, of which every level is a sum."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting.hierarchy import rake
from analytics.forecasting.history import Array


def joined(dealers: Array, mix: Array, region: NDArray[np.int64], regional: Array, categories: Array) -> Array:
    """Cells (dealers, categories, periods) whose sums by dealer are `dealers` (dealers, periods) exactly.

    `mix` (dealers, categories) is what each dealer bought lately; `region` (dealers) its region's place; `regional`
    (regions, categories, periods) and `categories` (categories, periods) are the forecasts that the sums by region and
    category follow in proportion. Nothing in it is below zero unless a dealer's forecast is.
    """
    sums = np.zeros((len(regional), dealers.shape[1]))
    np.add.at(sums, region, dealers)
    totals = categories * _ratio(np.maximum(sums, 0).sum(axis=0), categories.sum(axis=0))
    wanted = np.moveaxis(rake(np.moveaxis(regional, -1, 0), np.maximum(sums, 0).T, totals.T), 0, -1)
    cells = np.empty((*mix.shape, dealers.shape[1]))
    for place in range(len(regional)):
        members = np.flatnonzero(region == place)
        seed = np.maximum(mix[members], 0)[None] * np.maximum(dealers[members], 0).T[..., None]
        raked = rake(seed, np.maximum(dealers[members], 0).T, wanted[place].T)
        share = raked / np.maximum(raked.sum(axis=-1, keepdims=True), 1e-12)
        even = np.maximum(regional[place].T, 1e-12)
        share = np.where(raked.sum(axis=-1, keepdims=True) > 0, share, (even / even.sum(-1, keepdims=True))[:, None])
        cells[members] = np.moveaxis(share * dealers[members].T[..., None], 0, -1)
    return cells


def spread(values: Array, inside: NDArray[np.bool_], amount: float, held: NDArray[np.bool_] | None = None) -> Array:
    """`values` (cells) changed inside so that they add up to `amount` there, to the cent.

    What changes does so in proportion. `held` cells (set by an earlier word on a part) keep theirs as long as the
    others can bear it: with nothing left to move, or nothing that can, all move. Cells of nothing at all share evenly.
    """
    out = values.copy()
    inside = np.asarray(inside, dtype=bool)
    if not inside.any():
        return out
    fixed = inside & held if held is not None else np.zeros_like(inside)
    free = inside & ~fixed
    rest = amount - float(values[fixed].sum())
    movable = float(values[free].sum())
    if movable > 0 and rest >= 0:
        out[free] *= rest / movable
    elif float(values[inside].sum()) > 0:
        free = inside
        out[inside] *= amount / float(values[inside].sum())
    else:
        free = inside
        out[inside] = amount / int(inside.sum())
    out[inside] = np.rint(out[inside] * 100) / 100
    cents = round((amount - float(out[inside].sum())) * 100)
    largest = np.flatnonzero(free)[np.argsort(-np.abs(out[free]), kind="stable")]
    for step in range(abs(cents)):  # rounding leaves at most a cent a cell
        out[largest[step % len(largest)]] += np.sign(cents) / 100
    out[inside] = np.rint(out[inside] * 100) / 100
    return out


def rounded(cells: Array) -> Array:
    """Cells in whole cents."""
    return np.asarray(np.rint(cells * 100) / 100)


def long(cells: Array, dealers: list[str], categories: list[str], periods: pd.Index) -> pd.DataFrame:
    """Cells as `dealer_id, category, ds, amount`, without those of nothing."""
    d, c, h = cells.shape
    frame = pd.DataFrame({
        "dealer_id": np.repeat(dealers, c * h), "category": np.tile(np.repeat(categories, h), d),
        "ds": np.tile(periods, d * c), "amount": cells.ravel(),
    })  # fmt: skip
    return frame[frame["amount"] != 0].reset_index(drop=True)


def _ratio(over: Array, under: Array) -> Array:
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)
