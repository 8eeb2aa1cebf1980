"""The models behind a forecast, in tiers, fitted to one series at a time by statsforecast. Arrays in, arrays out.

fast: mean of complex exponential smoothing (CES), dynamic optimised theta and damped ETS, fitted to
the series without its shrunken season; theta: the second of them alone. deep: median of seasonal ETS, seasonal CES
and theta. intermittent: models of the level of demand with many zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.forecasting import naive, seasonality
from analytics.forecasting.history import Array

THETA, FAST, DEEP = "theta", "fast", "deep"
INTERMITTENT = ("imapa", "tsb", "blend")
LONGEST_SEASON = 24  # seasonal ETS has a state for every place of the season: none beyond this
EXPLODED = 5.0  # a part of a tier beyond this multiple of all that was ever seen is left out


def _parts(m: int, deep: bool) -> dict[str, Any]:
    """Unfitted models; those named `plain_` see the series without its season."""
    from statsforecast.models import AutoCES, AutoETS, DynamicOptimizedTheta

    parts = {
        "plain_ces": AutoCES(season_length=1, model="N"),
        "plain_theta": DynamicOptimizedTheta(season_length=1),
        "plain_ets": AutoETS(season_length=1, model="ZZN", damped=True),
    }
    if deep:
        if m <= LONGEST_SEASON:
            parts["ets"] = AutoETS(season_length=m)
        parts["ces"] = AutoCES(season_length=m)
    return parts


TIERS: dict[str, tuple[tuple[str, ...], Callable[..., Any]]] = {
    THETA: (("plain_theta",), np.mean),
    FAST: (("plain_ces", "plain_theta", "plain_ets"), np.mean),
    DEEP: (("ets", "ces", "plain_theta"), np.median),
}


@dataclass(frozen=True)
class Fit:
    """The fitted parts of one series' tiers. They forecast from the history they were fitted to or a longer one."""

    parts: dict[str, Any]
    season_length: int

    def forecast(self, y: Array, horizon: int) -> dict[str, Array]:
        """Forecast (horizon) of every tier that was fitted; the parameters stay, the states follow y."""
        pattern = seasonality.shrunken(y, self.season_length)
        plain = pattern.remove(y)
        limit = EXPLODED * float(np.abs(y).max())
        paths = {}
        for name, part in self.parts.items():
            on_plain = name.startswith("plain_")
            try:
                path = part.forward(plain if on_plain else y, horizon)["mean"]
            except Exception:  # statsforecast raises bare exceptions where a model cannot follow
                continue
            path = pattern.restore(path, len(y)) if on_plain else path
            if np.isfinite(path).all() and float(np.abs(path).max()) <= limit:
                paths[name] = path
        fallback = naive.seasonal_naive(y, horizon, self.season_length)
        tiers = {}
        for tier, (names, centre) in TIERS.items():
            if tier != DEEP or "ets" in self.parts or "ces" in self.parts:
                present = [paths[name] for name in names if name in paths]
                path = np.asarray(centre(present, axis=0)) if present else fallback
                tiers[tier] = np.maximum(path, 0.0) if y.min() >= 0 else path
        return tiers


def fit(y: Array, m: int, *, deep: bool) -> Fit:
    """Fit the fast tier, and the deep one if asked, to y (n, without holes). Parts that cannot be fitted are left."""
    plain = seasonality.shrunken(y, m).remove(y)
    fitted = {}
    with np.errstate(all="ignore"):
        for name, part in _parts(m, deep).items():
            values = plain if name.startswith("plain_") else y
            if values.max() - values.min() <= 1e-12 * max(abs(float(values.max())), 1.0):
                continue
            try:
                fitted[name] = part.fit(values)
            except Exception:  # as above: too short or singular for this part
                continue
    return Fit(fitted, m)


def intermittent(y: Array, horizon: int) -> dict[str, Array]:
    """Level forecasts (horizon) of demand with many zeros: IMAPA, TSB(.2, .2) and the mean of both with SES(.2)."""
    from statsforecast.models import IMAPA, TSB, SimpleExponentialSmoothing

    models = (IMAPA(), TSB(0.2, 0.2), SimpleExponentialSmoothing(0.2))
    imapa, tsb, ses = (np.asarray(model.forecast(y=y, h=horizon)["mean"], dtype=np.float64) for model in models)
    return {"imapa": imapa, "tsb": tsb, "blend": (imapa + tsb + ses) / 3}
