"""What promotions of a type in a region would earn with more or less spend, and how sure that is.

Net margin of an execution follows a * x / (x + K) in its intensity x (spend / baseline margin), a of its type and
region, K of its type, all fitted together (`evidence`, `pooling`). A cell is the sum over its executions with the spend
of each scaled by the same multiplier: a curve at mean intensity would promise too much, as the curve is concave.

Two figures of a cell must not be mixed up. What was measured stands as measured: at the current spend a curve passes
exactly through the measured net margin. What a CHANGE of spend brings is the pooled expectation, since the cells that
were measured best were lucky as well, and a recommendation that leaned on them would promise that luck again. Hence
margin(m) = measured + expected(m) - expected(1): concave and growing in spend whatever was measured, and the change of
the sum is what `Allocation.gain` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.frames import require
from analytics.promotions.effects import MIN_EXECUTIONS, REFUSED, PromotionEffects
from analytics.promotions.evidence import SATURATION, Array, earned, gather, usual_intensity
from analytics.promotions.pooling import sample

HOLDS = (0.25, 2.0)  # multiples of the current spend that curves hold between [METHODS]
GRID = np.linspace(0.0, HOLDS[1], 65)
LEVELS = (0.1, 0.9)
CELL = ["type", "region"]
TRIED = ("tried_low", "tried_high")
NO_SPEND, ALL_REFUSED, MOSTLY_REFUSED, FEW = "no_spend", "all_refused", "mostly_refused", "few_executions"


@dataclass(frozen=True)
class ResponseCurves:
    """Fitted curves.

    cells: one row a cell, in the order of effects.by_cell: type, region; spend (current, of all executions); has_curve;
    reason (a code where there is none: no_spend, all_refused, mostly_refused, few_executions); n_executions (measured),
    n_refused; spend_measured; net_margin, net_revenue (measured; NaN where nothing was); expected, expected_lo_80,
    expected_hi_80 (net margin at the current spend pooled with the other cells; NaN without a curve); tried_low,
    tried_high (lowest and highest intensity of its executions as multiples of the usual one of the cell).

    Arrays for `evaluate` and `optimise`; money of measured executions: expected (cells, GRID); theta, k (draws, cells)
    and basis (cells, values of K, GRID), whose product is a draw of a curve; level (draws, cells) what the measured
    margin may truly be; revenue_rate (cells,) revenue for each unit of margin. Draws of one row belong together: they
    share the shocks that are common to all cells.
    """

    cells: pd.DataFrame
    expected: Array
    theta: Array
    k: Array
    basis: Array
    level: Array
    revenue_rate: Array

    @cached_property
    def index(self) -> pd.MultiIndex:
        return pd.MultiIndex.from_frame(self.cells[CELL])

    @cached_property
    def has_curve(self) -> Array:
        return self.cells["has_curve"].to_numpy(bool)

    @cached_property
    def spend(self) -> Array:
        return self.cells["spend"].to_numpy(float)

    @cached_property
    def measured_spend(self) -> Array:
        return self.cells["spend_measured"].to_numpy(float)

    @cached_property
    def measured(self) -> Array:
        return self.cells["net_margin"].to_numpy(float)

    @cached_property
    def share(self) -> Array:
        """Part of the spend of each cell whose executions could be measured."""
        return np.divide(self.measured_spend, self.spend, out=np.zeros_like(self.spend), where=self.spend > 0)

    @cached_property
    def slopes(self) -> Array:
        """Expected margin of the next unit of money on each segment of GRID: (cells, segments), 0 without a curve."""
        money = np.where(self.has_curve, self.measured_spend, 1.0)[:, None] * np.diff(GRID)
        return np.asarray(np.diff(self.expected, axis=1) / money)

    @cached_property
    def best_first(self) -> Array:
        """Flat positions of `slopes`, the best return first."""
        return np.argsort(-self.slopes, axis=None, kind="stable")

    @cached_property
    def growth(self) -> Array:
        """Derivative of `basis` by the multiplier, same shape."""
        return np.asarray(np.gradient(self.basis, GRID, axis=2, edge_order=2))

    def multiplier(self, spend: Array) -> Array:
        """Spend of each cell as a multiple of the current one; 1 where nothing is spent today."""
        return np.divide(spend, self.spend, out=np.ones_like(spend), where=self.spend > 0)

    def revenue_at(self, margin: Array) -> Array:
        """Net revenue of each cell when its margin is that: (..., cells)."""
        measured = self.cells["net_revenue"].to_numpy(float)
        return np.asarray(measured + self.revenue_rate * (margin - self.measured))

    def at(self, multiplier: Array, what: Array | None = None) -> Array:
        """Draws of the curves (or of their derivative: what = growth) at a multiplier of each cell: (draws, cells)."""
        place, part = _between(multiplier)
        rows, basis = np.arange(len(place)), self.basis if what is None else what
        low, high = basis[rows, :, place], basis[rows, :, place + 1]
        return np.asarray(self.theta * (low + (high - low) * part[:, None])[rows, self.k])

    def mean_at(self, multiplier: Array) -> Array:
        """Expected margin of measured executions at a multiplier of each cell, pooled: (cells,)."""
        place, part = _between(multiplier)
        rows = np.arange(len(place))
        low, high = self.expected[rows, place], self.expected[rows, place + 1]
        return np.asarray(low + (high - low) * part)

    @cached_property
    def now(self) -> Array:
        """Draws at the current spend: (draws, cells)."""
        return self.at(np.ones(len(self.cells)))

    @cached_property
    def mean_now(self) -> Array:
        return self.mean_at(np.ones(len(self.cells)))

    def curve(self, kind: str, region: str | None = None) -> pd.DataFrame:
        """The curve of a cell for a picture, from nothing to the most that curves hold for; without a region that of
        all cells of the type that have a curve, their spend scaled alike.

        Columns: multiplier; spend (of the whole cell); margin, lo_80, hi_80 (net margin of its measured executions);
        holds (0.25 to 2 times the current spend: outside, the curve is no evidence); tried (an intensity that single
        executions of the cell had; of several cells the means of their ends by spend). Without a curve there is no row.
        Raises KeyError for an unknown cell.
        """
        asked = (self.cells["type"] == kind).to_numpy()
        if region is not None:
            asked = asked & (self.cells["region"] == region).to_numpy()
        if not asked.any():
            raise KeyError((kind, region))
        places = np.flatnonzero(asked & self.has_curve)
        names = ["multiplier", "spend", "margin", "lo_80", "hi_80", "holds", "tried"]
        if not len(places):
            return pd.DataFrame({name: pd.Series(dtype=bool if name in names[-2:] else float) for name in names})
        draws = sum(self.theta[:, c, None] * self.basis[c][self.k[:, c]] for c in places)
        change = draws - self.now[:, places].sum(axis=1)[:, None]
        low, high = np.quantile(self.level[:, places].sum(axis=1)[:, None] + change, LEVELS, axis=0)
        expected = (self.expected[places] - self.mean_now[places, None]).sum(axis=0)
        spend = self.spend[places]
        least, most = (np.average(self.cells[name].to_numpy()[places], weights=spend) for name in TRIED)
        return pd.DataFrame({
            "multiplier": GRID, "spend": GRID * spend.sum(), "margin": self.measured[places].sum() + expected,
            "lo_80": low, "hi_80": high, "holds": HOLDS[0] <= GRID, "tried": (least <= GRID) & (most >= GRID),
        })  # fmt: skip


def _between(multiplier: Array) -> tuple[Array, Array]:
    """Position of the grid point below and how far it is to the next; beyond the end of GRID nothing more is earned."""
    scaled = np.clip(multiplier, 0.0, GRID[-1]) / (GRID[1] - GRID[0])
    place = np.minimum(scaled.astype(int), len(GRID) - 2)
    return place, scaled - place


def fit_response(
    effects: PromotionEffects, *, min_executions: int = MIN_EXECUTIONS, draws: int = 400, seed: int = 1
) -> ResponseCurves:
    """Curves of each type and region from what was measured; the same answer for the same effects.

    min_executions: measured executions below which a cell has no curve. Refused executions carry no evidence; those of
    cells without a curve still inform the others. Without any evidence there are no curves, and nothing is raised.
    Raises ValueError when a column is missing.
    """
    ex, by_cell = effects.executions, effects.by_cell
    needed = (*CELL, "spend", "baseline_margin", "net_margin", "verdict")
    require(ex, needed, what="executions")
    require(by_cell, CELL, what="by_cell")
    index = pd.MultiIndex.from_frame(by_cell[CELL])
    cell = index.get_indexer(pd.MultiIndex.from_frame(ex[CELL]))
    spend = ex["spend"].to_numpy(float)
    paid = (cell >= 0) & np.isfinite(spend) & (spend > 0)
    net = ex["net_margin"].to_numpy(float)
    errors = np.asarray(effects.errors, dtype=float).reshape(len(ex), -1) if len(ex) else np.zeros((0, 1))
    if not errors.shape[1]:
        errors = np.zeros((len(ex), 1))
    used = paid & (ex["verdict"].to_numpy() != REFUSED) & np.isfinite(net) & np.isfinite(errors).all(axis=1)
    n = len(index)
    cells = _cells(by_cell, cell, spend, paid, used, net, ex, min_executions)
    net, spend, cell, errors = net[used], spend[used], cell[used], errors[used]
    level = _levels(cells["net_margin"].to_numpy(float), cell, errors, draws)
    with_curve = cells["has_curve"].to_numpy(bool)
    if not with_curve.any():
        zero = np.zeros((draws, n))
        return ResponseCurves(cells, np.zeros((n, len(GRID))), zero, zero.astype(int),
                              np.zeros((n, len(SATURATION), len(GRID))), level, np.zeros(n))  # fmt: skip
    kind, region = (pd.factorize(by_cell[name], use_na_sentinel=False)[0] for name in CELL)
    intensity, usual = usual_intensity(
        spend, ex["baseline_margin"].to_numpy(float)[used], kind[cell], int(kind.max()) + 1
    )
    posterior = sample(gather(net, spend, intensity, usual, errors, cell, kind, region), seed=seed)
    basis = np.zeros((n, len(SATURATION), len(GRID)))
    for place, multiplier in enumerate(GRID):
        np.add.at(basis[:, :, place], cell, earned(spend, intensity, usual, float(multiplier)))
    basis *= with_curve[:, None, None]
    weight = np.stack([(posterior.theta * (posterior.k == k)).mean(axis=0) for k in range(len(SATURATION))], 1)
    chosen = np.linspace(0, len(posterior.theta) - 1, draws).astype(int)
    theta, k = posterior.theta[chosen], posterior.k[chosen]
    curves = ResponseCurves(cells, np.einsum("ck,ckm->cm", weight, basis), theta, k, basis, level,
                            _revenue_rates(cells, level))  # fmt: skip
    # the level and the changes of one draw describe one world: order both by the sum
    level[np.argsort(curves.now.sum(axis=1))] = level[np.argsort(np.nansum(level[:, with_curve], axis=1))]
    low, high = np.quantile(curves.now, LEVELS, axis=0)
    for name, values in (("expected", curves.mean_now), ("expected_lo_80", low), ("expected_hi_80", high)):
        cells[name] = np.where(with_curve, values, np.nan)
    bought = np.maximum(np.bincount(cell, spend, minlength=n), 1e-300)
    ratio = intensity / (np.bincount(cell, spend * intensity, minlength=n) / bought)[cell]
    cells["tried_low"] = pd.Series(ratio).groupby(cell).min().reindex(range(n)).to_numpy()
    cells["tried_high"] = pd.Series(ratio).groupby(cell).max().reindex(range(n)).to_numpy()
    return curves


def _cells(
    by_cell: pd.DataFrame, cell: Array, spend: Array, paid: Array, used: Array, net: Array, ex: pd.DataFrame, least: int
) -> pd.DataFrame:
    n = len(by_cell)

    def total(values: Array, where: Array) -> Array:
        return np.bincount(cell[where], values[where], minlength=n).astype(float)

    one, count = np.ones(len(cell)), np.bincount(cell[used], minlength=n)
    refused = np.bincount(cell[(cell >= 0) & ~used], minlength=n)
    now = total(spend, paid)
    reason = np.select([now <= 0, count == 0, refused > count, count < least],
                       [NO_SPEND, ALL_REFUSED, MOSTLY_REFUSED, FEW], "")  # fmt: skip
    out = by_cell[CELL].reset_index(drop=True)
    out = out.assign(spend=now, has_curve=reason == "", reason=reason, n_executions=total(one, used).astype(int),
                     n_refused=refused, spend_measured=total(spend, used))  # fmt: skip
    for name in ("net_margin", "net_revenue"):
        values = ex[name].to_numpy(float) if name in ex else np.full(len(ex), np.nan)
        known = used & np.isfinite(values)
        summed = np.where(total(one, known) > 0, total(np.nan_to_num(values), used), np.nan)
        if name in by_cell:
            stated = by_cell[name].to_numpy(float)
            summed = np.where(np.isfinite(stated) & (count > 0), stated, summed)
        out[name] = summed
    for name in ("expected", "expected_lo_80", "expected_hi_80", "tried_low", "tried_high"):
        out[name] = np.nan
    return out


def _levels(measured: Array, cell: Array, errors: Array, draws: int) -> Array:
    """What the measured margin of each cell may truly be, (draws, cells); draws span the errors of the sum evenly."""
    total = np.zeros((len(measured), errors.shape[1]))
    np.add.at(total, cell, errors)
    order = np.argsort(total.sum(axis=0))
    chosen = order[((np.arange(draws) + 0.5) / draws * len(order)).astype(int)]
    return np.asarray(measured - total.T[chosen])


def _revenue_rates(cells: pd.DataFrame, level: Array) -> Array:
    """Net revenue for a unit of net margin: of the type where its margin is well beyond its error, else of all."""
    known = cells["net_margin"].notna().to_numpy() & cells["net_revenue"].notna().to_numpy()
    margin, revenue = cells["net_margin"].fillna(0).to_numpy(), cells["net_revenue"].fillna(0).to_numpy()

    def rate(rows: Array) -> float:
        rows = rows & known
        sure = margin[rows].sum() > 3 * np.nan_to_num(level[:, rows].sum(axis=1).std())
        return max(float(revenue[rows].sum() / margin[rows].sum()), 0.0) if rows.any() and sure else np.nan

    whole = np.nan_to_num(rate(np.ones(len(cells), dtype=bool)))
    rates = {kind: rate((cells["type"] == kind).to_numpy()) for kind in cells["type"].unique()}
    return cells["type"].map({kind: whole if np.isnan(r) else r for kind, r in rates.items()}).to_numpy(float)
