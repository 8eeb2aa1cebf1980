"""Processes whose future distribution is known."""

from __future__ import annotations

import numpy as np
import pandas as pd


def long(table: np.ndarray, *, start: str = "2020-01-31", freq: str = "ME") -> pd.DataFrame:
    """Rows of a table (series, time) as a long history."""
    dates = pd.date_range(start, periods=table.shape[1], freq=freq)
    ids = [f"s{at:03d}" for at in range(len(table))]
    return pd.DataFrame({"unique_id": np.repeat(ids, len(dates)), "ds": np.tile(dates, len(ids)), "y": table.ravel()})


def random_walks(count: int, length: int, seed: int = 1, *, common: float = 0.0) -> np.ndarray:
    """Random walks with unit normal steps that correlate by `common` between series, around 1,000."""
    rng = np.random.default_rng(seed)
    steps = np.sqrt(1 - common) * rng.standard_normal((count, length)) + np.sqrt(common) * rng.standard_normal(length)
    return 1000 + steps.cumsum(axis=1)


def seasonal(count: int, length: int, seed: int = 2, *, noise: float = 0.05) -> np.ndarray:
    """Level 100 times a fixed season of twelve (amplitude 30 %) times log-normal noise."""
    rng = np.random.default_rng(seed)
    pattern = 1 + 0.3 * np.sin(2 * np.pi * np.arange(length) / 12)
    return 100 * pattern * np.exp(noise * rng.standard_normal((count, length)))
