"""The forecast of many series: studied one by one, routed and calibrated together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting import intervals, mixing, rolling, routing, seasonality, totals
from analytics.forecasting.history import Array, Panel, panel
from analytics.frames import require

Progress = Callable[[int, int], None]

KEPT_SEASONS, KEPT_PERIODS = 6, 180  # older values are left alone
COMMON_PERIODS = 48  # of these last periods, how series move together is measured
STRATA, MANY = 8, 400  # groups of sparse series by the rate of demand, where there are so many
LUMP = 2.0  # times the largest demand of a sparse series that its bands and paths may reach
BATCH = 50  # paths drawn at a time


@dataclass(frozen=True)
class Outlook:
    """Forecasts of a panel with what bands and paths need.

    By series: means and units of error (series, horizon), calibration, whether it is sparse (mostly zeros), the study
    behind all that, and the group with which it was calibrated.
    """

    panel: Panel
    horizon: int
    means: Array
    models: list[str]
    units: Array
    calibrations: list[intervals.Calibration]
    sparse: NDArray[np.bool_]
    studies: Sequence[rolling.Study]
    groups: Sequence[str]

    def frame(self, levels: Sequence[int] = (80, 95)) -> pd.DataFrame:
        """`unique_id, ds, mean, lo-<level>, hi-<level> ..., model`, one row a series and period of the horizon.

        Bands leave as much above as below, save for sparse series: zero is inside theirs anyway, so that all that they
        miss lies above.
        """
        frame = self.panel.future(self.horizon)
        frame["mean"] = self.means.ravel()
        for level in levels:
            if not 0 < level < 100:
                raise ValueError(f"forecasting: a level lies between 0 and 100, not {level}")
            for name, probability in (("lo", 0.5 - level / 200), ("hi", 0.5 + level / 200)):
                errors = self._errors(probability)
                if name == "hi":
                    sparse = [one for one, is_sparse in zip(self.calibrations, self.sparse, strict=True) if is_sparse]
                    reach = intervals.covering(sparse, level / 100)
                    errors = np.where(self.sparse[:, None], self._errors(reach), errors)
                width = np.minimum(errors, 0.0) if name == "lo" else np.maximum(errors, 0.0)
                ends = self._bounded(self.means + width)
                frame[f"{name}-{level}"] = np.where(self.sparse[:, None] & (name == "lo"), 0.0, ends).ravel()
        frame["model"] = np.repeat(self.models, self.horizon)
        return frame

    def draws(self, n_paths: int = 500, seed: int = 0) -> Array:
        """Paths (paths, series, horizon), correlated over the horizon and between series that end together."""
        rng = np.random.default_rng(seed)
        out = np.empty((n_paths, len(self.panel), self.horizon))
        for end in np.unique(self.panel.ends):
            members = np.flatnonzero(self.panel.ends == end)
            unit, share = intervals.cross_scores(self._innovations(members))
            for start in range(0, n_paths, BATCH):
                size = min(BATCH, n_paths - start)
                z = intervals.scores(unit, share, (size, self.horizon), rng)
                for calibration in {id(self.calibrations[at]): self.calibrations[at] for at in members}.values():
                    inside = np.array([self.calibrations[at] is calibration for at in members])
                    errors = calibration.errors(z[:, inside]) * self.units[members[inside]]
                    out[start : start + size, members[inside]] = self.means[members[inside]] + errors
        return self._bounded(out)

    def paths(self, n_paths: int = 500, seed: int = 0) -> pd.DataFrame:
        """draws() as a long frame `unique_id, ds, path, y`."""
        if n_paths < 1:
            raise ValueError("forecasting: at least one path")
        future = self.panel.future(self.horizon)
        frame = pd.DataFrame({
            "unique_id": pd.Categorical(np.repeat(future["unique_id"], n_paths)),
            "ds": np.repeat(future["ds"], n_paths),
            "path": np.tile(np.arange(n_paths), len(future)),
            "y": np.moveaxis(self.draws(n_paths, seed), 0, -1).ravel(),
        })  # fmt: skip
        return frame.reset_index(drop=True)

    def _errors(self, probability: float) -> Array:
        """Error (series, horizon) at a probability, in the unit of y."""
        shape = {id(one): one.quantile(probability) for one in self.calibrations}
        return np.array([shape[id(one)] for one in self.calibrations]) * self.units

    def largest(self) -> Array:
        """What a period of each series may bring at the most: LUMP times the largest of sparse ones, else no limit."""
        sparse = [study.kind == routing.INTERMITTENT for study in self.studies]
        return np.array([LUMP * y.max() if few else np.inf for y, few in zip(self.panel.values, sparse, strict=True)])

    def _bounded(self, values: Array) -> Array:
        """Not below zero where the history never was; sparse series not far beyond all that was ever demanded at once:
        the errors of others of their kind say nothing of that."""
        floor = np.array([0.0 if y.min() >= 0 else -np.inf for y in self.panel.values])
        most = self.largest()
        return np.minimum(np.maximum(values, floor[:, None]), np.maximum(most[:, None], self.means))

    def _innovations(self, members: np.ndarray) -> Array:
        """Changes of the series without season (series, time), aligned at their ends; NaN before their start."""
        out = np.full((len(members), COMMON_PERIODS), np.nan)
        for row, at in enumerate(members):
            y = self.panel.values[at][-COMMON_PERIODS * 3 :]
            change = np.diff(seasonality.shrunken(y, self.panel.season_length).remove(y))[-COMMON_PERIODS:]
            if len(change):
                out[row, -len(change) :] = change
            else:
                out[row, -1] = 0.0
        return out


def outlook(
    history: pd.DataFrame,
    horizon: int,
    *,
    freq: str | int = "ME",
    season_length: int = 12,
    regressors: pd.DataFrame | None = None,
    parents: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Outlook:
    """Study, route and calibrate a history `unique_id, ds, y`; what `forecast` and `sample_paths` share.

    `regressors`: `ds` and one column a cause (a `unique_id` column where they differ by series), for every period of
    history and horizon. `parents`: series -> the series that it is part of; one too short to be studied takes its
    share of the parent's forecast. `groups`: series -> name of those with which its bands are calibrated (of its own
    kind; all of a kind together without). `progress(done, of)` is called after each series.
    Raises ValueError on a bad history, horizon or regressors.
    """
    return of_panel(
        panel(history, freq=freq, season_length=season_length), horizon, regressors, parents or {}, progress,
        groups,
    )  # fmt: skip


def of_panel(
    series: Panel,
    horizon: int,
    regressors: pd.DataFrame | None = None,
    parents: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    groups: Mapping[str, str] | None = None,
) -> Outlook:
    """outlook() of a panel that is already clean."""
    if horizon < 1:
        raise ValueError("forecasting: the horizon is at least one period")
    m = series.season_length
    values = [y[-max(KEPT_PERIODS, KEPT_SEASONS * m) :] for y in series.values]
    known = _regressors(series, values, horizon, regressors)
    kinds = [routing.kind(y, m) for y in values]
    deep = routing.goes_deep(values, kinds, m)
    studies = []
    for at, y in enumerate(values):
        studies.append(rolling.study(y, horizon, m, deep=deep[at], regressors=known[at]))
        if progress:
            progress(at + 1, len(values))
    studies = mixing.mixed(totals.scale_to_total(studies, values, series.ends, horizon, m))
    chosen, named = choose(studies), [(groups or {}).get(name, "") for name in series.ids]
    means = np.array([study.now[name] for study, name in zip(studies, chosen, strict=True)])
    names = [f"{name}+regressors" if study.driven else name for study, name in zip(studies, chosen, strict=True)]
    found = Outlook(
        series,
        horizon,
        means,
        names,
        np.array([study.units(name) for study, name in zip(studies, chosen, strict=True)]),
        calibrate(studies, chosen, horizon, named),
        np.array(
            [study.kind == routing.INTERMITTENT and y.min() >= 0 for study, y in zip(studies, values, strict=True)]
        ),
        studies,
        named,
    )
    return _shared(found, studies, parents) if parents else found


def choose(studies: Sequence[rolling.Study]) -> list[str]:
    """Name of the candidate of each series: regular ones take their mix, sparse ones what serves all of them best."""
    sparse = [study for study in studies if study.kind == routing.INTERMITTENT]
    by_kind = {routing.INTERMITTENT: _by_group(sparse)} if sparse else {}
    return [
        mixing.name_of(study) if study.kind == routing.REGULAR else by_kind.get(study.kind, next(iter(study.now)))
        for study in studies
    ]


def _by_group(studies: Sequence[rolling.Study]) -> str:
    judged = [study for study in studies if np.isfinite(study.actual).any() and study.scale > 0]
    if not judged:
        return "blend"
    names = sorted(set.intersection(*(set(study.now) for study in studies)))
    sold = sum(float(np.nansum(study.actual)) for study in judged)
    rmsse, bias = {}, {}
    for name in names:
        errors = [study.errors(name) for study in judged]
        rmsse[name] = float(np.mean([np.sqrt(np.nanmean(e**2)) / s.scale for e, s in zip(errors, judged, strict=True)]))
        bias[name] = -sum(float(np.nansum(e)) for e in errors) / sold if sold > 0 else 0.0
    return routing.by_group(rmsse, bias)


def calibrate(
    studies: Sequence[rolling.Study], chosen: Sequence[str], horizon: int, groups: Sequence[str]
) -> list[intervals.Calibration]:
    """One calibration for each group and kind of series, given to each of its members; STRATA of them for many sparse
    series, each made from all origins at which about as much demand was forecast.
    """
    keys = [(study.kind, study.sizes is not None, group) for study, group in zip(studies, groups, strict=True)]
    out: list[intervals.Calibration | None] = [None] * len(studies)
    for key in sorted(set(keys)):
        members = [at for at, one in enumerate(keys) if one == key]
        errors = [studies[at].scaled_errors(chosen[at]) for at in members]
        if not key[1]:
            strata = [np.zeros(len(rows) + 1, dtype=int) for rows in errors]
        else:
            rates = [studies[at].rates(chosen[at]) for at in members]
            wanted = STRATA if len(members) >= MANY else 1
            limits = np.quantile([rate[-1] for rate in rates], np.arange(1, wanted) / wanted)
            strata = [np.searchsorted(limits, rate) for rate in rates]
        for stratum in {int(row[-1]) for row in strata}:
            pool = [rows[row[:-1] == stratum] for rows, row in zip(errors, strata, strict=True)]
            made = intervals.calibrate(pool, horizon, shares=bool(key[1]))
            for at, row in zip(members, strata, strict=True):
                if row[-1] == stratum:
                    out[at] = made
    return [one for one in out if one is not None]


def _shared(found: Outlook, studies: Sequence[rolling.Study], parents: Mapping[str, str]) -> Outlook:
    """Series too short to be studied take their share of the parent's last season."""
    where = {name: at for at, name in enumerate(found.panel.ids)}
    means, names = found.means.copy(), list(found.models)
    for name, at in where.items():
        parent = where.get(parents.get(name, ""))
        if parent is None or studies[at].kind != routing.SHORT or studies[parent].kind == routing.SHORT:
            continue
        if found.panel.ends[at] != found.panel.ends[parent]:
            continue
        y = found.panel.values[at][-found.panel.season_length :]
        whole = float(found.panel.values[parent][-len(y) :].sum())
        if whole > 0 and y.min() >= 0:
            means[at], names[at] = found.means[parent] * (float(y.sum()) / whole), "share"
    return replace(found, means=means, models=names)


def _regressors(
    series: Panel, values: Sequence[Array], horizon: int, regressors: pd.DataFrame | None
) -> list[Array | None]:
    """The regressors (n + horizon, k) of every series."""
    if regressors is None:
        return [None] * len(series)
    require(regressors, ("ds",), what="forecasting: regressors")
    columns = [name for name in regressors.columns if name not in ("unique_id", "ds")]
    if not columns:
        raise ValueError("forecasting: regressors hold no column beside ds")
    numbers = pd.Series(series.calendar.numbers(regressors["ds"]), index=regressors.index)
    by_id = "unique_id" in regressors.columns
    groups = dict(tuple(regressors.groupby(regressors["unique_id"].astype(str)))) if by_id else {}
    out: list[Array | None] = []
    for at, name in enumerate(series.ids):
        rows = groups.get(name) if by_id else regressors
        if rows is None:
            out.append(None)
            continue
        table = rows[columns].set_axis(numbers.loc[rows.index])
        if table.index.has_duplicates:
            raise ValueError(f"forecasting: regressors have more than one row for a period ({name})")
        end = int(series.ends[at])
        wanted = table.reindex(np.arange(end - len(values[at]) + 1, end + horizon + 1)).to_numpy(np.float64)
        if np.isnan(wanted).any():
            raise ValueError(f"forecasting: regressors do not cover history and horizon of {name}")
        out.append(wanted)
    return out
