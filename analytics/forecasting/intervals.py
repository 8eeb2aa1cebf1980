"""Bands and paths from the errors of rolling origins: conformal by horizon, correlated over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts load at their first use: pages that read stored results open without them
from numpy.typing import NDArray

from analytics.forecasting.history import Array

GRID = (np.arange(500) + 0.5) / 500  # probabilities at which a distribution of errors is kept
ENOUGH = 20.0  # series' worth of errors from which nothing but them counts
OVERLAP = 4.0  # so many overlapping origins say about as much as one
CORRELATION = 0.6  # between neighbouring periods where the errors themselves say nothing


@dataclass(frozen=True)
class Calibration:
    """Distribution of the errors of a group of series in units of each one's scale.

    `quantiles` (horizon, 500) at the probabilities GRID; `root` (horizon, horizon) is a Cholesky root of the
    correlation between the horizons' normal scores. `places`, for errors that are shares of a forecast: the probability
    that would just have covered each of the errors, at GRID.
    """

    quantiles: Array
    root: Array
    places: Array | None = None

    def quantile(self, probability: float) -> Array:
        """Error (horizon) at a probability."""
        return np.array([np.interp(probability, GRID, row) for row in self.quantiles])

    def errors(self, scores: Array) -> Array:
        """Errors (..., horizon) of independent standard normal scores (..., horizon), correlated and shaped."""
        probabilities = scipy.special.ndtr(scores @ self.root.T)
        return np.stack([np.interp(probabilities[..., h], GRID, row) for h, row in enumerate(self.quantiles)], axis=-1)


def calibrate(errors: Sequence[Array], horizon: int, *, shares: bool = False) -> Calibration:
    """Calibration from the scaled errors (origins, horizon; NaN unknown) of each series of a group.

    Every series weighs the same. Quantiles are signed and the mean error is taken out, so that paths average to the
    forecast; by a factor where errors are `shares` of a forecast that nothing falls below zero (-1 stays -1). With
    fewer than ENOUGH series' worth of errors, the quantiles of a Student distribution of the same size fill up.
    Horizons beyond every origin widen with the root of time.
    """
    rows = [row[np.isfinite(row).any(axis=1)] for row in errors]
    rows = [row for row in rows if len(row)]
    if not rows:
        return Calibration(np.zeros((horizon, len(GRID))), _root(_decaying(horizon)))
    pool = np.concatenate(rows)
    weights = np.concatenate([np.full(len(row), 1 / len(row)) for row in rows])
    quantiles = np.empty((horizon, len(GRID)))
    for h in range(horizon):
        known = np.isfinite(pool[:, h])
        if not known.any():
            quantiles[h] = quantiles[h - 1] * np.sqrt((h + 1) / h)
            continue
        counts = [int(np.isfinite(row[:, h]).sum()) for row in rows]
        worth = sum(1 + (count - 1) / OVERLAP for count in counts if count)
        values, share = pool[known, h], weights[known]
        quantiles[h] = _filled_up(weighted_quantile(values, share, GRID), values, worth)
        if shares:
            quantiles[h] = np.maximum(1 + quantiles[h], 0.0)
            quantiles[h] = quantiles[h] / max(float(quantiles[h].mean()), 1e-9) - 1
        else:
            quantiles[h] -= quantiles[h].mean()
    root = _root(_correlation(pool, weights, quantiles, float(len(rows)), shares))
    if not shares:
        return Calibration(quantiles, root)
    places = np.concatenate([
        np.searchsorted(quantiles[h], pool[np.isfinite(pool[:, h]), h] - 1e-9) / len(GRID) for h in range(horizon)
    ])  # fmt: skip
    return Calibration(quantiles, root, np.quantile(places, GRID))


def covering(calibrations: Sequence[Calibration], share: float) -> float:
    """The probability up to which bands of these series reach to have covered a share of all their errors.

    Demand comes in whole pieces: bands of single series that cover at least their share would together cover more.
    """
    places = [one.places for one in calibrations if one.places is not None]
    return float(np.quantile(np.concatenate(places), share)) if places else share


def weighted_quantile(values: Array, weights: Array, probabilities: Array) -> Array:
    """Quantiles of weighted values, linear between the middles of their shares."""
    order = np.argsort(values)
    values, weights = values[order], weights[order]
    middle = np.cumsum(weights) - weights / 2
    return np.interp(probabilities, middle / weights.sum(), values)


def cross_scores(innovations: Array) -> tuple[Array, float]:
    """Unit rows (series, time) whose products are correlations, and the share of them to believe.

    The share shrinks all correlations alike towards none, by their sampling variance 1/(T−1) against their mean square
    (Schäfer and Strimmer, 2005). Unknown innovations count as none.
    """
    centred = innovations - np.nanmean(innovations, axis=1, keepdims=True)
    known = np.where(np.isfinite(centred), centred, 0.0)
    size = np.sqrt((known**2).sum(axis=1, keepdims=True))
    unit = np.divide(known, size, out=np.zeros_like(known), where=size > 0)
    count, length = unit.shape
    if count < 2 or length < 8:
        return unit, 0.0
    squares = float(((unit.T @ unit) ** 2).sum() - (size > 0).sum())
    noise = count * (count - 1) / (length - 1)
    return unit, float(np.clip(1 - noise / squares, 0.0, 0.98)) if squares > 0 else 0.0


def scores(unit: Array, share: float, shape: tuple[int, int], rng: np.random.Generator) -> Array:
    """Standard normal scores (paths, series, horizon), independent over the horizon, correlated between series."""
    paths, horizon = shape
    own = rng.standard_normal((paths, len(unit), horizon))
    if share <= 0:
        return own
    common = np.einsum("st,pth->psh", unit, rng.standard_normal((paths, unit.shape[1], horizon)), optimize=True)
    has = (unit**2).sum(axis=1) > 0
    part = np.where(has, share, 0.0)[None, :, None]
    return np.sqrt(part) * common + np.sqrt(1 - part) * own


def _filled_up(quantiles: Array, values: Array, worth: float) -> Array:
    """Empirical quantiles mixed with those of a Student distribution as far as there are too few errors."""
    if worth >= ENOUGH:
        return quantiles
    freedom = max(worth, 2.5)
    size = float(np.sqrt(np.mean(values**2)))
    return worth / ENOUGH * quantiles + (1 - worth / ENOUGH) * size * scipy.special.stdtrit(freedom, GRID)


def _places(values: Array, quantiles: Array) -> Array:
    """Probabilities of values; those that many share, such as no demand, stand in the middle of their share."""
    low = np.searchsorted(quantiles, values - 1e-9, side="left")
    high = np.searchsorted(quantiles, values + 1e-9, side="right")
    tied = high - low > 1
    between = np.interp(values, quantiles, GRID)
    return np.clip(np.where(tied, (low + high) / 2 / len(GRID), between), GRID[0], GRID[-1])


def _root(matrix: Array) -> Array:
    return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)


def _decaying(horizon: int) -> Array:
    steps = np.arange(horizon)
    return np.asarray(CORRELATION ** np.abs(steps[:, None] - steps[None, :]))


def _correlation(pool: Array, weights: Array, quantiles: Array, series: float, shares: bool) -> Array:
    """Correlation of normal scores over the horizon, pairwise where both are known; a usual decay where few are."""
    horizon = pool.shape[1]
    z = np.full_like(pool, np.nan)
    for h in range(horizon):
        known: NDArray[np.bool_] = np.isfinite(pool[:, h])
        if quantiles[h, -1] > quantiles[h, 0]:
            z[known, h] = scipy.special.ndtri(_places(pool[known, h], quantiles[h]))
    known = np.isfinite(z)
    filled = np.where(known, z, 0.0)
    products = filled.T @ (filled * weights[:, None])
    both = known.T.astype(float) @ (known * weights[:, None])
    squares = (filled**2).T @ (known * weights[:, None])
    size = np.sqrt(squares * squares.T)
    if shares:  # scores that tie vary less than the normal ones behind them, and correlate less by as much
        size = size * np.sqrt(np.clip(squares * squares.T, 1e-6, both * both.T) / np.maximum(both * both.T, 1e-12))
    prior = min(series, ENOUGH) / ENOUGH * np.clip(both / max(series, 1.0) * 4, 0.0, 1.0)
    measured = np.clip(np.divide(products, size, out=_decaying(horizon), where=size > 0), -0.98, 0.98)
    matrix = prior * measured + (1 - prior) * _decaying(horizon)
    np.fill_diagonal(matrix, 1.0)
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    positive = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    spread = np.sqrt(np.diag(positive))
    return np.asarray(positive / np.outer(spread, spread))
