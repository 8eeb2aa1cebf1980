"""Known causes, such as the days around Spring Festival: taken out before a model is fitted, put back after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.history import Array

RIDGE = 1e-3  # keeps regressors that hardly vary within the window from exploding


@dataclass(frozen=True)
class Effect:
    """Effect of the regressors on each period of the history and on those of the horizon; factors if multiplicative."""

    past: Array
    future: Array
    multiplicative: bool

    def remove(self, y: Array) -> Array:
        """The history without the effect."""
        return y / self.past if self.multiplicative else y - self.past

    def restore(self, forecast: Array) -> Array:
        """The forecast with the effect."""
        return forecast * self.future if self.multiplicative else forecast + self.future


def effect(y: Array, regressors: Array | None, m: int) -> Effect:
    """Effect of `regressors` (n + horizon, k) on y (n), by least squares.

    Both sides are differenced by season and by period (logarithms of a positive series), so that neither trend nor
    season is taken for an effect. Without regressors, or with too short a history, the effect is none.
    """
    multiplicative = bool(y.min() > 0)
    n = len(y)
    if regressors is None or n < m + 2 + 3 * regressors.shape[1]:
        none = np.ones if multiplicative else np.zeros
        return Effect(none(n), none(1), multiplicative)
    x, target = regressors[:n], np.log(y) if multiplicative else y
    dx, dy = np.diff(x[m:] - x[:-m], axis=0), np.diff(target[m:] - target[:-m])
    scale = np.maximum(np.abs(dx).max(axis=0), 1e-12)
    design = dx / scale
    beta = np.linalg.solve(design.T @ design + RIDGE * np.eye(design.shape[1]), design.T @ dy) / scale
    total = regressors @ beta
    total = np.exp(np.clip(total, -3, 3)) if multiplicative else total
    return Effect(total[:n], total[n:], multiplicative)
