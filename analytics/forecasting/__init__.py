"""What the next months bring: forecasts with bands that cover as often as they say. Frames in, frames out.

`forecast` and `sample_paths` share what `outlook` finds: whoever needs both calls that once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analytics.forecasting.backtest import backtest
from analytics.forecasting.hierarchy import hierarchy, reconcile
from analytics.forecasting.landing import landing, reliability
from analytics.forecasting.outlook import Outlook, Progress, outlook


def forecast(
    history: pd.DataFrame,
    horizon: int,
    *,
    freq: str | int = "ME",
    season_length: int = 12,
    levels: Sequence[int] = (80, 95),
    regressors: pd.DataFrame | None = None,
    seed: int = 0,
    parents: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Forecast every series of a long history `unique_id, ds, y` for `horizon` periods.

    Returns `unique_id, ds, mean, lo-<level>, hi-<level> ..., model` (the route that the series took), in the unit of y;
    bands are calibrated by horizon on the series' own rolling origins. Nothing in it is random: `seed` is taken so that
    callers can hand the same options to sample_paths. A period without a row counts as 0, NaN as unknown; each series
    is forecast from its own last row. Regressors, parents and progress as in `outlook`. Raises ValueError on a bad
    history, horizon, level or regressors.
    """
    del seed
    return outlook(
        history, horizon, freq=freq, season_length=season_length, regressors=regressors, parents=parents,
        progress=progress,
    ).frame(levels)  # fmt: skip


def sample_paths(
    history: pd.DataFrame,
    horizon: int,
    *,
    n_paths: int = 500,
    seed: int = 0,
    freq: str | int = "ME",
    season_length: int = 12,
    regressors: pd.DataFrame | None = None,
    parents: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Paths `unique_id, ds, path, y` whose marginals are the forecast's bands.

    Correlated over the horizon (sums of months cover as often as they say) and between series that end together.
    """
    return outlook(
        history, horizon, freq=freq, season_length=season_length, regressors=regressors, parents=parents,
        progress=progress,
    ).paths(n_paths, seed)  # fmt: skip


__all__ = [
    "Outlook", "backtest", "forecast", "hierarchy", "landing", "outlook", "reconcile", "reliability", "sample_paths",
]  # fmt: skip
