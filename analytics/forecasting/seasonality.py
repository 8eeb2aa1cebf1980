"""Seasonal patterns: the test of the M competitions, classical indices, and indices shrunk by their noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.history import Array

Z90 = 1.6448536269514722  # 95 % quantile of the normal: a two-sided test at 90 %


def is_seasonal(y: Array, m: int) -> bool:
    """Whether lag m correlates beyond the 90 % limit of Bartlett's formula: the test of the M3 and M4 competitions."""
    n = len(y)
    if m < 2 or n < 3 * m:
        return False
    x = y - y.mean()
    total = float(x @ x)
    if total <= 0:
        return False
    r = np.array([x[lag:] @ x[: n - lag] for lag in range(1, m + 1)]) / total
    return bool(abs(r[-1]) > Z90 * np.sqrt((1 + 2 * (r[:-1] @ r[:-1])) / n))


def moving_average(y: Array, m: int) -> Array:
    """Centred moving average over a season (2×m for even m); NaN at both ends."""
    weights = np.full(m, 1 / m) if m % 2 else np.r_[0.5, np.ones(m - 1), 0.5] / m
    half = len(weights) // 2
    trend = np.full(len(y), np.nan)
    if len(y) >= len(weights):
        trend[half : len(y) - half] = np.convolve(y, weights, "valid")
    return trend


def classical_indices(y: Array, m: int) -> Array:
    """Multiplicative indices of classical decomposition, mean 1, first entry for y[0]. As in the benchmarks of M4."""
    ratios = y / moving_average(y, m)
    indices = np.array([np.nanmean(ratios[place::m]) for place in range(m)])
    return indices / indices.mean()


@dataclass(frozen=True)
class Pattern:
    """A seasonal pattern that can be taken out of a series and put back.

    `effects` has one entry per place of the season, first entry for the first observation: factors when
    `multiplicative`, else amounts. `strength` in 0..1 is the share of the detrended variance that it explains.
    """

    effects: Array
    multiplicative: bool
    strength: float

    def remove(self, y: Array) -> Array:
        """y without the pattern."""
        effects = np.resize(self.effects, len(y))
        return y / effects if self.multiplicative else y - effects

    def restore(self, forecast: Array, start: int) -> Array:
        """A forecast with the pattern again; `start` is the position of its first period in the series."""
        effects = self.effects[(start + np.arange(len(forecast))) % len(self.effects)]
        return forecast * effects if self.multiplicative else forecast + effects


def shrunken(y: Array, m: int) -> Pattern:
    """The seasonal pattern of y (n), each index shrunk to "no season" as far as its noise asks.

    Log ratios (positive series) or differences to the centred moving average, averaged by place; the empirical Bayes
    factor of James and Stein, 1 − (m−3)/(m−1) · noise/variance of the indices, instead of a test that takes all or
    nothing (Miller and Williams, 2003, "Shrinkage estimators of time series seasonal factors").
    """
    positive = bool(y.min() > 0)
    if m < 2 or len(y) < 2 * m:
        return Pattern(np.ones(1) if positive else np.zeros(1), positive, 0.0)
    trend = moving_average(y, m)
    detrended = np.log(y / trend) if positive else y - trend
    padded = np.full(-(-len(y) // m) * m, np.nan)
    padded[: len(y)] = detrended
    table = padded.reshape(-1, m)
    known = ~np.isnan(table)
    counts = known.sum(axis=0)
    values = np.where(known, table, 0.0)
    effects = values.sum(axis=0) / np.maximum(counts, 1)
    residuals = np.where(known, table - effects, 0.0)
    effects = effects - effects.mean()
    spread, left = float(effects @ effects) / (m - 1), float((residuals**2).sum())
    freedom = int(counts.sum()) - m
    if counts.min() < 1 or freedom < 1 or spread <= 0:
        return Pattern(np.ones(1) if positive else np.zeros(1), positive, 0.0)
    noise = left / freedom * float(np.mean(1 / counts))
    weight = max(0.0, 1 - max(m - 3, 1) / (m - 1) * noise / spread)
    explained = float((counts * effects**2).sum())
    shrunk = weight * effects
    return Pattern(np.exp(shrunk) if positive else shrunk, positive, explained / (explained + left))
