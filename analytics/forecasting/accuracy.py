"""How good forecasts were: the usual measures, on arrays for one series and on the frame of a backtest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.forecasting.history import Array
from analytics.frames import require


def smape(actual: Array, forecast: Array) -> float:
    """Symmetric mean absolute percentage error of the M competitions, 0..200; both zero counts as no error."""
    size = np.abs(actual) + np.abs(forecast)
    return float(np.mean(np.divide(200 * np.abs(actual - forecast), size, out=np.zeros_like(size), where=size > 0)))


def mase(history: Array, actual: Array, forecast: Array, m: int) -> float:
    """Mean absolute error over that of the seasonal naive forecast within the history; NaN when that is zero."""
    return _ratio(float(np.mean(np.abs(actual - forecast))), scale(history, m))


def rmsse(history: Array, actual: Array, forecast: Array, m: int = 1) -> float:
    """Root of the mean squared error over the mean squared m-step change within the history; NaN when that is zero."""
    change = history[m:] - history[:-m]
    return float(np.sqrt(_ratio(float(np.mean((actual - forecast) ** 2)), float(np.mean(change**2)))))


def scale(history: Array, m: int) -> float:
    """Mean absolute change from season to season (from period to period when there are no two seasons)."""
    lag = m if len(history) > m else 1
    return float(np.abs(history[lag:] - history[:-lag]).mean()) if len(history) > lag else float("nan")


def owa(smapes: Array, mases: Array, naive2_smapes: Array, naive2_mases: Array) -> float:
    """Overall weighted average of M4: mean over series first, each relative to Naive2, then the mean of both."""
    return float((np.mean(smapes) / np.mean(naive2_smapes) + np.nanmean(mases) / np.nanmean(naive2_mases)) / 2)


def summary(backtest: pd.DataFrame, by: Sequence[str] = ("level", "model")) -> pd.DataFrame:
    """Errors of a backtest's rows in groups.

    Columns: `by`; count; wape (Σ|error| / Σ|actual|); bias (Σ(forecast − actual) / Σ|actual|: positive is too high);
    mase and rmsse (means over series and origins of scaled errors); coverage-<level> where the backtest has bands.
    """
    require(backtest, ("unique_id", "cutoff", "y", "mean", "scale", *by), what="forecasting: summary")
    frame = backtest.assign(
        _off=backtest["mean"] - backtest["y"], _abs=(backtest["mean"] - backtest["y"]).abs(), _size=backtest["y"].abs()
    )
    frame["_scaled"] = frame["_abs"] / frame["scale"].where(frame["scale"] > 0)
    frame["_square"] = frame["_scaled"] ** 2
    covered = [name for name in backtest.columns if name.startswith("covered-")]
    group = frame.groupby(list(by), sort=False, observed=True)
    sums = group[["_off", "_abs", "_size"]].sum()
    size = sums["_size"].where(sums["_size"] > 0)
    out = pd.DataFrame({"count": group.size(), "wape": sums["_abs"] / size, "bias": sums["_off"] / size})
    each = frame.groupby([*by, *(key for key in ("unique_id", "cutoff") if key not in by)], sort=False, observed=True)
    scaled = each[["_scaled", "_square"]].mean()
    scaled["_square"] = np.sqrt(scaled["_square"])
    means = scaled.groupby(list(by), sort=False, observed=True).mean()
    out["mase"], out["rmsse"] = means["_scaled"], means["_square"]
    for name in covered:
        out[name.replace("covered", "coverage")] = group[name].mean()
    return out.reset_index()


def value_added(backtest: pd.DataFrame, staircase: Sequence[str], by: Sequence[str] = ("level",)) -> pd.DataFrame:
    """Forecast value added, step by step (seasonal naive -> model -> override -> final).

    `staircase` names models of the backtest in order. Columns: `by`, model, wape, added: by how much the step lowered
    the WAPE of the one before it (positive is better; NaN for the first).
    """
    table = summary(backtest[backtest["model"].isin(staircase)], (*by, "model"))[[*by, "model", "wape"]]
    table["model"] = pd.Categorical(table["model"], categories=list(staircase), ordered=True)
    table = table.sort_values([*by, "model"]).reset_index(drop=True)
    table["added"] = -table.groupby(list(by), observed=True)["wape"].diff() if by else -table["wape"].diff()
    return table.assign(model=table["model"].astype(str))


def _ratio(error: float, unit: float) -> float:
    return error / unit if unit > 0 else float("nan")
