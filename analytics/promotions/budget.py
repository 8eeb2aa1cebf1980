"""A budget of promotions, judged as it is planned, and the allocation of it that would earn most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.frames import require
from analytics.promotions.evidence import Array
from analytics.promotions.response import CELL, GRID, HOLDS, LEVELS, ResponseCurves

CENT = 0.005
FORM = 1.3  # how much wider a gain is because a curve's form is a guess [qudao bench promotions]
SURE = 2 / 3  # chance that a promised gain is reached or exceeded


@dataclass(frozen=True)
class Allocation:
    """A plan: frame (type, region, spend: one row a cell, the whole spend of the cell in money).

    budget: what was to be spent; unspent: the part of it that finds no use under the floors. gain with its 80 % band:
    profit (net margin - spend) of this plan less that of the current one, in money over all cells. It comes from the
    posterior of the curves, whose shrinkage pays for the plan having been chosen from the same data, and is a promise
    to be kept: the plan brings that much or more with a chance of SURE, since true responses saturate in other ways
    than the curves too. expected_gain: its mean, which is what `evaluate` tells as the difference of both plans (where
    no execution was refused: those count here like the measured ones of their cell). p_gain: the chance that the plan
    brings more than the current one; NaN where it is the current one.
    """

    frame: pd.DataFrame
    gain: float
    gain_lo_80: float
    gain_hi_80: float
    budget: float
    unspent: float = 0.0
    expected_gain: float = 0.0
    p_gain: float = float("nan")


@dataclass(frozen=True)
class Evaluation:
    """What a plan earns: money, rates as fractions, each with an 80 % band; NaN where nothing was measured.

    margin (net, before spend), revenue (net), roi (margin / spend_known - 1), marginal_roi (what one more unit of spend
    earns, less 1, spread over the cells with a curve as the plan is), p_profit (chance that margin > spend_known).
    spend: of the plan; spend_known: the part of it whose executions could be measured, all of it where none was
    refused; margin and revenue are theirs.
    by_cell: type, region, spend, multiplier (of the current spend), has_curve, reason, spend_known, margin, revenue,
    roi, marginal_roi (each with _lo_80 and _hi_80), p_profit, expected (margin if the cell was as lucky as its like:
    the pooled value without the measured one; NaN without a curve).
    """

    spend: float
    spend_known: float
    margin: float
    margin_lo_80: float
    margin_hi_80: float
    revenue: float
    revenue_lo_80: float
    revenue_hi_80: float
    roi: float
    roi_lo_80: float
    roi_hi_80: float
    marginal_roi: float
    marginal_roi_lo_80: float
    marginal_roi_hi_80: float
    p_profit: float
    by_cell: pd.DataFrame


def current_plan(curves: ResponseCurves) -> Allocation:
    """What is spent today, as an Allocation; gain 0."""
    return Allocation(curves.cells[[*CELL, "spend"]].copy(), 0.0, 0.0, 0.0, float(curves.spend.sum()))


def evaluate(curves: ResponseCurves, allocation: Allocation | pd.DataFrame) -> Evaluation:
    """What a plan would earn.

    allocation: an Allocation or a frame type, region, spend with each cell once. Beyond twice the current spend nothing
    more is earned. A cell without a curve earns its measured margin at its current spend; of a change the worse is
    assumed (more earns nothing, less loses its share), as there is no evidence. Raises ValueError when a cell is
    missing, unknown or twice there, or a spend is negative or missing.
    """
    spend = _spend(curves, allocation.frame if isinstance(allocation, Allocation) else allocation)
    free, multiplier = curves.has_curve, curves.multiplier(spend)
    known = np.where(np.isfinite(curves.measured), spend * curves.share, 0.0)
    paid = np.where(known > 0, known, np.nan)
    change = curves.mean_at(multiplier) - curves.mean_now
    margin = _with_change(curves.measured, change, multiplier, free)
    draws = _with_change(curves.level, curves.at(multiplier) - curves.now, multiplier, free)
    growth = np.where(multiplier <= HOLDS[1] * (1 + 1e-9), curves.at(multiplier, curves.growth), 0.0)
    ends = np.quantile(np.hstack([draws, growth]), LEVELS, axis=0)
    margins = [margin, *ends[:, : len(spend)]]
    growths = [growth.mean(axis=0), *ends[:, len(spend) :]]
    scale = np.where(free, curves.measured_spend, np.nan)
    with np.errstate(over="ignore"):
        columns = {
            **_named("margin", margins), **_named("revenue", [curves.revenue_at(values) for values in margins]),
            **_named("roi", [values / paid - 1 for values in margins]),
            **_named("marginal_roi", [values / scale - 1 for values in growths]),
        }  # fmt: skip
    by_cell = curves.cells[CELL].join(pd.DataFrame({
        "spend": spend, "multiplier": multiplier, "has_curve": free, "reason": curves.cells["reason"],
        "spend_known": known, **columns, "p_profit": np.where(known > 0, (draws > known).mean(axis=0), np.nan),
        "expected": np.where(free, change + curves.mean_now, np.nan),
    }))  # fmt: skip
    seen = known > 0
    total, paid_all = draws[:, seen].sum(axis=1), float(known.sum()) if seen.any() else np.nan
    sums = _band(float(margin[seen].sum()), total) if seen.any() else [np.nan] * 3
    extra = growth @ np.where(free, multiplier, 0.0)  # each cell grows by the same factor
    moved = float(known[free].sum()) or np.nan
    return Evaluation(
        spend=float(spend.sum()), spend_known=float(known.sum()), by_cell=by_cell,
        p_profit=float((total > paid_all).mean()) if seen.any() else np.nan, **_named("margin", sums),
        **_named("revenue", _revenue(curves, margin, draws)), **_named("roi", [value / paid_all - 1 for value in sums]),
        **_named("marginal_roi", [value / moved - 1 for value in _band(float(extra.mean()), extra)]),
    )  # fmt: skip


def optimise(
    curves: ResponseCurves,
    budget: float,
    *,
    lower: float = HOLDS[0],
    upper: float = HOLDS[1],
    roi_floor: float | None = None,
    marginal_floor: float | None = None,
) -> Allocation:
    """The plan of greatest expected profit that spends the budget.

    budget: money over all cells. lower, upper: multiples of the current spend of each cell, kept within the 0.25 to 2
    that curves hold for. Cells without a curve keep their spend. roi_floor: a cell gets no more than leaves its own ROI
    (as `evaluate` tells it) at that rate; one that is below it at its least stays there. marginal_floor: nothing beyond
    the least where the next unit earns less than that ROI. What finds no use under the floors stays unspent.

    The curves are concave, so money goes to the best next unit until it is spent (Fox 1966, "Discrete optimization via
    marginal analysis", Management Science 13). Raises ValueError when the budget lies outside what the bounds allow, or
    the bounds allow nothing.
    """
    low, high = max(lower, HOLDS[0]), min(upper, HOLDS[1])
    if not lower <= upper or low > high:
        raise ValueError(f"the bounds allow nothing: lower {lower:g}, upper {upper:g}, curves hold from {HOLDS[0]:g} "
                         f"to {HOLDS[1]:g} times the current spend")  # fmt: skip
    free = curves.has_curve
    least = np.where(free, low, 1.0)
    most = np.where(free, high, 1.0)
    lowest, highest = float(least @ curves.spend), float(most @ curves.spend)
    slack = max(CENT, 1e-9 * highest)
    if not lowest - slack <= budget <= highest + slack:
        raise ValueError(f"a budget of {budget:.2f} is not possible: the bounds allow {lowest:.2f} to {highest:.2f}")
    best = -np.inf if marginal_floor is None else 1 + marginal_floor
    cap = most
    if roi_floor is not None:
        cap = np.where(free, np.clip(_cap(curves, roi_floor), low, high), 1.0)
    multiplier = _fill(curves, budget, least, cap, best)
    while roi_floor is not None:
        below = free & (multiplier > least + 1e-9) & (_roi(curves, multiplier) < roi_floor - 1e-9)
        if not below.any():
            break
        cap = np.where(below, least, cap)
        multiplier = _fill(curves, budget, least, cap, best)
    spend = multiplier * curves.spend
    unspent = max(float(budget - spend.sum()), 0.0)
    return _allocation(curves, spend, budget, unspent if unspent > slack else 0.0)


def planned(curves: ResponseCurves, frame: pd.DataFrame) -> Allocation:
    """A plan of one's own (type, region, spend) with its gain; errors as in `evaluate`.

    Cells without a curve count as there; where nothing was measured, neither cost nor margin of a change counts.
    """
    spend = _spend(curves, frame)
    return _allocation(curves, spend, float(spend.sum()), 0.0)


def spread(spend: Array, lower: Array, upper: Array, total: float) -> Array:
    """Spend of cells (cells,) scaled by one factor, each kept within its bounds, so that it adds up to the total; the
    bounds where the total lies beyond them."""
    low, high = 0.0, float(np.max(upper / np.maximum(spend, 1e-12), initial=1.0))
    for _halving in range(60):
        middle = (low + high) / 2
        short = np.clip(spend * middle, lower, upper).sum() < total
        low, high = (middle, high) if short else (low, middle)
    return np.asarray(np.clip(spend * high, lower, upper))


def _allocation(curves: ResponseCurves, spend: Array, budget: float, unspent: float) -> Allocation:
    seen, multiplier = curves.share > 0, curves.multiplier(spend)
    whole = np.divide(1.0, curves.share, out=np.zeros_like(spend), where=seen)
    change, changes = curves.mean_at(multiplier) - curves.mean_now, curves.at(multiplier) - curves.now
    mean = _with_change(curves.measured, change, multiplier, curves.has_curve) - curves.measured
    draws = _with_change(curves.level, changes, multiplier, curves.has_curve) - curves.level
    cost = float((spend - curves.spend)[seen].sum())
    expected = float((mean * whole)[seen].sum()) - cost
    gains = (draws * whole)[:, seen].sum(axis=1) - cost
    # the draws are few: their mean gives way to that of all
    gains = (gains - gains.mean()) * FORM + expected
    low, promise, high = np.quantile(gains, (LEVELS[0], 1 - SURE, LEVELS[1]))
    better = float((gains > 0).mean()) if np.abs(spend - curves.spend).max(initial=0.0) > CENT else float("nan")
    frame = curves.cells[CELL].assign(spend=spend)
    return Allocation(frame, float(promise), float(low), float(high), float(budget), unspent, expected, better)


def _spend(curves: ResponseCurves, frame: pd.DataFrame) -> Array:
    require(frame, (*CELL, "spend"), what="allocation")
    spend = frame["spend"].to_numpy(float)
    if not all(np.array_equal(frame[name].to_numpy(object), curves.cells[name].to_numpy(object)) for name in CELL):
        given = pd.MultiIndex.from_frame(frame[CELL])
        place = given.get_indexer(curves.index) if given.is_unique else np.array([-1])
        if len(given) != len(curves.index) or (place < 0).any():
            raise ValueError("an allocation needs each cell of the curves once, and no other")
        spend = spend[place]
    if not (np.isfinite(spend).all() and (spend >= 0).all()):
        raise ValueError("spend must be a number of at least 0 in each cell")
    return np.asarray(spend)


def _with_change(level: Array, change: Array, multiplier: Array, free: Array) -> Array:
    """Margins (draws, cells): the level and what the change of spend brings; without a curve the worse is assumed."""
    stays = np.where(level > 0, level * np.minimum(multiplier, 1.0), level)
    return np.where(free, level + change, stays)


def _roi(curves: ResponseCurves, multiplier: Array) -> Array:
    margin = curves.measured + curves.mean_at(multiplier) - curves.mean_now
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(margin / (multiplier * curves.measured_spend) - 1)


def _cap(curves: ResponseCurves, floor: float) -> Array:
    """The largest multiplier of each cell at which its ROI is not below the floor; 0 where there is none."""
    margin = (curves.measured - curves.mean_now)[:, None] + curves.expected
    over = np.nan_to_num(margin - (1 + floor) * GRID * curves.measured_spend[:, None], nan=-1.0)
    holds = over >= 0
    last = np.where(holds.any(axis=1), holds.shape[1] - 1 - holds[:, ::-1].argmax(axis=1), 0)
    rows, after = np.arange(len(last)), np.minimum(last + 1, len(GRID) - 1)
    here, there = over[rows, last], over[rows, after]
    part = np.divide(here, here - there, out=np.zeros_like(here), where=(here > 0) & (there < 0))
    return np.where(holds.any(axis=1), GRID[last] + part * (GRID[after] - GRID[last]), 0.0)


def _fill(curves: ResponseCurves, budget: float, least: Array, cap: Array, best: float) -> Array:
    """Multipliers: each cell at its least, the rest of the budget to the best next unit while it earns at least
    `best` for a unit."""
    order = curves.best_first
    room = np.minimum(GRID[1:], cap[:, None]) - np.maximum(GRID[:-1], least[:, None])
    room = np.where(curves.has_curve[:, None] & (curves.slopes >= best), np.maximum(room, 0.0), 0.0)
    money = (room * curves.spend[:, None]).ravel()[order]
    rest = max(budget - float(least @ curves.spend), 0.0)
    before = np.concatenate([[0.0], np.cumsum(money)[:-1]])
    given = np.empty_like(money)
    given[order] = np.clip(rest - before, 0.0, money)
    filled = given.reshape(room.shape).sum(axis=1)
    return np.minimum(least + np.divide(filled, curves.spend, out=np.zeros_like(filled), where=curves.spend > 0), cap)


def _revenue(curves: ResponseCurves, margin: Array, draws: Array) -> list[float]:
    """Sum over the cells whose revenue is known, with its band; NaN where none is."""
    seen = np.isfinite(curves.revenue_at(margin))
    if not seen.any():
        return [np.nan] * 3
    return _band(float(curves.revenue_at(margin)[seen].sum()), curves.revenue_at(draws)[:, seen].sum(axis=1))


def _band(middle: float, draws: Array) -> list[float]:
    return [middle, *(float(end) for end in np.quantile(draws, LEVELS))]


def _named(name: str, values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip((name, f"{name}_lo_80", f"{name}_hi_80"), values, strict=True))
