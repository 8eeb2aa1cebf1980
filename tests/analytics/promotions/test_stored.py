"""Curves from frames are the same curves; a year is a part of all years; a part of the cells says what it said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analytics.promotions import a_year, current_plan, evaluate, from_frames, only, optimise, planned, spread, to_frames
from tests.analytics.promotions.test_budget import fitted


@pytest.mark.parametrize("which", ["whole", "partly"])
def test_curves_survive_being_stored(which, tmp_path):
    curves = fitted(which)
    frames = {}
    for name, frame in to_frames(curves).items():
        frame.to_parquet(tmp_path / f"{name}.parquet", index=False)
        frames[name] = pd.read_parquet(tmp_path / f"{name}.parquet")
    again = from_frames(frames)
    pd.testing.assert_frame_equal(again.cells, curves.cells, check_dtype=False)
    for field in dataclasses.fields(curves)[1:]:
        np.testing.assert_array_equal(getattr(again, field.name), getattr(curves, field.name))


def test_a_year_is_its_part_of_the_money_and_the_same_rates():
    curves = fitted()
    whole, year = evaluate(curves, current_plan(curves)), a_year(curves, 4)
    told = evaluate(year, current_plan(year))
    for name in ("spend", "margin", "margin_lo_80", "revenue", "revenue_hi_80"):
        assert getattr(told, name) == pytest.approx(getattr(whole, name) / 4)
    for name in ("roi", "roi_lo_80", "marginal_roi", "marginal_roi_hi_80", "p_profit"):
        assert getattr(told, name) == pytest.approx(getattr(whole, name))
    best, best_year = (optimise(c, 1.1 * c.spend.sum()) for c in (curves, year))
    assert best_year.gain == pytest.approx(best.gain / 4)
    assert best_year.frame["spend"].to_numpy() == pytest.approx(best.frame["spend"].to_numpy() / 4)


def test_what_could_not_be_measured_counts_like_its_cell_so_that_gains_are_differences():
    year = a_year(fitted("partly"), 2)
    free = year.has_curve
    assert year.share[free] == pytest.approx(1)
    plan = optimise(year, float(year.spend.sum()))
    now, then = evaluate(year, current_plan(year)), evaluate(year, plan)
    assert (then.margin - then.spend_known) - (now.margin - now.spend_known) == pytest.approx(plan.expected_gain)
    assert 0.5 < plan.p_gain <= 1
    assert np.isnan(current_plan(year).p_gain)
    assert np.isnan(planned(year, current_plan(year).frame).p_gain)


def test_some_cells_say_what_they_said_among_all():
    curves = fitted()
    rows = (curves.cells["region"] == "r1").to_numpy()
    part = only(curves, rows)
    whole = evaluate(curves, current_plan(curves)).by_cell[rows].reset_index(drop=True)
    pd.testing.assert_frame_equal(evaluate(part, current_plan(part)).by_cell, whole)


def test_the_curve_of_a_type_is_the_sum_of_its_cells():
    curves = fitted("partly")
    cells = curves.cells[(curves.cells["type"] == "t1") & curves.cells["has_curve"]]
    each = [curves.curve("t1", region) for region in cells["region"]]
    assert 1 < len(each) < len(curves.cells["region"].unique())
    whole = curves.curve("t1")
    for name in ("spend", "margin"):
        assert whole[name].to_numpy() == pytest.approx(sum(one[name].to_numpy() for one in each))
    assert ((whole["hi_80"] - whole["lo_80"]) < sum(one["hi_80"] - one["lo_80"] for one in each) + 1e-9).all()
    with pytest.raises(KeyError):
        curves.curve("t1", "nowhere")


@pytest.mark.parametrize("total", [20.0, 60.0, 75.0])
def test_a_total_is_spread_by_one_factor_within_bounds(total):
    spend, low, high = np.array([10.0, 20.0, 30.0]), np.array([5.0, 5.0, 5.0]), np.array([20.0, 25.0, 40.0])
    got = spread(spend, low, high, total)
    assert got.sum() == pytest.approx(total)
    inside = (got > low + 1e-6) & (got < high - 1e-6)
    assert np.ptp((got / spend)[inside]) < 1e-6
    assert spread(spend, low, high, 1000.0) == pytest.approx(high)
    assert spread(spend, low, high, 0.0) == pytest.approx(low)
