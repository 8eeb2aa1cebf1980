"""Planning a promotion: hand-reckoned estimates, a simulated experiment, who only moved purchases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.promotions import planning
from analytics.promotions.planning import Expectation

HOPE = Expectation(lift=0.5, lift_low=0.4, lift_high=0.6, kept=0.8, net=0.4, net_low=0.3, net_high=0.5, cost_rate=0.1,
                   baseline_revenue=1000.0, baseline_margin=400.0, weeks=4.0, promotions=3, executions=90)  # fmt: skip


def history(rates: list[float], per: int = 10, **columns: object) -> tuple[pd.DataFrame, np.ndarray]:
    """`per` executions of each promotion; net margin / baseline margin of a promotion = its rate."""
    rows = [
        {
            "promo_id": f"P{promo}", "verdict": "cannot_tell", "start_week": "2026-01-05", "end_week": "2026-02-02",
            "baseline_margin": 100.0, "net_margin": 100.0 * rate, "gross_margin": 120.0 * rate, "baseline_units": 50.0,
            "gross_units": 60.0 * rate, "baseline_revenue": 250.0, "gross_revenue": 300.0 * rate, "spend": 20.0,
        }
        for promo, rate in enumerate(rates) for _ in range(per)
    ]  # fmt: skip
    frame = pd.DataFrame(rows).assign(**columns)
    return frame, np.zeros((len(frame), 50))


def test_the_estimate_is_effect_first_then_cost():
    made = planning.plan(HOPE, dealers=10, weeks=4)
    assert made.baseline_revenue == 40_000
    assert made.extra_revenue == 20_000
    assert made.gross_margin == 8_000
    assert made.net_margin == pytest.approx(6_400)
    assert made.cost == pytest.approx(0.1 * 60_000)
    assert made.net_return == pytest.approx(400)
    assert made.roi == pytest.approx(400 / 6_000)
    assert made.open  # 4,800 to 8,000 against 6,000


def test_at_the_breakeven_lift_it_earns_its_cost():
    for fee in (0.0, 1_000.0):
        first = planning.plan(HOPE, 10, 4, fee=fee)
        again = planning.plan(HOPE, 10, 4, lift=first.breakeven, fee=fee)
        assert again.net_return == pytest.approx(0, abs=1e-6)
    assert planning.plan(HOPE, 10, 4, cost_rate=0.33).breakeven == float("inf")


def test_expectations_are_ratios_of_sums_and_their_band_holds_promotions_that_differ():
    frame, errors = history([0.2, 0.4, 0.6])
    hope = planning.expected(frame, errors)
    assert hope is not None
    assert hope.net == pytest.approx(0.4)
    assert hope.lift == pytest.approx(0.48)
    assert hope.kept == pytest.approx(1 / 1.2)
    assert hope.cost_rate == pytest.approx(20 / (250 + 120))
    assert hope.baseline_revenue == pytest.approx(62.5)
    assert hope.net_high - hope.net == pytest.approx(1.8856 * 0.2 * np.sqrt(4 / 3), rel=1e-3)  # t(2), 90 %
    alike, _ = history([0.4, 0.4, 0.4])
    same = planning.expected(alike, errors)
    assert same is not None
    assert same.net_high == pytest.approx(same.net)


def test_differences_that_the_errors_explain_are_not_counted_twice():
    frame, _ = history([0.2, 0.4, 0.6])
    rng = np.random.default_rng(1)
    shared = np.repeat(rng.normal(0, 20, (3, 4000)), 10, axis=0)  # 0.2 of the baseline, alike within a promotion
    hope = planning.expected(frame, shared)
    assert hope is not None
    assert hope.net_high - hope.net == pytest.approx(1.8856 * 0.2 / np.sqrt(3), rel=0.05)


def test_refused_executions_teach_nothing():
    frame, errors = history([0.4], verdict="refused")
    assert planning.expected(frame, errors) is None


def test_an_experiment_of_the_size_told_shows_the_lift_told():
    noise, dealers, weeks = 0.3, 40, 4
    lift = planning.detectable(noise, dealers, weeks)
    rng = np.random.default_rng(2)
    with_, without = (rng.normal(mean, noise, (4000, dealers)).mean(axis=1) for mean in (lift, 0.0))
    shown = np.abs(with_ - without) > 1.96 * noise * np.sqrt(2 / dealers)
    assert shown.mean() == pytest.approx(0.80, abs=0.03)
    assert planning.needed(noise, lift, weeks) == dealers
    assert planning.detectable(noise, dealers, 16) == pytest.approx(lift / 2)


def test_noise_is_that_of_dealers_without_a_promotion_beside_their_peers():
    rng = np.random.default_rng(3)
    weeks = pd.date_range("2025-01-06", periods=52, freq="7D")
    season = np.repeat(1 + 0.5 * np.sin(np.arange(13)), 4)  # the same for all: no noise
    rows = []
    for dealer in range(200):
        shock = np.repeat(rng.normal(0, 0.2, 13), 4)
        wild = 5.0 if dealer < 40 else 1.0
        for week, revenue in zip(weeks, 100 * season * (1 + shock * wild), strict=True):
            rows.append((week, f"D{dealer}", "P1", 1.0, max(revenue, 0.0)))
    sales = pd.DataFrame(rows, columns=["week", "dealer_id", "product_id", "units", "revenue"])
    products = pd.DataFrame({"product_id": ["P1"], "category": ["tea"]})
    dealers = pd.DataFrame({"dealer_id": [f"D{d}" for d in range(200)], "region": "N"})
    busy = pd.DataFrame({"category": "tea", "dealer_id": [f"D{d}" for d in range(40)],
                         "start_week": pd.Timestamp("2025-06-02"), "end_week": pd.Timestamp("2025-06-30")})  # fmt: skip
    found = planning.noise(sales, products, dealers, busy).iloc[0]
    assert found["dealers"] == 160
    assert found["noise"] == pytest.approx(0.2 * np.sqrt((season**2).mean()), rel=0.06)


def test_the_same_product_on_top_is_a_price_cut():
    for words in ("buy-n-get-one", "Buy 2 get 1", "买二送一", "搭赠", "Summer bonus pack", "第二件特惠"):
        assert planning.price_cut(words), words
    for words in ("display", "tasting", "gift-box", "price-off", "春节礼盒", "陈列"):
        assert not planning.price_cut(words), words


def test_weeks_before_and_after_count_as_overlap():
    executions = pd.DataFrame({"start_week": pd.to_datetime(["2026-01-05", "2026-09-07"]),
                               "end_week": pd.to_datetime(["2026-02-02", "2026-10-05"])})  # fmt: skip

    def met(start: str, end: str) -> list[int]:
        return planning.overlapping(executions, pd.Timestamp(start), pd.Timestamp(end)).index.tolist()

    assert met("2026-03-30", "2026-04-27") == [0]  # the week before it is the last of January's eight after
    assert met("2026-04-06", "2026-05-04") == []
    assert met("2026-06-29", "2026-07-27") == [1]  # its own eight weeks after reach September


def test_bought_forward_is_extra_that_was_left_out_around():
    frame = pd.DataFrame({
        "verdict": ["loss", "loss", "loss", "refused"], "baseline_units": 100.0, "gross_units": [50.0, 50, 4, 50],
        "anticipation_units": [-10.0, -10, -2, -10], "dip_units": [-36.0, -20, -2, -40],
    })  # fmt: skip
    assert planning.bought_forward(frame).tolist() == [True, False, False, False]
