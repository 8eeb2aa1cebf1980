"""What is reported of past forecasts: rows, what was known at each origin, and whether bands hold what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting import routing
from analytics.forecasting.outlook import outlook
from analytics.forecasting.tracking import LATE, track
from tests.analytics.forecasting.processes import long, random_walks, seasonal

HORIZON = 6
KNOWN = ["mean", "naive", "scale", "lo-80", "hi-80", "lo-95", "hi-95"]


def sparse(count: int, length: int, seed: int = 3) -> np.ndarray:
    """Demand in about two of five periods."""
    rng = np.random.default_rng(seed)
    return rng.poisson(20, (count, length)) * (rng.uniform(size=(count, length)) < 0.4).astype(float)


@pytest.fixture(scope="module")
def table() -> np.ndarray:
    """Five seasons of three seasonal series, and 32 sparse ones, whose sum is forecast too."""
    return np.concatenate([seasonal(3, 60), sparse(32, 60)])


@pytest.fixture(scope="module")
def tracked(table: np.ndarray) -> pd.DataFrame:
    return track(outlook(long(table), HORIZON)).frame()


def test_every_late_origin_has_its_whole_horizon_and_only_what_came(table, tracked):
    ends = pd.date_range("2020-01-31", periods=60, freq="ME")
    assert not tracked.duplicated(["unique_id", "cutoff", "horizon"]).any()
    for at, (_, rows) in enumerate(tracked.groupby("unique_id")):
        cutoffs = sorted(rows["cutoff"].unique())
        # eleven origins of which the last horizon + 5 periods are made; the later half is reported
        assert [pd.Timestamp(day) for day in cutoffs] == list(ends[-6:-1])
        assert len(rows) == 5 * HORIZON
        known = dict(zip(ends, table[at], strict=True))
        for row in rows.itertuples():
            step = (row.ds.year - row.cutoff.year) * 12 + row.ds.month - row.cutoff.month
            assert row.horizon == step
            assert (row.y == known[row.ds]) if row.ds in known else np.isnan(row.y)
    assert tracked["unique_id"].nunique() == len(table)


def test_the_yardsticks_are_those_of_the_origin(table, tracked):
    """Seasonal naive and the scale of MASE, by hand, from what was known at each origin."""
    ends = pd.date_range("2020-01-31", periods=60, freq="ME")
    for at, (_, rows) in enumerate(tracked.groupby("unique_id")):
        for row in rows.itertuples():
            end = ends.get_loc(row.cutoff) + 1
            y = table[at][:end]
            assert row.naive == y[end - 12 + row.horizon - 1]
            assert row.scale == pytest.approx(np.mean(np.abs(y[12:] - y[:-12])))


def test_no_origin_sees_what_it_is_judged_on(table, tracked):
    """What came after the third late origin is another world: nothing that was said before moves."""
    cutoffs = sorted(tracked["cutoff"].unique())
    other = table.copy()
    other[:, -3:] = other[:, -3:] * np.array([1.7, 0.4, 2.2]) + 5.0  # after the third of five
    changed = track(outlook(long(other), HORIZON)).frame()
    before = tracked["cutoff"] <= cutoffs[2]
    pd.testing.assert_frame_equal(changed.loc[before, KNOWN], tracked.loc[before, KNOWN])
    after = tracked["cutoff"] == cutoffs[3]
    assert (changed.loc[after, "mean"] != tracked.loc[after, "mean"]).mean() > 0.5


def test_no_origin_sees_how_causes_worked_later(monkeypatch):
    """Whether causes are kept is judged on the earlier origins too, not on those that are reported."""
    monkeypatch.setattr(routing, "goes_deep", lambda values, kinds, m: [False] * len(values))
    rng = np.random.default_rng(5)
    length = 60
    cause = np.zeros(length + HORIZON)
    cause[rng.choice(np.arange(6, length), 18, replace=False)] = 1.0
    cause[-HORIZON - 5 : -HORIZON] = [1, 0, 1, 1, 0]
    regressors = pd.DataFrame({"ds": pd.date_range("2020-01-31", periods=len(cause), freq="ME"), "days": cause})
    table = seasonal(3, length) * (1 + 0.02 * cause[:length])
    with_cause, without = table.copy(), table.copy()
    with_cause[:, -5:] *= 1 + 0.9 * cause[length - 5 : length]
    without[:, -5:] *= 1 - 0.9 * cause[length - 5 : length]
    said = [track(outlook(long(y), HORIZON, regressors=regressors)).frame() for y in (with_cause, without)]
    first = said[0]["cutoff"] == said[0]["cutoff"].min()
    pd.testing.assert_frame_equal(said[0].loc[first, KNOWN], said[1].loc[first, KNOWN])


def test_bands_hold_about_as_often_as_they_say(monkeypatch):
    """Sixty independent random walks; within a walk errors overlap, so that the share may be off by about 0.04."""
    monkeypatch.setattr(routing, "goes_deep", lambda values, kinds, m: [False] * len(values))
    rows = track(outlook(long(random_walks(60, 48)), 3, season_length=12)).frame()
    rows = rows[rows["y"].notna()]
    for level in (80, 95):
        inside = rows["y"].between(rows[f"lo-{level}"], rows[f"hi-{level}"])
        assert inside.mean() == pytest.approx(level / 100, abs=0.08)
    assert (rows["lo-95"] <= rows["lo-80"]).all()
    assert (rows["hi-80"] <= rows["hi-95"]).all()


def test_paths_tell_what_the_bands_tell(table, tracked):
    shown = tracked.set_index(["unique_id", "cutoff", "horizon"])
    found = track(outlook(long(table[:2]), HORIZON))
    frame = found.frame().set_index(["unique_id", "cutoff", "horizon"])
    dates = found.panel.calendar
    for name, cutoff, paths in found.paths(4000):
        day = dates.dates(np.array([cutoff]))[0]
        for step in range(1, HORIZON + 1):
            row = frame.loc[(name, day, step)]
            width = row["hi-80"] - row["lo-80"]
            assert paths[:, step - 1].mean() == pytest.approx(row["mean"], abs=0.05 * width)
            low, high = np.quantile(paths[:, step - 1], [0.1, 0.9])
            assert low == pytest.approx(row["lo-80"], abs=0.1 * width)
            assert high == pytest.approx(row["hi-80"], abs=0.1 * width)
        assert (name, day, 1) in shown.index


def test_what_is_too_short_is_left_out():
    rows = track(outlook(long(seasonal(2, 20)), HORIZON)).frame()
    assert {*KNOWN, "unique_id", "cutoff", "ds", "horizon", "y"} <= set(rows.columns)
    young = track(outlook(long(seasonal(1, 26)), HORIZON))  # two origins: none to choose from
    assert young.frame().empty
    assert list(young.paths()) == []
    old = track(outlook(long(seasonal(1, 120)), 36))
    assert len(old.cutoffs[0]) == LATE
