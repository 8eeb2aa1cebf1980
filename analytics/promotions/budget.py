"""A budget of promotions, judged as it is planned, and the allocation of it that would earn most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.frames import require
from analytics.promotions.evidence import Array
from analytics.promotions.response import CELL, GRID, HOLDS, LEVELS, ResponseCurves

CENT = 0.005


@dataclass(frozen=True)
class Allocation:
    """A plan: frame (type, region, spend: one row a cell, the whole spend of the cell in money).

    budget: what was to be spent; unspent: the part of it that finds no use under the floors. gain with its 80 % band:
    profit (net margin - spend) of this plan less that of the current one, in money over all cells. It is the mean over
    the posterior of the curves, whose shrinkage pays for the plan having been chosen from the same data; executions
    that were refused count like the measured ones of their cell.
    """

    frame: pd.DataFrame
    gain: float
    gain_lo_80: float
    gain_hi_80: float
    budget: float
    unspent: float = 0.0


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
    multiplier = np.divide(spend, curves.spend, out=np.ones_like(spend), where=curves.spend > 0)
    measured = np.isfinite(curves.measured)
    known = np.where(measured, spend * curves.share, 0.0)
    change = curves.at(multiplier) - curves.now
    mean_change = curves.mean_at(multiplier) - curves.mean_now
    margin = _with_change(curves.measured[None], mean_change[None], multiplier, curves.has_curve)[0]
    draws = _with_change(curves.level, change, multiplier, curves.has_curve)
    base = np.nan_to_num(curves.cells["net_revenue"].to_numpy(float))
    revenue = np.where(measured, base + curves.revenue_rate * (margin - curves.measured), np.nan)
    revenue_draws = base + curves.revenue_rate * (draws - curves.measured)
    growth = np.where(multiplier <= HOLDS[1] * (1 + 1e-9), curves.at(multiplier, curves.growth), 0.0)
    scale = np.where(curves.has_curve, curves.measured_spend, np.nan)
    by_cell = curves.cells[CELL].copy()
    by_cell["spend"], by_cell["multiplier"] = spend, multiplier
    by_cell["has_curve"], by_cell["reason"] = curves.has_curve, curves.cells["reason"].to_numpy()
    by_cell["spend_known"] = known
    with np.errstate(divide="ignore", invalid="ignore"):
        paid = np.where(known > 0, known, np.nan)
        _put(by_cell, "margin", margin, draws)
        _put(by_cell, "revenue", revenue, revenue_draws)
        _put(by_cell, "roi", margin / paid - 1, draws / paid - 1)
        _put(by_cell, "marginal_roi", growth.mean(axis=0) / scale - 1, growth / scale - 1)
    by_cell["p_profit"] = np.where(known > 0, (draws > known).mean(axis=0), np.nan)
    by_cell["expected"] = np.where(curves.has_curve, mean_change + curves.mean_now, np.nan)
    # one more unit of plan, spread as the plan is: cells grow by the same factor
    moved = float((known * curves.has_curve).sum())
    extra = (growth * np.where(curves.has_curve, multiplier, 0.0)).sum(axis=1)
    total = np.where(measured, draws, 0.0).sum(axis=1)
    paid_all = float(known.sum())
    said = {
        "margin": _band(float(np.nansum(margin)), total),
        "revenue": _band(float(np.nansum(revenue)), np.where(measured, revenue_draws, 0.0).sum(axis=1)),
    }
    roi = {f"roi{end}": (value / paid_all - 1 if paid_all > 0 else np.nan)
           for end, value in zip(_ENDS, said["margin"], strict=True)}  # fmt: skip
    marginal = _band(float(extra.mean()), extra)
    more = {f"marginal_roi{end}": (value / moved - 1 if moved > 0 else np.nan)
            for end, value in zip(_ENDS, marginal, strict=True)}  # fmt: skip
    plain = {f"{name}{end}": value for name, band in said.items() for end, value in zip(_ENDS, band, strict=True)}
    chance = float((total > paid_all).mean()) if paid_all > 0 else np.nan
    return Evaluation(spend=float(spend.sum()), spend_known=paid_all, p_profit=chance, by_cell=by_cell,
                      **plain, **roi, **more)  # fmt: skip


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
        raise ValueError(f"the bounds allow nothing: lower {lower:g}, upper {upper:g}, curves hold from {HOLDS[0]:g} to "
                         f"{HOLDS[1]:g} times the current spend")  # fmt: skip
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
    whole = np.divide(1.0, curves.share, out=np.zeros_like(spend), where=free & (curves.share > 0))
    cost = float(spend.sum() - curves.spend.sum())
    gain = float(((curves.mean_at(multiplier) - curves.mean_now) * whole).sum()) - cost
    draws = ((curves.at(multiplier) - curves.now) * whole).sum(axis=1) - cost
    frame = curves.cells[CELL].assign(spend=spend)
    unspent = max(float(budget - spend.sum()), 0.0)
    middle, bottom, top = _band(gain, draws)
    return Allocation(frame, middle, bottom, top, float(budget), unspent if unspent > slack else 0.0)


_ENDS = ("", "_lo_80", "_hi_80")


def _spend(curves: ResponseCurves, frame: pd.DataFrame) -> Array:
    require(frame, (*CELL, "spend"), what="allocation")
    place = pd.MultiIndex.from_frame(frame[CELL]).get_indexer(curves.index) if not frame.duplicated(CELL).any() else None
    if place is None or len(frame) != len(curves.cells) or (place < 0).any():
        raise ValueError("an allocation needs each cell of the curves once, and no other")
    spend = frame["spend"].to_numpy(float)[place]
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


def _band(middle: float, draws: Array) -> tuple[float, float, float]:
    low, high = np.quantile(draws, LEVELS)
    return middle, float(low), float(high)


def _put(frame: pd.DataFrame, name: str, middle: Array, draws: Array) -> None:
    frame[name] = middle
    frame[f"{name}_lo_80"], frame[f"{name}_hi_80"] = np.quantile(draws, LEVELS, axis=0)
