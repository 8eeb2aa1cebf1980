"""The models behind a forecast, in tiers, fitted to one series at a time by statsforecast. Arrays in, arrays out.

fast: median of complex exponential smoothing (CES), dynamic optimised theta and damped ETS, fitted to the series
without its shrunken season (a mean would follow the one of them that runs away); theta: the second of them alone.
deep: median of seasonal ETS, seasonal CES and theta; ets: the first of them alone. intermittent: models of the level
of demand with many zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.forecasting import naive, seasonality
from analytics.forecasting.history import Array

THETA, FAST, DEEP, ETS = "theta", "fast", "deep", "ets"
INTERMITTENT = ("imapa", "tsb", "blend")
LONGEST_SEASON = 24  # seasonal ETS has a state for every place of the season: none beyond this
THOROUGH = (
    144  # up to so many periods all forms of ETS are tried; beyond, where each costs more, one step after another
)
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
    FAST: (("plain_ces", "plain_theta", "plain_ets"), np.median),
    DEEP: (("ets", "ces", "plain_theta"), np.median),
    ETS: (("ets",), np.median),
}


@dataclass(frozen=True)
class Fit:
    """The fitted parts of one series' tiers. They forecast from the history they were fitted to or a longer one."""

    parts: dict[str, Any]
    season_length: int
    deep: bool

    def forecast(self, y: Array, horizon: int) -> dict[str, Array]:
        """Forecast (horizon) of every tier that was fitted; the parameters stay, the states follow y.

        theta and fast; deep and ets too where the seasonal models were fitted.
        """
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
        tiers: dict[str, Array] = {}
        for tier in (THETA, FAST, DEEP, ETS) if self.deep else (THETA, FAST):
            names, centre = TIERS[tier]
            present = [paths[name] for name in names if name in paths]
            path = np.asarray(centre(present, axis=0)) if present else tiers.get(DEEP, fallback)
            tiers[tier] = np.maximum(path, 0.0) if y.min() >= 0 else path
        return tiers


def fit(y: Array, m: int, *, deep: bool, thorough: int = THOROUGH) -> Fit:
    """Fit the fast tier, and the deep one if asked, to y (n, without holes). Parts that cannot be fitted are left.

    Beyond `thorough` periods the form of seasonal ETS is chosen step by step.
    """
    plain = seasonality.shrunken(y, m).remove(y)
    fitted = {}
    with np.errstate(all="ignore"):
        for name, part in _parts(m, deep).items():
            values = plain if name.startswith("plain_") else y
            if values.max() - values.min() <= 1e-12 * max(abs(float(values.max())), 1.0):
                continue
            try:
                fitted[name] = _stepwise(values, m) if name == "ets" and len(y) > thorough else part.fit(values)
            except Exception:  # as above: too short or singular for this part
                continue
    return Fit(fitted, m, deep)


def _stepwise(y: Array, m: int) -> Any:
    """Seasonal ETS of y by AICc: error and season are chosen without a trend, the trend for what was chosen.

    AutoETS tries all fifteen forms; these seven take half the time, and in the deep tier the difference is lost.
    """
    from statsforecast.models import AutoETS

    fits: list[Any] = []

    def attempt(forms: Sequence[str], *, damped: bool = False) -> Any:
        """The best so far after these forms; AutoETS raises where a form cannot be fitted."""
        for form in forms:
            with suppress(Exception):
                fits.append(AutoETS(season_length=m, model=form, damped=damped).fit(y))
        return min(fits, key=lambda fit: float(fit.model_["aicc"]))

    level = attempt(("ANN", "ANA", *(("MNN", "MNA", "MNM") if y.min() > 0 else ())))
    error, _, season = level.model_["components"][:3]
    attempt((f"{error}A{season}",))
    return attempt((f"{error}A{season}",), damped=True)


def classical_theta(y: Array, horizon: int, m: int) -> Array:
    """Forecast (horizon) by the theta method of 2000 on the series without its shrunken season, season put back."""
    from statsforecast.models import Theta

    pattern = seasonality.shrunken(y, m)
    path = Theta(season_length=1).forecast(y=pattern.remove(y), h=horizon)["mean"]
    return pattern.restore(np.asarray(path, dtype=np.float64), len(y))


def intermittent(y: Array, horizon: int) -> dict[str, Array]:
    """Level forecasts (horizon) of demand with many zeros: IMAPA, TSB(.2, .2) and the mean of both with SES(.2)."""
    from statsforecast.models import IMAPA, TSB, SimpleExponentialSmoothing

    models = (IMAPA(), TSB(0.2, 0.2), SimpleExponentialSmoothing(0.2))
    imapa, tsb, ses = (np.asarray(model.forecast(y=y, h=horizon)["mean"], dtype=np.float64) for model in models)
    return {"imapa": imapa, "tsb": tsb, "blend": (imapa + tsb + ses) / 3}
