"""How the forecast did at its latest origins: chosen and calibrated on earlier ones, reported on later ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.forecasting import accuracy, intervals, mixing, models, naive
from analytics.forecasting.history import Array, Panel
from analytics.forecasting.outlook import Outlook, calibrate, choose
from analytics.forecasting.rolling import Study

LATE = 12  # origins reported at the most
FEWEST = 2  # origins to choose from, and to report, below which a series is left out


@dataclass(frozen=True)
class Track:
    """The late origins of the series that have enough of them.

    By series: its place in the panel; cutoffs (origins: number of its last known period); means and units of error
    (origins, horizon); calibration. All of it was known at the first of these origins but for the history up to each.
    """

    panel: Panel
    horizon: int
    places: list[int]
    cutoffs: list[Array]
    means: list[Array]
    units: list[Array]
    calibrations: list[intervals.Calibration]

    def frame(self, levels: Sequence[int] = (80, 95)) -> pd.DataFrame:
        """One row a series, origin and period of its horizon.

        Columns: unique_id, cutoff, ds, horizon (1, 2, ...), y (NaN while not known), mean, naive (seasonal naive),
        scale (of MASE, at the origin), lo-/hi-<level>.
        """
        columns = ["unique_id", "cutoff", "ds", "horizon", "y", "mean", "naive", "scale"]
        columns += [f"{side}-{level}" for level in levels for side in ("lo", "hi")]
        rows: list[pd.DataFrame] = []
        for at, cutoffs, means, units, shape in zip(
            self.places, self.cutoffs, self.means, self.units, self.calibrations, strict=True
        ):
            rows += self._of_series(at, cutoffs, means, units, shape, levels)
        frame = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
        for name in ("cutoff", "ds"):
            frame[name] = self.panel.calendar.dates(frame[name].to_numpy(np.int64))
        return frame[columns]

    def paths(self, n_paths: int = 200, seed: int = 0) -> Iterator[tuple[str, int, Array]]:
        """For each series and origin: unique_id, number of the last known period, paths (n_paths, horizon)."""
        rng = np.random.default_rng(seed)
        for at, cutoffs, means, units, shape in zip(
            self.places, self.cutoffs, self.means, self.units, self.calibrations, strict=True
        ):
            floor = 0.0 if self.panel.values[at].min() >= 0 else -np.inf
            for cutoff, mean, unit in zip(cutoffs, means, units, strict=True):
                errors = shape.errors(rng.standard_normal((n_paths, self.horizon)))
                yield self.panel.ids[at], int(cutoff), np.maximum(mean + errors * unit, floor)

    def _of_series(
        self, at: int, cutoffs: Array, means: Array, units: Array, shape: intervals.Calibration, levels: Sequence[int]
    ) -> list[pd.DataFrame]:
        y, m, end = self.panel.values[at], self.panel.season_length, int(self.panel.ends[at])
        floor = 0.0 if y.min() >= 0 else -np.inf
        ends = {
            f"{side}-{level}": shape.quantile(0.5 + sign * level / 200)
            for level in levels
            for side, sign in (("lo", -1), ("hi", 1))
        }
        rows, padded = [], np.concatenate([y, np.full(self.horizon, np.nan)])
        for cutoff, mean, unit in zip(cutoffs, means, units, strict=True):
            known = y[: len(y) - (end - int(cutoff))]
            bands = {
                name: np.maximum(mean + (np.minimum if name[:2] == "lo" else np.maximum)(errors, 0.0) * unit, floor)
                for name, errors in ends.items()
            }
            steps = np.arange(1, self.horizon + 1)
            rows.append(pd.DataFrame({
                "unique_id": self.panel.ids[at], "cutoff": int(cutoff), "ds": int(cutoff) + steps, "horizon": steps,
                "y": padded[len(known) : len(known) + self.horizon], "mean": mean,
                "naive": naive.seasonal_naive(known, self.horizon, m), "scale": accuracy.scale(known, m), **bands,
            }))  # fmt: skip
        return rows


def track(found: Outlook) -> Track:
    """The Track of an outlook: its own rolling origins, split in two.

    A study fits its parameters at its first origin. Regressors (kept or not), mix and calibration come from the earlier
    origins and from what had happened by the first of the later ones; those are reported.
    """
    places, plain, late = [], [], []
    for at, study in enumerate(found.studies):
        count = min(LATE, len(study.actual) // 2)
        if count >= FEWEST and study.scale > 0:
            places.append(at)
            plain.append(mixing.unmixed(_as_chosen_then(study, count)))
            late.append(count)
    studies = mixing.mixed(plain, [_until(study, count) for study, count in zip(plain, late, strict=True)])
    early = [_until(study, count) for study, count in zip(studies, late, strict=True)]
    names = choose(early) if early else []
    shapes = calibrate(early, names, found.horizon, [found.groups[at] for at in places]) if early else []
    means = [study.then[name][-n:] for study, name, n in zip(studies, names, late, strict=True)]
    units = [study.units_then(name)[-n:] for study, name, n in zip(studies, names, late, strict=True)]
    cutoffs = [found.panel.ends[at] - np.arange(n, 0, -1) for at, n in zip(places, late, strict=True)]
    return Track(found.panel, found.horizon, places, cutoffs, means, units, shapes)


def _as_chosen_then(study: Study, count: int) -> Study:
    """The study with or without its regressors, as it would have been chosen before its last `count` origins."""
    if study.other is None:
        return study
    ways = {way.driven: _until(way, count).mean_error(models.FAST) for way in (study, study.other)}
    return study if study.driven == (ways[True] < ways[False]) else study.other


def _until(study: Study, count: int) -> Study:
    """The study as it stood at the first of its last `count` origins."""
    rows = len(study.actual) - count
    ahead = np.arange(study.actual.shape[1])
    known = ahead[None, :] < (rows - np.arange(rows))[:, None]
    return replace(
        study,
        then={name: path[:rows] for name, path in study.then.items()},
        actual=np.where(known, study.actual[:rows], np.nan),
        scales=study.scales[: rows + 1],
        levels=study.levels[: rows + 1],
        sizes=None if study.sizes is None else study.sizes[: rows + 1],
    )
