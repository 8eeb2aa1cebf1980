"""Columns of any unit on one scale: logarithms in units of each column's own median, centred, with tails drawn in.

A column that takes both signs (growth) stays as it is: a logarithm of either side would tear a hole at zero that no
dealer made.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

TAIL = 2.5  # standard deviations: an outlier lies at the edge and makes no group of its own
BOTH_SIGNS = 0.05  # share of negative values from which a column counts as signed; fewer stand at zero (more returned)
FLOOR = 1.0  # added before the logarithm, in medians: zero has a place; less is less steady, more blurs small ones
FEWEST_VALUES = 5  # different ones, below which a column is a code (a region's number, a flag) and measures nothing


@dataclass(frozen=True)
class Measured:
    """How one column is measured: log(x / unit + FLOOR), without unit x itself; less `centre`, divided by `spread`."""

    unit: float
    centre: float
    spread: float
    missing: float  # what stands for a missing value: the median, in the log scale


@dataclass(frozen=True)
class Ruler:
    """The scale of each column that can tell dealers apart. Fitted once, so that later values are measured alike."""

    columns: Mapping[Hashable, Measured]

    def measure(self, features: pd.DataFrame) -> np.ndarray:
        """(rows, columns) standardised logs, none missing. A column that is absent stands at its median."""
        scaled = np.zeros((len(features), len(self.columns)))
        for place, (name, how) in enumerate(self.columns.items()):
            known = _numbers(features[name]) if name in features else np.full(len(features), np.nan)
            logs = np.where(np.isnan(known), how.missing, _log(known, how.unit))
            scaled[:, place] = np.clip((logs - how.centre) / how.spread, -TAIL, TAIL)
        return scaled


def ruler(features: pd.DataFrame) -> Ruler:
    """The ruler of these features. Columns with fewer than FEWEST_VALUES different values are left out."""
    columns: dict[Hashable, Measured] = {}
    for name in features.columns:
        known = _numbers(features[name])
        known = known[~np.isnan(known)]
        if len(np.unique(known)) < FEWEST_VALUES:
            continue
        unit = float("nan") if (known < 0).mean() >= BOTH_SIGNS else float(np.median(known[known > 0]))
        logs = _log(known, unit)
        spread = float(logs.std())
        if spread > 1e-9:
            columns[name] = Measured(unit, float(logs.mean()), spread, float(np.median(logs)))
    return Ruler(columns)


def _numbers(column: pd.Series) -> np.ndarray:
    values = column.to_numpy(dtype=float, na_value=np.nan, copy=True)
    values[~np.isfinite(values)] = np.nan
    return values


def _log(values: np.ndarray, unit: float) -> np.ndarray:
    return values if np.isnan(unit) else np.asarray(np.log(np.clip(values, 0, None) / unit + FLOOR))
