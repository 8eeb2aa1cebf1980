"""The tiers against statsforecast called directly; the naive forecasts and the seasonal pattern by hand."""

from __future__ import annotations

import numpy as np
import pytest
from statsforecast.models import IMAPA, TSB, AutoCES, AutoETS, DynamicOptimizedTheta, SimpleExponentialSmoothing

from analytics.forecasting import drivers, models, naive, seasonality
from tests.analytics.forecasting.processes import random_walks, seasonal


@pytest.fixture(scope="module")
def y():
    return seasonal(1, 72)[0] + np.linspace(0, 30, 72)


def test_seasonal_naive_repeats_the_last_season():
    y = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    assert naive.seasonal_naive(y, 6, 4).tolist() == [4.0, 5.0, 6.0, 7.0, 4.0, 5.0]
    assert naive.seasonal_naive(y[:3], 2, 4).tolist() == [3.0, 3.0]


def test_naive2_takes_the_season_out_and_puts_it_back():
    y = 50.0 * np.tile([0.5, 1.0, 1.5, 1.0], 8)
    assert naive.naive2(y, 5, 4) == pytest.approx([25.0, 50.0, 75.0, 50.0, 25.0])
    walk = random_walks(1, 60)[0]
    assert naive.naive2(walk, 3, 12).tolist() == [walk[-1]] * 3


def test_a_clear_season_is_kept_and_noise_is_not_taken_for_one():
    y = seasonal(1, 60, noise=0.01)[0]
    pattern = seasonality.shrunken(y, 12)
    truth = 1 + 0.3 * np.sin(2 * np.pi * np.arange(12) / 12)
    assert pattern.effects == pytest.approx(truth / np.exp(np.log(truth).mean()), rel=0.03)
    assert pattern.strength > 0.9
    assert pattern.restore(pattern.remove(y)[:5], 0) == pytest.approx(y[:5])
    noise = seasonality.shrunken(100 + np.random.default_rng(0).standard_normal(60), 12)
    assert np.abs(noise.effects - 1).max() < 0.01


def test_the_fast_tier_is_the_median_of_three_models_without_season(y):
    pattern = seasonality.shrunken(y, 12)
    parts = (
        AutoCES(season_length=1, model="N"),
        DynamicOptimizedTheta(season_length=1),
        AutoETS(season_length=1, model="ZZN", damped=True),
    )
    expected = np.median([part.forecast(y=pattern.remove(y), h=12)["mean"] for part in parts], axis=0)
    found = models.fit(y, 12, deep=False).forecast(y, 12)
    assert set(found) == {"theta", "fast"}
    assert found["fast"] == pytest.approx(pattern.restore(expected, len(y)), rel=1e-6)


def test_the_deep_tier_is_the_median_of_seasonal_models(y):
    pattern = seasonality.shrunken(y, 12)
    theta = DynamicOptimizedTheta(season_length=1).forecast(y=pattern.remove(y), h=12)["mean"]
    expected = np.median(
        [
            AutoETS(season_length=12).forecast(y=y, h=12)["mean"],
            AutoCES(season_length=12).forecast(y=y, h=12)["mean"],
            pattern.restore(theta, len(y)),
        ],
        axis=0,
    )
    found = models.fit(y, 12, deep=True).forecast(y, 12)
    assert set(found) == {"theta", "fast", "deep", "ets"}
    assert found["deep"] == pytest.approx(expected, rel=1e-6)
    assert found["ets"] == pytest.approx(AutoETS(season_length=12).forecast(y=y, h=12)["mean"], rel=1e-6)


def test_ets_of_a_long_history_is_chosen_step_by_step_and_no_worse():
    """The step-by-step choice finds the season and trend that AutoETS finds among all forms."""
    y = seasonal(1, 168, noise=0.02)[0] + np.linspace(0, 60, 168)
    every = AutoETS(season_length=12).fit(y)
    found = models.fit(y, 12, deep=True).parts["ets"]
    assert found.model_["aicc"] == pytest.approx(every.model_["aicc"], abs=4)
    assert found.forward(y, 12)["mean"] == pytest.approx(every.predict(12)["mean"], rel=0.03)


def test_a_fit_follows_a_longer_history_without_being_fitted_again():
    y = random_walks(1, 72)[0]
    fit = models.fit(y[:60], 12, deep=False)
    moved = fit.forecast(np.r_[y[:60], np.full(12, y[59] + 50.0)], 1)["fast"][0]
    assert abs(moved - (y[59] + 50.0)) < 10


def test_intermittent_models_are_those_of_statsforecast():
    y = np.random.default_rng(3).poisson(0.3, 60).astype(float)
    found = models.intermittent(y, 4)
    assert found["imapa"] == pytest.approx(IMAPA().forecast(y=y, h=4)["mean"])
    assert found["tsb"] == pytest.approx(TSB(0.2, 0.2).forecast(y=y, h=4)["mean"])
    ses = SimpleExponentialSmoothing(0.2).forecast(y=y, h=4)["mean"]
    assert found["blend"] == pytest.approx((found["imapa"] + found["tsb"] + ses) / 3)


def test_the_effect_of_a_known_cause_is_found_and_taken_out():
    rng = np.random.default_rng(5)
    x = rng.random((108, 1))
    clean = seasonal(1, 96, noise=0.01)[0]
    effect = drivers.effect(clean * np.exp(0.4 * x[:96, 0]), x, 12)
    assert np.log(effect.future) == pytest.approx(0.4 * x[96:, 0], abs=0.03)
    assert effect.remove(clean * np.exp(0.4 * x[:96, 0])) == pytest.approx(clean, rel=0.03)
