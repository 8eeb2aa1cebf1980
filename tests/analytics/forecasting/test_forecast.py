"""forecast, sample_paths and backtest from end to end: routes, bands on known processes, odd histories."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analytics.forecasting import accuracy, backtest, forecast, naive, outlook, routing, sample_paths
from tests.analytics.forecasting.processes import long, random_walks, seasonal

AHEAD, COUNT = 6, 500


@pytest.fixture(scope="module")
def walks():
    """Many walks, so that shares are sharp; without the deep tier, so that they are quick."""
    table = random_walks(COUNT, 60, seed=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routing, "EVERYONE_DEEP", 0)
        patch.setattr(routing, "IMPORTANT", 0)
        return table, outlook(long(table[:, :-AHEAD]), AHEAD)


def test_columns_and_order(walks):
    _, found = walks
    frame = found.frame()
    assert list(frame.columns) == ["unique_id", "ds", "mean", "lo-80", "hi-80", "lo-95", "hi-95", "model"]
    assert len(frame) == COUNT * AHEAD
    assert frame["ds"].iloc[0] == pd.Timestamp("2024-07-31")
    assert (frame["lo-95"] <= frame["lo-80"]).all()
    assert (frame["lo-80"] <= frame["mean"]).all()
    assert (frame["mean"] <= frame["hi-80"]).all()
    assert (frame["hi-80"] <= frame["hi-95"]).all()


def test_bands_of_random_walks_widen_with_the_root_of_time(walks):
    """A walk with unit steps is normal with standard deviation √h around its last value."""
    _, found = walks
    frame = found.frame()
    frame["h"] = np.tile(np.arange(1, AHEAD + 1), COUNT)
    for level in (80, 95):
        width = (frame[f"hi-{level}"] - frame[f"lo-{level}"]).groupby(frame["h"]).mean()
        truth = 2 * norm.ppf(0.5 + level / 200) * np.sqrt(width.index)
        assert width.to_numpy() == pytest.approx(truth, rel=0.2)


def test_bands_and_sums_cover_as_often_as_they_say(walks):
    table, found = walks
    frame, actual = found.frame(), table[:, -AHEAD:]
    draws = found.draws(400, seed=1)
    for level, allowed in ((80, 5), (95, 3)):
        lo, hi = (frame[f"{side}-{level}"].to_numpy().reshape(actual.shape) for side in ("lo", "hi"))
        assert 100 * np.mean((actual >= lo) & (actual <= hi)) == pytest.approx(level, abs=allowed)
        low, high = np.quantile(draws.sum(axis=2), [0.5 - level / 200, 0.5 + level / 200], axis=0)
        total = actual.sum(axis=1)
        assert 100 * np.mean((total >= low) & (total <= high)) == pytest.approx(level, abs=allowed)


def test_paths_keep_the_bands_and_average_to_the_forecast(walks):
    _, found = walks
    frame, draws = found.frame(), found.draws(2000, seed=3)
    assert draws.mean(axis=0).ravel() == pytest.approx(frame["mean"].to_numpy(), abs=0.35)
    low = np.quantile(draws, 0.1, axis=0).ravel()
    width = (frame["hi-80"] - frame["lo-80"]).to_numpy()
    assert np.abs(low - frame["lo-80"].to_numpy()).max() < 0.15 * width.max()


def test_paths_of_a_walk_are_correlated_over_the_horizon(walks):
    _, found = walks
    steps = found.draws(1000, seed=2) - found.means
    correlation = np.corrcoef(steps[:, :30, 2].ravel(), steps[:, :30, 5].ravel())[0, 1]
    assert correlation == pytest.approx(np.sqrt(3 / 6), abs=0.12)


def test_series_that_move_together_do_so_in_the_paths():
    table = random_walks(20, 60, seed=4, common=0.6)
    total = outlook(long(table), 3).draws(1500).sum(axis=1)[:, 0]
    truth = np.sqrt(20 + 20 * 19 * 0.6)  # independent series would give √20
    assert total.std() == pytest.approx(truth, rel=0.25)


def test_paths_repeat_with_the_seed():
    history = long(seasonal(2, 48))
    one, two = (sample_paths(history, 3, n_paths=20, seed=7) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert list(one.columns) == ["unique_id", "ds", "path", "y"]
    assert len(one) == 2 * 3 * 20
    assert not one["y"].equals(sample_paths(history, 3, n_paths=20, seed=8)["y"])


def test_a_season_is_forecast():
    table = seasonal(12, 84)
    frame = forecast(long(table[:, :72]), 12)
    truth = 100 * (1 + 0.3 * np.sin(2 * np.pi * np.arange(72, 84) / 12))
    assert frame["mean"].to_numpy().reshape(12, 12).mean(axis=0) == pytest.approx(truth, rel=0.05)


@pytest.mark.parametrize(
    "y",
    [
        [5.0],
        [5.0, 7.0],
        [0.0] * 30,
        [3.0] * 40,
        [0.0, 0.0, 0.0, 9.0] * 10,
        [-5.0, 3.0, -2.0, 8.0] * 12,
        [1e9, 1e-3] * 15,
        list(range(25)),
        [1.0] * 20 + [500.0] * 5,
    ],
    ids=str,
)
def test_odd_histories_give_finite_ordered_bands(y):
    frame = forecast(long(np.array([y])), 14)
    bands = frame[["lo-95", "lo-80", "mean", "hi-80", "hi-95"]].to_numpy()
    assert np.isfinite(bands).all()
    assert (np.diff(bands, axis=1) >= 0).all()
    if min(y) >= 0:
        assert bands.min() >= 0


def test_short_series_go_the_seasonal_naive_way_or_take_their_share_of_the_parent():
    table = seasonal(1, 60)
    whole = long(table)
    child = whole.tail(14).assign(unique_id="child", y=lambda rows: rows["y"] * 0.25)
    history = pd.concat([whole, child])
    alone = forecast(history, 6).query("unique_id == 'child'")
    assert set(alone["model"]) == {"seasonal_naive"}
    assert alone["mean"].to_numpy() == pytest.approx(child["y"].to_numpy()[2:8])
    both = forecast(history, 6, parents={"child": "s000"})
    shared = both.query("unique_id == 'child'")
    assert set(shared["model"]) == {"share"}
    assert shared["mean"].to_numpy() == pytest.approx(0.25 * both.query("unique_id == 's000'")["mean"].to_numpy())


def test_sparse_series_never_get_the_forecast_of_nothing():
    rng = np.random.default_rng(11)
    demand = rng.poisson(0.4, (60, 48)) * rng.integers(1, 4, (60, 48)).astype(float)
    found = outlook(long(demand), 6)
    assert {name.removesuffix("+total") for name in found.models} <= {"imapa", "tsb", "blend"}
    assert found.means.mean() == pytest.approx(0.4 * 2, rel=0.1)


def test_paths_and_bands_of_sparse_series_agree_with_their_forecast():
    """Errors cut off at zero would lift the mean of the paths far above a forecast of little demand."""
    rng = np.random.default_rng(12)
    rate = rng.uniform(0.05, 0.6, (500, 1))
    demand = (rng.random((500, 54)) < rate) * rng.integers(1, 4, (500, 54)).astype(float)
    found, actual = outlook(long(demand[:, :48]), 6), demand[:, 48:]
    draws = found.draws(300)
    assert draws.mean() == pytest.approx(found.means[found.sparse].mean(), rel=0.05)
    frame = found.frame()
    for level, allowed in ((80, 3), (95, 2)):
        assert 100 * np.mean(actual.ravel() <= frame[f"hi-{level}"]) == pytest.approx(level, abs=allowed)


def test_a_sparse_series_of_few_periods_is_not_taken_for_its_last_value():
    found = outlook(long(np.array([[0.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 4.0]])), 3)
    assert found.means == pytest.approx(np.ones((2, 3)))
    longer = outlook(long(np.tile([0.0, 0.0, 0.0, 4.0], (1, 4))), 3)
    assert set(longer.models) <= {"imapa", "tsb", "blend"}
    assert longer.means == pytest.approx(np.ones((1, 3)), rel=0.4)


def test_regressors_are_kept_where_they_help_and_only_there():
    rng = np.random.default_rng(9)
    dates = pd.date_range("2016-01-31", periods=102, freq="ME")
    promotion = pd.DataFrame({"ds": dates, "x": (rng.random(102) < 0.2).astype(float)})
    table = seasonal(2, 96, noise=0.02)
    table[0] *= np.exp(0.5 * promotion["x"].to_numpy()[:96])
    frame = forecast(long(table, start="2016-01-31"), 6, regressors=promotion)
    model = frame.groupby("unique_id")["model"].first()
    assert model["s000"].endswith("+regressors")
    raised = frame.query("unique_id == 's000'")["mean"].to_numpy() / (
        100 * (1 + 0.3 * np.sin(2 * np.pi * np.arange(96, 102) / 12))
    )
    assert raised == pytest.approx(np.exp(0.5 * promotion["x"].to_numpy()[96:]), rel=0.08)


def test_an_effect_that_is_added_never_leads_below_zero():
    """Months without any sale make the effect additive: closed around a festival, selling ever less."""
    rng = np.random.default_rng(3)
    festival = np.zeros(66)
    festival[[5, 17, 31, 43, 55, 60, 62]] = 1.0
    y = np.maximum(rng.uniform(20, 30, (2, 60)) * (1 - festival[:60]), 0) * np.linspace(1, 0.2, 60)
    regressors = pd.DataFrame({"ds": pd.date_range("2020-01-31", periods=66, freq="ME"), "closed": festival})
    found = outlook(long(y), 6, regressors=regressors)
    assert all(study.driven for study in found.studies)
    assert found.means.min() >= 0
    assert min(study.then["fast"].min() for study in found.studies) >= 0
    frame = found.frame()
    assert (frame["lo-80"] <= frame["mean"]).all()


def test_regressors_must_reach_over_the_horizon():
    dates = pd.date_range("2020-01-31", periods=48, freq="ME")
    with pytest.raises(ValueError, match="do not cover history and horizon of s000"):
        forecast(long(seasonal(1, 48)), 6, regressors=pd.DataFrame({"ds": dates, "x": 0.0}))


def test_horizon_and_levels_are_checked():
    history = long(seasonal(1, 30))
    with pytest.raises(ValueError, match="horizon"):
        forecast(history, 0)
    with pytest.raises(ValueError, match="level"):
        forecast(history, 2, levels=(180,))


def test_progress_counts_every_series():
    seen: list[tuple[int, int]] = []
    forecast(long(seasonal(3, 30)), 2, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_backtest_sees_nothing_of_what_it_is_judged_on():
    table = seasonal(3, 60)
    history = long(table)
    rows = backtest(history, 4, 2, step=3, tags={"all": ["s000", "s001", "s002"]})
    assert len(rows) == 3 * 2 * 4 * 3
    assert set(rows["level"]) == {"all"}
    cutoffs = sorted(rows["cutoff"].unique())
    assert cutoffs == [pd.Timestamp("2024-05-31"), pd.Timestamp("2024-08-31")]
    known = history[history["ds"] <= cutoffs[0]]
    then = rows[(rows["cutoff"] == cutoffs[0]) & (rows["model"] == "forecast")]
    assert then["mean"].to_numpy() == pytest.approx(forecast(known, 4)["mean"].to_numpy())
    seasonal_rows = rows[(rows["cutoff"] == cutoffs[1]) & (rows["model"] == "seasonal_naive")]
    by_hand = np.concatenate([naive.seasonal_naive(y[:56], 4, 12) for y in table])
    assert seasonal_rows["mean"].to_numpy() == pytest.approx(by_hand)
    assert seasonal_rows["y"].to_numpy() == pytest.approx(table[:, 56:].ravel())


def test_the_summary_of_a_backtest_by_hand():
    rows = pd.DataFrame({
        "unique_id": ["a", "a", "b", "b"], "cutoff": 0, "level": "x", "model": "forecast",
        "y": [10.0, 20.0, 5.0, 5.0], "mean": [12.0, 18.0, 5.0, 9.0], "scale": [2.0, 2.0, 4.0, 4.0],
        "covered-80": [1.0, 0.0, 1.0, 1.0],
    })  # fmt: skip
    table = accuracy.summary(rows).iloc[0]
    assert table["wape"] == pytest.approx(8 / 40)
    assert table["bias"] == pytest.approx(4 / 40)
    assert table["mase"] == pytest.approx((1.0 + 0.5) / 2)
    assert table["rmsse"] == pytest.approx((1.0 + np.sqrt(0.5)) / 2)
    assert table["coverage-80"] == 0.75


def test_value_added_is_a_staircase():
    rows = pd.DataFrame({
        "unique_id": "a", "cutoff": 0, "level": "x", "y": 10.0, "scale": 1.0,
        "model": ["seasonal_naive", "forecast", "final"], "mean": [14.0, 12.0, 13.0],
    })  # fmt: skip
    stairs = accuracy.value_added(rows, ["seasonal_naive", "forecast", "final"])
    assert stairs["model"].tolist() == ["seasonal_naive", "forecast", "final"]
    assert stairs["added"].tolist()[1:] == pytest.approx([0.2, -0.1])


def test_scores_of_the_competitions_by_hand():
    history, actual, path = np.array([1.0, 2.0, 3.0, 5.0]), np.array([10.0, 20.0]), np.array([8.0, 25.0])
    assert accuracy.smape(actual, path) == pytest.approx((200 * 2 / 18 + 200 * 5 / 45) / 2)
    assert accuracy.mase(history, actual, path, 2) == pytest.approx(3.5 / 2.5)
    assert accuracy.rmsse(history, actual, path) == pytest.approx(np.sqrt(14.5 / 2))
    assert accuracy.owa(np.array([9.0]), np.array([0.8]), np.array([10.0]), np.array([1.0])) == pytest.approx(0.85)


def test_heavy_libraries_wait_until_they_are_needed():
    code = (
        "import sys, analytics.forecasting; print(sorted({'statsforecast', 'hierarchicalforecast'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
