"""What the forecast would have said at past origins, beside what happened and beside the naive ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analytics.forecasting import accuracy, naive
from analytics.forecasting.history import Panel, panel
from analytics.forecasting.outlook import Progress, of_panel

CHOSEN, SEASONAL_NAIVE, NAIVE2 = "forecast", "seasonal_naive", "naive2"


def backtest(
    history: pd.DataFrame,
    horizon: int,
    origins: int = 3,
    *,
    step: int = 1,
    freq: str | int = "ME",
    season_length: int = 12,
    levels: Sequence[int] = (80, 95),
    regressors: pd.DataFrame | None = None,
    tags: Mapping[str, Sequence[str]] | None = None,
    parents: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Errors by series, horizon, level and model at the last `origins` origins, `step` periods apart.

    Everything is done anew at each origin with what was known then: routing, calibration and fit see nothing of the
    horizon that they are judged on. Every origin has its whole horizon behind it. One row a series, origin, period and
    model ("forecast", "seasonal_naive", "naive2"): unique_id, level (of `tags`: level -> ids; "" without), cutoff (last
    period known), ds, horizon (1, 2, ...), model, route (the tier that the forecast took), y, mean, error (y − mean),
    scale (of MASE, at the origin), and of the forecast alone lo-/hi-<level> and covered-<level> (NaN for the naive).
    Group it with accuracy.summary. Raises ValueError when no series is long enough.
    """
    if origins < 1 or step < 1:
        raise ValueError("forecasting: at least one origin, at least one period apart")
    whole = panel(history, freq=freq, season_length=season_length)
    level_of = {name: level for level, names in (tags or {}).items() for name in names}
    parts = []
    for turn in range(origins):
        cut = horizon + (origins - 1 - turn) * step
        known = whole.until(cut)
        if not len(known):
            continue
        told = None
        if progress:
            told = lambda done, of, turn=turn: progress(turn * of + done, origins * of)  # noqa: E731
        parts.append(_origin(whole, known, cut, horizon, levels, regressors, parents, told))
    if not parts:
        raise ValueError("forecasting: no series is longer than the horizon of the backtest")
    frame = pd.concat(parts, ignore_index=True)
    frame.insert(1, "level", frame["unique_id"].map(level_of).fillna("") if level_of else "")
    return frame


def _origin(
    whole: Panel, known: Panel, cut: int, horizon: int, levels: Sequence[int], regressors: pd.DataFrame | None,
    parents: Mapping[str, str] | None, progress: Progress | None,
) -> pd.DataFrame:  # fmt: skip
    """Rows of one origin."""
    found = of_panel(known, horizon, regressors, parents, progress)
    m = known.season_length
    values = dict(iter(whole))
    y = np.array([values[name][len(values[name]) - cut :][:horizon] for name in known.ids])
    base = known.future(horizon)
    base.insert(1, "cutoff", np.repeat(known.calendar.dates(known.ends), horizon))
    base["horizon"] = np.tile(np.arange(1, horizon + 1), len(known))
    base["y"] = y.ravel()
    base["scale"] = np.repeat([accuracy.scale(series, m) for series in known.values], horizon)
    forecast = found.frame(levels).rename(columns={"model": "route"}).drop(columns=["unique_id", "ds"])
    rows = [base.join(forecast).assign(model=CHOSEN)]
    for name, path in (
        (SEASONAL_NAIVE, [naive.seasonal_naive(series, horizon, m) for series in known.values]),
        (NAIVE2, [naive.naive2(series, horizon, m) for series in known.values]),
    ):
        rows.append(base.assign(mean=np.concatenate(path), model=name, route=name))
    frame = pd.concat(rows, ignore_index=True)
    frame["error"] = frame["y"] - frame["mean"]
    for level in levels:
        inside = (frame["y"] >= frame[f"lo-{level}"]) & (frame["y"] <= frame[f"hi-{level}"])
        frame[f"covered-{level}"] = inside.astype(float).where(frame["model"] == CHOSEN)
    order = ["unique_id", "cutoff", "ds", "horizon", "model", "route", "y", "mean", "error", "scale"]
    return frame[[*order, *(name for name in frame.columns if name not in order)]]
