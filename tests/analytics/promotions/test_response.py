"""Curves against planted truth, what they promise to keep whatever was measured, and data too thin for any."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.promotions.budget import current_plan, evaluate
from analytics.promotions.evidence import SATURATION, Evidence, gather, shocks
from analytics.promotions.pooling import sample
from analytics.promotions.response import GRID, ResponseCurves, fit_response
from tests.analytics.promotions.worlds import effects_of, refuse, world


@cache
def fitted(seed: int = 0, noise: float = 0.5) -> ResponseCurves:
    return fit_response(world(seed, noise=noise))


def test_one_row_a_cell_with_what_the_curve_rests_on() -> None:
    effects = world()
    cells = fitted().cells
    assert list(zip(cells["type"], cells["region"], strict=True)) == list(
        zip(effects.by_cell["type"], effects.by_cell["region"], strict=True)
    )
    assert cells["has_curve"].all()
    assert (cells["reason"] == "").all()
    assert (cells["n_executions"] == 12).all()
    np.testing.assert_allclose(cells["spend"], effects.by_cell["spend"])
    assert (cells["tried_low"] < 1).all()
    assert (cells["tried_high"] > 1).all()
    assert (cells["expected_lo_80"] < cells["expected"]).all()
    assert (cells["expected"] < cells["expected_hi_80"]).all()


@settings(max_examples=6)
@given(st.integers(0, 10_000), st.floats(0.2, 2.5))
def test_a_curve_at_current_spend_equals_what_was_measured(seed: int, noise: float) -> None:
    effects = world(seed, types=2, regions=2, noise=noise)
    curves = fit_response(effects)
    said = evaluate(curves, current_plan(curves))
    np.testing.assert_allclose(said.by_cell["margin"], effects.by_cell["net_margin"])
    assert said.margin == pytest.approx(effects.by_cell["net_margin"].sum())
    for row in effects.by_cell.itertuples():
        curve = curves.curve(row.type, row.region)
        assert np.interp(1.0, curve["multiplier"], curve["margin"]) == pytest.approx(row.net_margin)


@settings(max_examples=30)
@given(st.sampled_from([(0, 0.5), (1, 2.5), (2, 1.5)]), st.lists(st.floats(0, 2), min_size=3, max_size=3))
def test_curves_grow_and_bend_down(which: tuple[int, float], points: list[float]) -> None:
    curves = fitted(*which)
    low, middle, high = sorted(points)
    margins = [evaluate(curves, curves.cells.assign(spend=curves.spend * m)).by_cell["margin"] for m in
               (low, middle, high)]  # fmt: skip
    size = 1e-9 * np.abs(curves.expected).max()
    assert (np.diff(margins, axis=0) >= -size).all()
    part = (middle - low) / (high - low) if high > low else 0.0
    assert (margins[1] >= (1 - part) * margins[0] + part * margins[2] - size).all()


def test_every_draw_grows_and_bends_down() -> None:
    curves = fitted(1, 2.5)
    for cell in range(len(curves.cells)):
        draws = curves.theta[:, cell, None] * curves.basis[cell][curves.k[:, cell]]
        assert (np.diff(draws, axis=1) > 0).all()
        assert (np.diff(draws, 2, axis=1) < 1e-9 * draws.max()).all()


def test_a_cell_sums_its_executions_rather_than_taking_their_mean() -> None:
    """The sum over unequal intensities earns less from doubling than an execution of the mean intensity."""
    effects = world(noise=0.02, each=20)
    curves = fit_response(effects)
    part = effects.executions.query("type == 't0' and region == 'r0'")
    at = curves.cells.query("type == 't0' and region == 'r0'").index[0]
    x = part["spend"] / part["baseline_margin"]
    for place in (0, 8, 16):
        k = np.exp(SATURATION[place]) * np.exp(
            np.average(np.log(effects.executions.query("type == 't0'")["spend"]
                              / effects.executions.query("type == 't0'")["baseline_margin"]),
                       weights=effects.executions.query("type == 't0'")["spend"]))  # fmt: skip
        by_hand = [(part["baseline_margin"] * m * x / (m * x + k)).sum() for m in GRID]
        shape = curves.basis[at, place]
        np.testing.assert_allclose(shape / shape[-1], np.array(by_hand) / by_hand[-1], rtol=1e-9)


def test_planted_returns_and_saturation_are_found() -> None:
    worth = np.array([[2.0, 1.5, 1.0], [1.2, 0.9, 0.6], [3.0, 2.2, 1.4]])
    curves = fit_response(world(5, each=60, noise=0.1, worth=worth))
    truth = world(5, each=60, noise=0.0, worth=worth).by_cell["net_margin"].to_numpy()
    assert np.abs(curves.cells["expected"] / truth - 1).max() < 0.06
    # true curves: K at the usual intensity
    doubled = curves.mean_at(np.full(9, 2.0)) / curves.mean_now
    np.testing.assert_allclose(doubled, 4 / 3, rtol=0.06)
    np.testing.assert_allclose(curves.mean_at(np.full(9, 0.25)) / curves.mean_now, 0.4, rtol=0.12)


def test_cells_lean_on_their_like_the_more_the_less_is_known() -> None:
    worth = np.full((6, 7), 1.4)
    cells = fit_response(world(3, 6, 7, each=10, noise=1.2, worth=worth)).cells
    truth = world(3, 6, 7, each=10, noise=0.0, worth=worth).by_cell["net_margin"]
    measured, pooled = (((cells[name] - truth) / cells["spend"]).std() for name in ("net_margin", "expected"))
    assert pooled < 0.5 * measured
    exact = fit_response(world(3, noise=0.01))
    np.testing.assert_allclose(exact.cells["expected"], exact.cells["net_margin"], rtol=0.02)


def test_a_loss_is_told_as_measured_and_its_curve_still_grows() -> None:
    effects = world(noise=0.3)
    rows = (effects.executions["type"] == "t0") & (effects.executions["region"] == "r0")
    ex = effects.executions.copy()
    ex.loc[rows, "net_margin"] -= 3 * ex.loc[rows, "spend"]
    curves = fit_response(effects_of(ex, effects.errors))
    curve = curves.curve("t0", "r0")
    assert np.interp(1.0, curve["multiplier"], curve["margin"]) < 0
    assert (np.diff(curve["margin"]) >= 0).all()


def test_same_effects_same_curves() -> None:
    again = fit_response(world())
    np.testing.assert_array_equal(again.expected, fitted().expected)
    np.testing.assert_array_equal(again.theta, fitted().theta)


def test_a_picture_of_a_curve() -> None:
    curve = fitted().curve("t1", "r2")
    assert list(curve) == ["multiplier", "spend", "margin", "lo_80", "hi_80", "holds", "tried"]
    assert (curve["lo_80"] <= curve["hi_80"]).all()
    assert curve.loc[curve["holds"], "multiplier"].min() == 0.25
    assert curve.loc[curve["tried"], "multiplier"].between(0.3, 2).all()
    assert not curve["tried"].all()
    with pytest.raises(KeyError):
        fitted().curve("t1", "nowhere")


def test_cells_without_evidence_have_no_curve_and_say_why() -> None:
    effects = world(each=12)
    ex = effects.executions
    place = ex.groupby(["type", "region"]).cumcount()
    name = ex["type"] + ex["region"]
    refused = ((name == "t0r0") | ((name == "t0r1") & (place < 8)) | ((name == "t0r2") & (place < 5))
               | ((name == "t1r0") & (place < 2)))  # fmt: skip
    curves = fit_response(refuse(effects, refused.to_numpy()))
    cells = curves.cells.set_index(["type", "region"])
    assert cells["reason"].to_dict() == {
        ("t0", "r0"): "all_refused", ("t0", "r1"): "mostly_refused", ("t0", "r2"): "few_executions",
        **dict.fromkeys(cells.index[3:], ""),
    }  # fmt: skip
    np.testing.assert_allclose(cells["spend"], ex.groupby(["type", "region"])["spend"].sum())  # refused ones too
    assert cells.loc[("t1", "r0"), "n_executions"] == 10
    assert cells.loc[("t1", "r0"), "n_refused"] == 2
    assert np.isnan(cells.loc[("t0", "r0"), "net_margin"])
    assert curves.curve("t0", "r1").empty
    said = evaluate(curves, current_plan(curves))
    assert said.margin == pytest.approx(curves.cells["net_margin"].sum())
    assert said.spend_known == pytest.approx(curves.cells["spend_measured"].sum())
    assert said.roi == pytest.approx(said.margin / said.spend_known - 1)


@pytest.mark.parametrize("each", [1, 3, 7])
def test_thin_data_give_no_curves_and_raise_nothing(each: int) -> None:
    curves = fit_response(world(types=2, regions=2, each=each))
    assert not curves.cells["has_curve"].any()
    assert set(curves.cells["reason"]) == {"few_executions"}
    assert np.isfinite(evaluate(curves, current_plan(curves)).margin)


def test_nothing_at_all() -> None:
    effects = world()
    for empty in (effects_of(effects.executions.iloc[:0], np.zeros((0, 100))), refuse(effects, np.arange(108))):
        curves = fit_response(empty)
        assert not curves.cells["has_curve"].any()
        said = evaluate(curves, current_plan(curves))
        assert np.isnan(said.roi)
        assert np.isnan(said.p_profit)


def test_odd_rows_do_no_harm() -> None:
    effects = world(types=2, regions=2)
    ex, errors = effects.executions.copy(), effects.errors.copy()
    ex.loc[0, "baseline_margin"] = np.nan
    ex.loc[1, "baseline_margin"] = -5.0
    ex.loc[2, "spend"] = 0.0
    ex.loc[3, "spend"] = np.nan
    ex.loc[4, "baseline_margin"] = 1e-6
    errors[5] = np.nan
    errors[6] = 0.0
    curves = fit_response(effects_of(ex, errors))
    assert curves.cells["has_curve"].all()
    assert np.isfinite(curves.expected).all()
    assert np.isfinite(curves.level).all()
    bare = fit_response(effects_of(ex, np.zeros((len(ex), 0))))
    assert np.isfinite(bare.expected).all()


def test_a_missing_column_is_named() -> None:
    effects = world()
    with pytest.raises(ValueError, match="baseline_margin"):
        fit_response(effects_of(effects.executions.drop(columns="baseline_margin"), effects.errors))


def test_common_shocks_are_told_from_own_errors() -> None:
    rng = np.random.default_rng(0)
    own = rng.normal(size=(200, 400))
    assert shocks(own)[0].shape == (200, 0)
    loadings, variance, rest = shocks(own + 0.5 * rng.normal(size=(1, 400)))
    assert loadings.shape == (200, 1)
    assert np.abs(loadings).mean() == pytest.approx(0.5, abs=0.06)
    assert variance.mean() == pytest.approx(1.0, abs=0.06)
    assert np.abs(np.corrcoef(rest) - np.eye(200)).mean() < 0.06


def test_a_common_shock_widens_the_sum_not_the_comparison() -> None:
    effects = world(2, noise=0.4)
    common = 0.3 * effects.executions["spend"].to_numpy()[:, None] * np.random.default_rng(1).normal(size=(1, 100))
    calm, shaken = fitted(2, 0.4), fit_response(effects_of(effects.executions, effects.errors + common))

    def width(curves: ResponseCurves) -> tuple[float, float]:
        now = curves.now / curves.spend
        return float(now.mean(axis=1).std()), float((now[:, 0] - now[:, 1]).std())

    assert width(shaken)[0] > 1.3 * width(calm)[0]
    assert width(shaken)[1] < 1.5 * width(calm)[1]


def test_the_posterior_of_one_cell_is_that_of_quadrature() -> None:
    """One cell, one type, flat in K: log theta has the prior with all spreads integrated out by brute force."""
    evidence = Evidence(p=np.full((1, 17), 30.0), q=np.full((1, 17), 45.0), h=np.zeros((1, 17, 0)),
                        gram=np.zeros((0, 0)), v=np.zeros(0), kind=np.zeros(1, int), region=np.zeros(1, int),
                        )  # fmt: skip
    drawn = np.log(sample(evidence, seed=3, kept=200).theta[:, 0])
    rng = np.random.default_rng(0)
    z = rng.normal(size=400_000) + sum(
        np.abs(scale * rng.normal(size=400_000)) * rng.normal(size=400_000) for scale in (0.6, 0.4, 0.3))  # fmt: skip
    weight = np.exp(45 * np.exp(z) - 15 * np.exp(2 * z) - 45 * 1.5 + 15 * 1.5**2)
    mean = np.average(z, weights=weight)
    assert drawn.mean() == pytest.approx(mean, abs=0.01)
    assert drawn.std() == pytest.approx(np.sqrt(np.average((z - mean) ** 2, weights=weight)), rel=0.05)


def test_evidence_is_the_likelihood_of_a_correlated_normal() -> None:
    rng = np.random.default_rng(4)
    n, cell = 40, np.repeat(np.arange(4), 10)
    spend, intensity, usual = rng.uniform(1, 2, n), rng.uniform(0.2, 0.5, n), np.full(n, 0.3)
    errors = rng.normal(size=(n, 500)) + rng.normal(size=(1, 500))
    net = 1.5 * spend + errors[:, 0]
    e = gather(net, spend, intensity, usual, errors, cell, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    theta, other = np.array([1.0, 1.3, 0.8, 2.0]), np.array([1.4, 1.6, 1.5, 1.1])

    def fit(value: np.ndarray) -> float:  # f integrated out
        seen = e.v - np.einsum("cs,c->s", e.h[:, 8], value)
        middle = np.linalg.solve(e.gram + np.eye(len(e.v)), seen)
        return float(e.q[:, 8] @ value - 0.5 * e.p[:, 8] @ value**2 + 0.5 * seen @ middle)

    def density(value: np.ndarray) -> float:
        rest = net - value[cell] * spend * (0.3 + 0.3) / (intensity + 0.3)
        return float(-0.5 * rest @ np.linalg.solve(np.eye(n) + 1, rest))

    assert fit(theta) - fit(other) == pytest.approx(density(theta) - density(other), rel=0.25)


def test_revenue_that_was_not_measured_is_not_told() -> None:
    effects = world(types=2, regions=2)
    bare = dataclasses.replace(effects, executions=effects.executions.drop(columns="net_revenue"),
                               by_cell=effects.by_cell.drop(columns=["net_revenue", "n_refused"]))  # fmt: skip
    curves = fit_response(bare)
    said = evaluate(curves, current_plan(curves))
    assert np.isnan(said.revenue)
    assert said.by_cell["revenue"].isna().all()
    assert np.isfinite(said.margin)


def test_revenue_follows_margin() -> None:
    """In these worlds net revenue is four times the net margin, at any spend."""
    curves = fitted()
    said = evaluate(curves, curves.cells.assign(spend=1.5 * curves.spend))
    assert said.revenue == pytest.approx(4 * said.margin)
    np.testing.assert_allclose(said.by_cell["revenue"], 4 * said.by_cell["margin"])
