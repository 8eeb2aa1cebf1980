"""One series studied: what its candidates forecast now, and what they would have forecast at its last origins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting import drivers, models, naive, routing
from analytics.forecasting.history import Array

HETEROSCEDASTICITY = 0.5  # power of the forecast by which errors grow: 0 would mean amounts, 1 shares
RATIOS = (0.25, 4.0)  # limits of forecast to level that count
JUDGED = 48  # the fit that only judges is thorough up to so many periods
ORIGINS = 6  # origins with a whole horizon behind them; later ones follow with what has happened since


@dataclass(frozen=True)
class Study:
    """Candidates of a series.

    `now`: name -> (horizon). `then`: name -> (origins, horizon), made with parameters that were fitted at the first
    origin; `actual` belongs to it, NaN where the future is not known yet. `scales` and `levels` hold the size of a
    usual change and the mean of the last season at each origin and, last, now. `driven`: whether the regressors were
    kept; `other`: the way not taken where there were any, fast tier only. `sizes`: mean demand where there is one, at
    each origin and now, for intermittent series that are never negative: their errors are shares of the forecast, so
    that no demand at all is -1 whatever the series.
    """

    kind: str
    now: dict[str, Array]
    then: dict[str, Array]
    actual: Array
    scales: Array
    levels: Array
    driven: bool = False
    other: Study | None = None
    sizes: Array | None = None

    @property
    def scale(self) -> float:
        """Size of a usual change now."""
        return float(self.scales[-1])

    def errors(self, name: str) -> Array:
        """Actual minus forecast (origins, horizon)."""
        return self.actual - self.then[name]

    def mean_error(self, name: str) -> float:
        """Mean absolute error over the origins in units of the scale; NaN without origins."""
        errors = np.abs(self.errors(name)) / np.maximum(self.scales[:-1], 1e-12)[:, None]
        return float(np.nanmean(errors)) if np.isfinite(errors).any() else float("nan")

    def units(self, name: str) -> Array:
        """Units of the errors now (horizon): the scale, larger in high season; the forecast where sparse."""
        if self.sizes is not None:
            return self.now[name]
        return _unit(self.now[name], self.scales[-1:], self.levels[-1:])[0]

    def units_then(self, name: str) -> Array:
        """Units of the errors at each origin (origins, horizon)."""
        if self.sizes is not None:
            return self.then[name]
        return _unit(self.then[name], self.scales[:-1], self.levels[:-1])

    def rates(self, name: str) -> Array:
        """Share of periods in which a demand is forecast, at each origin and, last, now; needs sizes."""
        assert self.sizes is not None
        return np.array([*self.then[name].mean(axis=1), self.now[name].mean()]) / self.sizes

    def scaled_errors(self, name: str) -> Array:
        """Errors (origins, horizon) in their units, origins without a scale left out."""
        if self.sizes is not None:
            then = self.then[name]
            return np.divide(self.errors(name), then, out=np.full_like(then, np.nan), where=then > 0)
        usable = self.scales[:-1] > 0
        return self.errors(name)[usable] / self.units_then(name)[usable]


def _unit(paths: Array, scales: Array, levels: Array) -> Array:
    """Scales (origins) spread over paths (origins, horizon) by the forecast's ratio to the level."""
    ratio = np.divide(np.abs(np.atleast_2d(paths)), levels[:, None], out=np.ones_like(np.atleast_2d(paths)),
                      where=levels[:, None] > 0)  # fmt: skip
    return scales[:, None] * np.clip(ratio, *RATIOS) ** HETEROSCEDASTICITY


def usual_change(y: Array, m: int) -> float:
    """Scale of a series: geometric mean of its mean absolute change to the last period and to the last season."""
    if len(y) < 2:
        return 0.0
    step = float(np.abs(np.diff(y)).mean())
    return float(np.sqrt(step * np.abs(y[m:] - y[:-m]).mean())) if len(y) > m + 1 else step


def study(y: Array, horizon: int, m: int, *, deep: bool = False, regressors: Array | None = None) -> Study:
    """Study y (n). `regressors` (n + horizon, k) are known for the horizon too; kept where they lessen the error."""
    kind = routing.kind(y, m)
    if kind == routing.SHORT and routing.sparse(y):
        return _rolled(kind, y, horizon, m, 1, lambda at: {"mean": np.full(horizon, y[:at].mean())})
    if kind == routing.SHORT:
        name = "seasonal_naive" if len(y) >= m > 1 and y.max() > y.min() else "naive"
        return _rolled(kind, y, horizon, m, 1, lambda at: {name: naive.seasonal_naive(y[:at], horizon, m)})
    if kind == routing.INTERMITTENT:
        first = max(routing.FEWEST, len(y) - horizon - ORIGINS + 1)
        found = _rolled(kind, y, horizon, m, first, lambda at: models.intermittent(y[:at], horizon))
        if y.min() < 0:
            return found
        ends = (*range(len(y) - len(found.actual), len(y)), len(y))
        return replace(found, sizes=np.array([y[:at].sum() / max(np.count_nonzero(y[:at]), 1) or 1.0 for at in ends]))
    first = max(2 * m, routing.FEWEST, len(y) - horizon - ORIGINS + 1)
    if regressors is not None and first < len(y):
        plain = _regular(y, horizon, m, first, False, None)
        driven = replace(_regular(y, horizon, m, first, False, regressors), driven=True)
        if driven.mean_error(models.FAST) < plain.mean_error(models.FAST):
            kept = _regular(y, horizon, m, first, True, regressors) if deep else driven
            return replace(kept, driven=True, other=plain)
        return replace(_regular(y, horizon, m, first, True, None) if deep else plain, other=driven)
    return _regular(y, horizon, m, first, deep, None)


def _regular(y: Array, horizon: int, m: int, first: int, deep: bool, regressors: Array | None) -> Study:
    def without(at: int) -> tuple[Array, drivers.Effect]:
        effect = drivers.effect(y[:at], None if regressors is None else regressors[: at + horizon], m)
        return effect.remove(y[:at]), effect

    early = models.fit(without(first)[0], m, deep=deep, thorough=JUDGED) if first < len(y) else None
    late = models.fit(without(len(y))[0], m, deep=deep)

    def forecasts(at: int) -> dict[str, Array]:
        clean, effect = without(at)
        fit = late if at == len(y) or early is None else early
        floor = 0.0 if y[:at].min() >= 0 else -np.inf  # an effect that is added may lead below
        return {name: np.maximum(effect.restore(path), floor) for name, path in fit.forecast(clean, horizon).items()}

    return _rolled(routing.REGULAR, y, horizon, m, first, forecasts)


def _rolled(
    kind: str, y: Array, horizon: int, m: int, first: int, forecasts: Callable[[int], dict[str, Array]]
) -> Study:
    now = forecasts(len(y))
    origins: NDArray[np.int64] = np.arange(max(first, len(y) - horizon - ORIGINS + 1, 1), len(y))
    rows = [forecasts(int(at)) for at in origins]
    padded = np.concatenate([y, np.full(horizon, np.nan)])
    return Study(
        kind, now,
        {name: np.array([row[name] for row in rows]).reshape(len(rows), horizon) for name in now},
        np.array([padded[at : at + horizon] for at in origins]).reshape(len(rows), horizon),
        np.array([usual_change(y[:at], m) for at in (*origins, len(y))]),
        np.array([np.abs(y[:at][-m:]).mean() for at in (*origins, len(y))]),
    )  # fmt: skip
