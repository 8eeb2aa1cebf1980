"""Plans: bounds, floors and money kept, the best one found, its promise kept, and what evaluate adds up to."""

from __future__ import annotations

import dataclasses
import itertools
import time
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from analytics.promotions.budget import Allocation, current_plan, evaluate, optimise, planned
from analytics.promotions.response import ResponseCurves, fit_response
from tests.analytics.promotions.worlds import refuse, world


@cache
def fitted(which: str = "whole") -> ResponseCurves:
    effects = world(7, noise=0.8)
    if which == "partly":  # a cell without a curve, one with a few refused
        name = effects.executions["type"] + effects.executions["region"]
        place = effects.executions.groupby(["type", "region"]).cumcount()
        effects = refuse(effects, ((name == "t1r1") | ((name == "t2r0") & (place < 3))).to_numpy())
    return fit_response(effects)


def profit(curves: ResponseCurves, plan: Allocation) -> float:
    said = evaluate(curves, plan)
    return said.margin - said.spend_known


@given(st.sampled_from(["whole", "partly"]), st.floats(0, 1), st.floats(0.25, 1), st.floats(1, 2))
def test_the_whole_budget_is_spent_within_the_bounds(which: str, part: float, lower: float, upper: float) -> None:
    curves = fitted(which)
    free = curves.has_curve
    least = np.where(free, lower, 1) @ curves.spend
    most = np.where(free, upper, 1) @ curves.spend
    budget = least + part * (most - least)
    plan = optimise(curves, budget, lower=lower, upper=upper)
    assert plan.frame["spend"].sum() == pytest.approx(budget, abs=0.005)
    assert plan.unspent == 0
    ratio = plan.frame["spend"].to_numpy() / curves.spend
    assert (ratio >= lower - 1e-9).all()
    assert (ratio <= upper + 1e-9).all()
    np.testing.assert_array_equal(plan.frame["spend"].to_numpy()[~free], curves.spend[~free])
    assert list(plan.frame) == ["type", "region", "spend"]
    assert plan.gain_lo_80 <= plan.gain <= plan.gain_hi_80


@given(st.floats(0.3, 1.9))
def test_no_small_move_of_money_earns_more(share: float) -> None:
    curves = fitted()
    plan = optimise(curves, share * curves.spend.sum())
    spend = plan.frame["spend"].to_numpy()
    best, step = curves.mean_at(spend / curves.spend).sum(), 0.002 * curves.spend.sum()
    for giver, taker in itertools.permutations(range(len(spend)), 2):
        moved = spend.copy()
        moved[giver] -= step
        moved[taker] += step
        ratio = moved / curves.spend
        if ratio.min() >= 0.25 and ratio.max() <= 2:
            assert curves.mean_at(ratio).sum() <= best + 1e-6


@pytest.mark.parametrize("share", [0.5, 1.0, 1.6])
def test_the_optimum_is_that_of_a_general_solver(share: float) -> None:
    curves = fit_response(world(8, types=2, regions=2))
    total = curves.spend.sum()

    def loss(m: np.ndarray) -> float:
        return -float(curves.mean_at(m).sum()) / total

    found = min(
        (minimize(loss, start, method="SLSQP", bounds=[(0.25, 2)] * 4,
                  constraints={"type": "eq", "fun": lambda m: (m @ curves.spend) / total - share})
         for start in (np.full(4, share), np.full(4, share) * [0.9, 1.1, 0.9, 1.1])), key=lambda r: r.fun)  # fmt: skip
    plan = optimise(curves, share * total)
    ours = loss(plan.frame["spend"].to_numpy() / curves.spend)
    assert ours <= found.fun + 2e-5


@given(st.floats(0.3, 1.9), st.floats(-0.5, 1.5))
def test_no_money_goes_where_the_next_unit_earns_less_than_the_floor(share: float, floor: float) -> None:
    curves = fitted()
    budget = share * curves.spend.sum()
    plan = optimise(curves, budget, marginal_floor=floor)
    assert plan.frame["spend"].sum() + plan.unspent == pytest.approx(budget, abs=0.01)
    cells = evaluate(curves, plan).by_cell
    raised = cells["multiplier"] > 0.25 + 1 / 32
    assert (cells.loc[raised, "marginal_roi"] >= floor - 0.08).all()
    if plan.unspent:
        assert (cells.loc[cells["multiplier"] < 2 - 1e-9, "marginal_roi"] <= floor + 0.08).all()


@given(st.sampled_from(["whole", "partly"]), st.floats(0.6, 1.6), st.floats(-0.8, 1.5))
def test_a_cell_below_the_floor_of_roi_stays_at_its_least(which: str, share: float, floor: float) -> None:
    curves = fitted(which)
    budget = share * curves.spend.sum()
    plan = optimise(curves, budget, roi_floor=floor)
    assert plan.frame["spend"].sum() + plan.unspent == pytest.approx(budget, abs=0.01)
    cells = evaluate(curves, plan).by_cell[curves.has_curve]
    assert ((cells["roi"] >= floor - 1e-6) | (cells["multiplier"] <= 0.25 + 1e-9)).all()


@pytest.mark.parametrize(("share", "bounds"), [(0.2, {}), (2.1, {}), (0.7, {"lower": 0.8}), (1.3, {"upper": 1.2})])
def test_a_budget_outside_the_bounds_is_refused_with_what_is_possible(share: float, bounds: dict[str, float]) -> None:
    curves = fitted()
    total = curves.spend.sum()
    possible = f"{bounds.get('lower', 0.25) * total:.2f} to {bounds.get('upper', 2.0) * total:.2f}"
    with pytest.raises(ValueError, match=possible):
        optimise(curves, share * total, **bounds)


@pytest.mark.parametrize("bounds", [{"lower": 1.2, "upper": 0.8}, {"lower": 2.5, "upper": 3}, {"upper": 0.1}])
def test_bounds_that_allow_nothing_are_refused(bounds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="allow nothing"):
        optimise(fitted(), fitted().spend.sum(), **bounds)


def test_curves_are_not_used_beyond_where_they_hold() -> None:
    curves = fitted()
    plan = optimise(curves, curves.spend.sum(), lower=0.0, upper=5.0)
    ratio = plan.frame["spend"].to_numpy() / curves.spend
    assert ratio.min() >= 0.25 - 1e-9
    assert ratio.max() <= 2 + 1e-9
    double, triple = (evaluate(curves, curves.cells.assign(spend=m * curves.spend)) for m in (2, 3))
    assert triple.margin == pytest.approx(double.margin)
    assert triple.marginal_roi == -1


def test_without_a_curve_the_current_plan_stands() -> None:
    curves = fit_response(world(types=2, regions=2, each=4))
    plan = optimise(curves, curves.spend.sum())
    np.testing.assert_array_equal(plan.frame["spend"], curves.spend)
    assert (plan.gain, plan.gain_lo_80, plan.gain_hi_80, plan.unspent) == (0, 0, 0, 0)
    with pytest.raises(ValueError, match="not possible"):
        optimise(curves, 1.1 * curves.spend.sum())
    cut = evaluate(curves, curves.cells.assign(spend=0.5 * curves.spend))
    more = evaluate(curves, curves.cells.assign(spend=1.5 * curves.spend))
    measured = curves.cells["net_margin"]
    np.testing.assert_allclose(cut.by_cell["margin"], np.where(measured > 0, measured / 2, measured))
    np.testing.assert_allclose(more.by_cell["margin"], measured)
    assert np.isnan(more.marginal_roi)


def test_nothing_measured_gives_a_plan_of_what_is_spent() -> None:
    curves = fit_response(refuse(world(), np.arange(108)))
    plan = optimise(curves, curves.spend.sum())
    assert plan.gain == 0
    assert plan.frame["spend"].sum() == pytest.approx(curves.spend.sum())


@pytest.mark.parametrize("share", [0.6, 1.0, 1.5])
def test_the_expected_gain_is_the_difference_of_both_plans(share: float) -> None:
    curves = fitted()
    plan = optimise(curves, share * curves.spend.sum())
    assert plan.expected_gain == pytest.approx(profit(curves, plan) - profit(curves, current_plan(curves)))


@pytest.mark.parametrize("which", ["whole", "partly"])
def test_a_plan_of_ones_own_is_told_like_a_recommended_one(which: str) -> None:
    curves = fitted(which)
    plan = optimise(curves, 1.1 * curves.spend.sum())
    own = planned(curves, plan.frame)
    assert (own.gain, own.gain_lo_80, own.gain_hi_80, own.expected_gain) == pytest.approx(
        (plan.gain, plan.gain_lo_80, plan.gain_hi_80, plan.expected_gain)
    )
    still = planned(curves, current_plan(curves).frame)
    assert (still.gain, still.gain_lo_80, still.gain_hi_80) == pytest.approx((0, 0, 0), abs=1e-6)
    doubled = planned(fitted(), fitted().cells.assign(spend=2 * fitted().spend))
    assert doubled.expected_gain == pytest.approx((fitted().mean_at(np.full(9, 2.0)) - fitted().mean_now).sum()
                                                  - fitted().spend.sum())  # fmt: skip


def test_money_moved_where_nothing_was_measured_promises_nothing() -> None:
    curves = fitted("partly")
    hidden = (curves.cells["reason"] == "all_refused").to_numpy()
    assert hidden.sum() == 1
    cut = planned(curves, curves.cells.assign(spend=np.where(hidden, 0.0, curves.spend)))
    assert (cut.gain, cut.expected_gain) == pytest.approx((0, 0), abs=1e-6)


def test_one_cell_alone_has_a_curve() -> None:
    curves = fit_response(world(types=1, regions=1, each=10))
    plan = optimise(curves, 1.5 * curves.spend.sum())
    assert plan.frame["spend"].sum() == pytest.approx(1.5 * curves.spend.sum())
    assert np.isfinite(evaluate(curves, plan).marginal_roi)


def test_the_best_plan_is_not_worse_than_the_current_one() -> None:
    plan = optimise(fitted(), fitted().spend.sum())
    assert plan.expected_gain > 0
    same = optimise(fitted(), fitted().spend.sum(), lower=1.0, upper=1.0)
    assert same.gain == pytest.approx(0, abs=1e-6)


def test_figures_of_a_plan_add_up() -> None:
    curves = fitted("partly")
    plan = optimise(curves, 1.2 * curves.spend.sum())
    said = evaluate(curves, plan)
    assert said.margin == pytest.approx(said.by_cell["margin"].sum())
    assert said.revenue == pytest.approx(said.by_cell["revenue"].sum())
    assert said.spend == pytest.approx(plan.frame["spend"].sum())
    assert said.roi == pytest.approx(said.margin / said.spend_known - 1)
    for name in ("margin", "revenue", "roi", "marginal_roi"):
        assert getattr(said, f"{name}_lo_80") < getattr(said, name) < getattr(said, f"{name}_hi_80")
    assert 0 <= said.p_profit <= 1
    shuffled = evaluate(curves, plan.frame.sample(frac=1, random_state=3))
    assert shuffled.margin == pytest.approx(said.margin)


def test_the_next_unit_earns_what_a_small_change_shows() -> None:
    curves = fitted()
    plan = optimise(curves, 0.9 * curves.spend.sum())
    more = [evaluate(curves, plan.frame.assign(spend=plan.frame["spend"] * m)) for m in (0.98, 1.02)]
    by_hand = (more[1].margin - more[0].margin) / (more[1].spend - more[0].spend) - 1
    assert evaluate(curves, plan).marginal_roi == pytest.approx(by_hand, abs=0.05)


def test_the_band_of_the_current_plan_is_that_of_what_was_measured() -> None:
    effects = world(7, noise=0.8)
    said = evaluate(fitted(), current_plan(fitted()))
    low, high = np.quantile(effects.by_cell["net_margin"].sum() - effects.errors.sum(axis=0), [0.1, 0.9])
    size = high - low
    assert said.margin_lo_80 == pytest.approx(low, abs=0.05 * size)
    assert said.margin_hi_80 == pytest.approx(high, abs=0.05 * size)


def test_profit_is_likely_where_it_is_large() -> None:
    rich = fit_response(world(1, types=2, regions=2, worth=np.full((2, 2), 3.0)))
    poor = fit_response(world(1, types=2, regions=2, worth=np.full((2, 2), 0.3)))
    assert evaluate(rich, current_plan(rich)).p_profit > 0.99
    assert evaluate(poor, current_plan(poor)).p_profit < 0.01


@pytest.mark.parametrize("fault", ["missing", "unknown", "twice", "negative", "nan"])
def test_plans_that_cannot_be_judged_are_refused(fault: str) -> None:
    frame = current_plan(fitted()).frame
    bad = {
        "missing": frame.iloc[1:], "unknown": frame.assign(region="x"), "twice": pd.concat([frame, frame.iloc[:1]]),
        "negative": frame.assign(spend=-1.0), "nan": frame.assign(spend=np.nan),
    }[fault]  # fmt: skip
    with pytest.raises(ValueError, match=r"spend must|each cell"):
        evaluate(fitted(), bad)


def test_an_allocation_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        current_plan(fitted()).gain = 1.0


def test_promises_are_kept_in_planted_worlds() -> None:
    """Twelve portfolios with a known truth: nearly the best plan, better than today's, and no more promised."""
    regret, better, promised, realised, covered = [], [], [], [], []
    for seed in range(12):
        worth = np.exp(np.random.default_rng(900 + seed).normal(0.3, 0.45, (4, 3)))
        options = {"types": 4, "regions": 3, "worth": worth, "each": 12}
        curves, still = fit_response(world(seed, noise=0.8, **options)), world(seed, noise=0.0, **options).executions
        cell = pd.MultiIndex.from_frame(still[["type", "region"]])
        x = (still["spend"] / still["baseline_margin"]).to_numpy()

        def true(multiplier: np.ndarray, curves=curves, still=still, cell=cell, x=x) -> np.ndarray:
            m = multiplier[curves.index.get_indexer(cell)]
            return np.asarray(still["net_margin"] * m * (x + 0.3) / (m * x + 0.3))

        fine = np.linspace(0.25, 2, 141)
        by_cell = np.stack(
            [pd.Series(true(np.full(12, m))).groupby(curves.index.get_indexer(cell)).sum() for m in fine], 1
        )
        money = np.outer(curves.spend, np.diff(fine))
        gain = np.diff(by_cell, axis=1)
        order = np.argsort(-(gain / money), axis=None)
        before = np.cumsum(money.ravel()[order]) - money.ravel()[order]
        taken = np.clip(0.75 * curves.spend.sum() - before, 0, money.ravel()[order]) / money.ravel()[order]
        best = by_cell[:, 0].sum() + (gain.ravel()[order] * taken).sum()
        plan = optimise(curves, curves.spend.sum())
        got = true(plan.frame["spend"].to_numpy() / curves.spend).sum()
        now = true(np.ones(12)).sum()
        regret.append(1 - got / best)
        better.append(got > now)
        promised.append(plan.gain / now)
        realised.append(got / now - 1)
        covered.append(plan.gain_lo_80 <= got - now <= plan.gain_hi_80)
    assert np.mean(regret) < 0.02
    assert max(regret) < 0.05
    assert all(better)
    assert np.mean(promised) <= np.mean(realised)
    assert np.mean(covered) >= 0.75


def test_a_move_of_a_slider_is_quick() -> None:
    curves = fit_response(world(types=6, regions=7, each=10))
    total, spent = curves.spend.sum(), []
    for share in np.linspace(0.5, 1.8, 30):
        start = time.process_time()
        evaluate(curves, optimise(curves, share * total, roi_floor=0.0, marginal_floor=0.0))
        spent.append(time.process_time() - start)
    assert np.median(spent) < 0.05
