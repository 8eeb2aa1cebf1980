"""A history of many series, checked, sorted and without holes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.frames import require

Array = NDArray[np.float64]

# pandas offsets -> pandas periods; the anchor of weeks, quarters and years stays (W-MON, QE-MAR)
PERIODS = {"D": "D", "W": "W", "MS": "M", "ME": "M", "M": "M", "QS": "Q", "QE": "Q", "Q": "Q", "YS": "Y", "YE": "Y"}


@dataclass(frozen=True)
class Calendar:
    """Dates as consecutive numbers of periods and back. `freq` is a pandas offset ("ME"), or 1: ds are numbers."""

    freq: str | int

    def __post_init__(self) -> None:
        if isinstance(self.freq, str) and self.freq.split("-")[0] not in PERIODS:
            raise ValueError(f"forecasting: no frequency {self.freq!r}; one of {', '.join(PERIODS)}, or 1")

    def numbers(self, ds: pd.Series) -> NDArray[np.int64]:
        """Period numbers of dates; any day of a period stands for it."""
        if isinstance(self.freq, int):
            return pd.to_numeric(ds).to_numpy(np.int64)
        return pd.PeriodIndex(pd.to_datetime(ds), freq=self._period).asi8

    def dates(self, numbers: NDArray[np.int64]) -> pd.Index:
        """Dates of period numbers: the end of the period, its start when the frequency says so (MS, QS, YS, D)."""
        if isinstance(self.freq, int):
            return pd.Index(numbers)
        periods = pd.PeriodIndex.from_ordinals(numbers, freq=self._period)
        starts = self.freq.split("-")[0] in ("MS", "QS", "YS", "D")
        return periods.to_timestamp(how="start" if starts else "end").normalize()

    @property
    def _period(self) -> str:
        name, _, anchor = str(self.freq).partition("-")
        return f"{PERIODS[name]}-{anchor}" if anchor else PERIODS[name]


@dataclass(frozen=True)
class Panel:
    """Series without holes: ids, their values, and the period number of each one's last value."""

    ids: list[str]
    values: list[Array]
    ends: NDArray[np.int64]
    calendar: Calendar
    season_length: int

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[tuple[str, Array]]:
        return zip(self.ids, self.values, strict=True)

    def future(self, horizon: int) -> pd.DataFrame:
        """unique_id and ds of the horizon, series after series."""
        numbers = (self.ends[:, None] + np.arange(1, horizon + 1)).ravel()
        return pd.DataFrame({"unique_id": np.repeat(self.ids, horizon), "ds": self.calendar.dates(numbers)})

    def until(self, cut: int) -> Panel:
        """The panel without each series' last `cut` values; series that would be empty are gone."""
        kept = [at for at, y in enumerate(self.values) if len(y) > cut]
        return Panel(
            [self.ids[at] for at in kept], [self.values[at][: len(self.values[at]) - cut] for at in kept],
            self.ends[kept] - cut, self.calendar, self.season_length,
        )  # fmt: skip


def panel(history: pd.DataFrame, *, freq: str | int = "ME", season_length: int = 12) -> Panel:
    """The series of a long frame `unique_id, ds, y`, in any order, as a Panel sorted by id.

    A period without a row is a period without sales: 0. A row without a number (NaN) is unknown: filled linearly within
    the season's own places. Unknown values before the first and after the last number are cut off. Every series ends
    where its own rows end. Raises ValueError on missing columns, two rows for a period, infinite values, an id or date
    that is missing, or no number at all.
    """
    require(history, ("unique_id", "ds", "y"), what="forecasting")
    if season_length < 1:
        raise ValueError("forecasting: season_length must be at least 1")
    calendar = Calendar(freq)
    if history[["unique_id", "ds"]].isna().to_numpy().any():
        raise ValueError("forecasting: a row lacks unique_id or ds")
    frame = pd.DataFrame({
        "unique_id": history["unique_id"].astype(str).to_numpy(),
        "at": calendar.numbers(history["ds"]),
        "y": pd.to_numeric(history["y"]).to_numpy(np.float64, na_value=np.nan),
    }).sort_values(["unique_id", "at"], kind="stable")  # fmt: skip
    if np.isinf(frame["y"]).any():
        raise ValueError("forecasting: y has infinite values")
    if (twice := frame.duplicated(["unique_id", "at"])).any():
        raise ValueError(f"forecasting: more than one row for a period of {frame['unique_id'][twice].iloc[0]}")
    ids: list[str] = []
    values: list[Array] = []
    ends: list[int] = []
    for name, rows in frame.groupby("unique_id", sort=False):
        numbers, y = rows["at"].to_numpy(), rows["y"].to_numpy()
        known = np.flatnonzero(~np.isnan(y))
        if not len(known):
            continue
        numbers, y = numbers[known[0] : known[-1] + 1], y[known[0] : known[-1] + 1]
        dense = np.zeros(int(numbers[-1] - numbers[0]) + 1)
        dense[numbers - numbers[0]] = y
        ids.append(str(name))
        values.append(_filled(dense, season_length))
        ends.append(int(numbers[-1]))
    if not ids:
        raise ValueError("forecasting: the history has no values")
    return Panel(ids, values, np.array(ends, dtype=np.int64), calendar, season_length)


def _filled(y: Array, m: int) -> Array:
    """Unknown values from the same place of the seasons around them, else from their neighbours."""
    if not np.isnan(y).any():
        return y
    y = y.copy()
    for step in (m, 1):
        for place in range(step):
            track = y[place::step]
            known = ~np.isnan(track)
            if known.any() and (step == 1 or known.sum() >= 2):
                at = np.arange(len(track))
                y[place::step] = np.interp(at, at[known], track[known])
    return y
