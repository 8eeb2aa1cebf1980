"""The forecasts that every other one has to beat. Arrays in, arrays out."""

from __future__ import annotations

import numpy as np

from analytics.forecasting import seasonality
from analytics.forecasting.history import Array


def naive(y: Array, horizon: int) -> Array:
    """The last value, for every period of the horizon."""
    return np.repeat(y[-1], horizon)


def seasonal_naive(y: Array, horizon: int, m: int) -> Array:
    """The same period of the last season; the last value when there is less than a season."""
    if len(y) < m:
        return naive(y, horizon)
    return np.resize(y[len(y) - m :], horizon)


def naive2(y: Array, horizon: int, m: int) -> Array:
    """Naive on data deseasonalised (multiplicatively) where the test finds a season: the M competitions' benchmark."""
    if y.min() <= 0 or not seasonality.is_seasonal(y, m):
        return naive(y, horizon)
    pattern = seasonality.Pattern(seasonality.classical_indices(y, m), True, 1.0)
    return pattern.restore(naive(pattern.remove(y), horizon), len(y))
