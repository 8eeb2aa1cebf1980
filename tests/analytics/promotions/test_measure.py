"""measure against planted truths, identities and the situations in which it must not speak."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from analytics.promotions import PromotionEffects, measure, summarise
from analytics.promotions.effects import MEASURES, PARTS
from data.demo.experiment import SAFE, UNSAFE, Experiment, experiment

LEVELS: dict[str, list[str]] = {"overall": [], "by_type": ["type"], "by_cell": ["type", "region"],
                                "by_promo": ["promo_id"]}  # fmt: skip


@functools.cache
def world(situation: str = "base", seed: int = 1) -> Experiment:
    return experiment(situation, seed)


@functools.cache
def found(situation: str = "base", seed: int = 1) -> PromotionEffects:
    made = world(situation, seed)
    return measure(made.sales, made.promotions, made.dealers, made.products)


def failed(effects: PromotionEffects) -> set[str]:
    """Gates of everything that failed."""
    checks = effects.checks
    return set(checks.loc[~checks["passed"] & (checks["scope"] == "overall"), "gate"])


def truth(made: Experiment, effects: PromotionEffects, by: list[str]) -> pd.Series:
    """True ROI of the groups, over the executions that were measured."""
    own = made.truth[effects.executions["net_margin"].notna().to_numpy()]
    if not by:
        return pd.Series([own["net_margin"].sum() / own["spend"].sum() - 1])
    sums = own.groupby(by)[["net_margin", "spend"]].sum()
    return sums["net_margin"] / sums["spend"] - 1


# ------------------------------------------------------------------ what was planted comes out


@pytest.mark.parametrize("situation", ["base", "no_selection", "no_effect"])
def test_the_truth_is_recovered_and_bands_hold_it(situation):
    """Errors of four worlds; a band of 80 % that held none or all of some thirty types would be no band."""
    errors, inside = [], []
    for seed in range(1, 5):
        made, effects = world(situation, seed), found(situation, seed)
        errors.append(effects.overall["roi"].iloc[0] - truth(made, effects, []).iloc[0])
        types = effects.by_type.set_index("type").join(truth(made, effects, ["type"]).rename("true"))
        inside += ((types["roi_lo_80"] <= types["true"]) & (types["true"] <= types["roi_hi_80"])).tolist()
    assert abs(np.mean(errors)) < 0.15  # three standard errors
    assert np.sqrt(np.mean(np.square(errors))) < 0.25
    assert 0.6 < np.mean(inside) < 0.97


def test_the_before_and_after_figure_is_far_off_where_promotions_follow_the_season():
    made = [world(seed=seed) for seed in range(1, 5)]
    effects = [found(seed=seed) for seed in range(1, 5)]
    true = np.array([truth(m, e, []).iloc[0] for m, e in zip(made, effects, strict=True)])
    naive = np.array([e.overall["naive_roi"].iloc[0] for e in effects])
    honest = np.array([e.overall["roi"].iloc[0] for e in effects])
    assert np.abs(naive - true).mean() > 3 * np.abs(honest - true).mean()


def test_parts_are_recovered_in_their_own_right():
    made, effects = world(), found()
    measured = effects.executions["net_margin"].notna().to_numpy()
    for part, room in (("gross", 0.1), ("anticipation", 0.5), ("dip", 0.6)):
        true = made.truth.loc[measured, f"{part}_margin"].sum()
        assert effects.executions[f"{part}_margin"].sum() == pytest.approx(true, abs=room * abs(true) + 1)
    lift = effects.overall["gross_units"] / effects.overall["baseline_units"]
    assert effects.overall["lift"].iloc[0] == pytest.approx(lift.iloc[0])


def test_a_world_without_noise_is_measured_exactly():
    """Levels, trends and a common season without noise: the baseline is known, so every part is."""
    weeks, rng = 80, np.random.default_rng(3)
    season = 1 + 0.3 * np.cos(np.arange(weeks) / 52 * 2 * np.pi)
    dealers = [f"D{i}" for i in range(16)]
    level, trend = rng.uniform(50, 150, 16), rng.uniform(-0.1, 0.2, 16)
    rows = [
        {"week": t, "dealer_id": d, "product_id": p, "units": level[i] * np.exp(trend[i] * t / 52) * season[t] * share}
        for i, d in enumerate(dealers) for t in range(weeks) for p, share in (("A", 0.6), ("B", 0.4))
    ]  # fmt: skip
    sales = pd.DataFrame(rows)
    effect = {("A", 39): -0.1, ("A", 40): 0.5, ("A", 41): 0.5, ("B", 40): -0.05, ("A", 42): -0.2}
    before = sales["units"].copy()
    for (product, week), share in effect.items():
        hit = (sales["dealer_id"] == "D0") & (sales["product_id"] == product) & (sales["week"] == week)
        sales.loc[hit, "units"] *= 1 + share
    gained = sales["units"] - before
    sales["revenue"] = sales["units"] * sales["product_id"].map({"A": 10.0, "B": 20.0})
    promotions = pd.DataFrame([{"promo_id": "P", "execution_id": "X", "dealer_id": "D0", "region": "R", "category": "C",
                                "product_ids": "A", "type": "t", "start_week": 40, "end_week": 42,
                                "spend": 100.0}])  # fmt: skip
    products = pd.DataFrame({"product_id": ["A", "B"], "category": "C", "list_price": [10.0, 20.0],
                             "unit_cost": [6.0, 12.0]})  # fmt: skip
    effects = measure(sales, promotions, pd.DataFrame({"dealer_id": dealers, "region": "R"}), products)
    row = effects.executions.iloc[0]
    mine = sales.assign(gained=gained)[sales["dealer_id"] == "D0"]
    a, b = mine["product_id"] == "A", mine["product_id"] == "B"
    promo = mine["week"].between(40, 41)
    assert row["gross_units"] == pytest.approx(mine.loc[a & promo, "gained"].sum(), rel=2e-3)
    assert row["anticipation_units"] == pytest.approx(mine.loc[mine["week"] == 39, "gained"].sum(), rel=2e-2)
    assert row["dip_units"] == pytest.approx(mine.loc[mine["week"] >= 42, "gained"].sum(), rel=2e-2)
    assert row["cannibalisation_units"] == pytest.approx(mine.loc[b & promo, "gained"].sum(), rel=5e-2)
    margin = (mine["gained"] * mine["product_id"].map({"A": 4.0, "B": 8.0})).sum()
    assert row["net_margin"] == pytest.approx(margin, rel=2e-2)
    assert row["roi"] == pytest.approx(margin / 100 - 1, abs=0.03)


# ------------------------------------------------------------------ identities


def test_parts_add_up_to_net_and_groups_to_the_whole():
    effects = found()
    for frame in (effects.executions, effects.by_type, effects.by_cell, effects.by_promo, effects.overall):
        for m in MEASURES:
            parts = sum(frame[f"{part}_{m}"] for part in PARTS[1:-1])
            np.testing.assert_allclose(parts, frame[f"net_{m}"], rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(frame["roi"], frame["net_margin"] / frame["spend"] - 1)
        np.testing.assert_allclose(frame["breakeven_lift"], frame["spend"] / frame["baseline_margin"])
    for name in ("by_type", "by_cell", "by_promo"):
        frame = getattr(effects, name)
        for column in ("spend", "net_margin", "gross_revenue", "n_executions"):
            assert frame[column].sum() == pytest.approx(effects.overall[column].iloc[0])


def test_the_same_seed_gives_the_same_numbers_in_any_order_of_rows():
    made, effects = world(), found()
    again = measure(made.sales.sample(frac=1, random_state=1), made.promotions, made.dealers, made.products)
    pd.testing.assert_frame_equal(again.by_type, effects.by_type)
    other = measure(made.sales, made.promotions, made.dealers, made.products, seed=5)
    assert other.overall["roi"].iloc[0] == pytest.approx(effects.overall["roi"].iloc[0], abs=0.02)
    assert other.overall["roi_lo_80"].iloc[0] != effects.overall["roi_lo_80"].iloc[0]


def test_weeks_may_be_numbers_and_money_in_any_unit():
    made, effects = world(), found()
    first = made.sales["week"].min()
    sales, promotions = made.sales.copy(), made.promotions.copy()
    sales["week"] = (sales["week"] - first).dt.days // 7 + 1000
    sales["revenue"] *= 7
    for column in ("start_week", "end_week"):
        promotions[column] = (promotions[column] - first).dt.days // 7 + 1000
    promotions["spend"] *= 7
    products = made.products.assign(unit_cost=made.products["unit_cost"] * 7)
    again = measure(sales, promotions, made.dealers, products)
    np.testing.assert_allclose(again.by_cell["roi"], effects.by_cell["roi"], atol=1e-6)


def test_a_subset_has_the_band_of_its_sum():
    effects = found()
    own = (effects.executions["region"] == "R1").to_numpy()
    part = summarise(effects.executions[own], effects.errors[own], ["type"])
    whole = effects.by_cell[effects.by_cell["region"] == "R1"].reset_index(drop=True)
    np.testing.assert_allclose(part["roi"], whole["roi"])
    np.testing.assert_allclose(part["roi_lo_95"], whole["roi_lo_95"])


def test_bands_are_as_wide_as_normal_ones_and_nested():
    frame = found().by_cell.dropna(subset=["roi"])
    ratio = (frame["roi_hi_95"] - frame["roi"]) / (frame["roi_hi_80"] - frame["roi"])
    np.testing.assert_allclose(ratio, 1.959964 / 1.281552, rtol=1e-5)


def test_verdicts_follow_the_bands():
    frame = found().executions
    told = frame[~frame["verdict"].eq("refused")]
    assert set(told["verdict"]) == {"profit", "loss", "cannot_tell"}
    np.testing.assert_array_equal(told["verdict"] == "profit", told["roi_lo_80"] > 0)
    np.testing.assert_array_equal(told["verdict"] == "loss", told["roi_hi_80"] < 0)


# ------------------------------------------------------------------ gates


@pytest.mark.parametrize("situation", SAFE)
def test_safe_worlds_are_not_refused(situation):
    for seed in (1, 2):
        effects = found(situation, seed)
        assert failed(effects) == set()
        assert effects.overall["verdict"].iloc[0] != "refused"


GATES = {"passing_shocks": "lead_test", "diversion": "diversion", "no_controls": "controls", "short": "history",
         "overlapping": "overlap"}  # fmt: skip


@pytest.mark.parametrize("situation", UNSAFE)
def test_unsafe_worlds_are_flagged_by_the_gate_that_counts_what_they_lack(situation):
    effects = found(situation)
    assert GATES[situation] in failed(effects)
    assert effects.overall["verdict"].iloc[0] in ("refused", "cannot_tell")
    if situation in ("no_controls", "short"):
        assert effects.overall["roi"].isna().all()
        assert (effects.executions["verdict"] == "refused").all()


def test_spend_and_windows_that_are_missing_refuse_the_execution_with_the_reason():
    made = world()
    promotions = made.promotions.copy()
    promotions.loc[0, "spend"], promotions.loc[1, "spend"] = np.nan, 0.0
    last = made.sales["week"].max()
    promotions.loc[2, ["start_week", "end_week"]] = [last - pd.Timedelta(weeks=3), last - pd.Timedelta(weeks=1)]
    promotions.loc[3, "dealer_id"] = "nobody"
    rows = measure(made.sales, promotions, made.dealers, made.products, bootstrap=10).executions
    assert rows["reason"].iloc[:4].tolist() == ["spend", "spend", "preliminary", "no_sales"]
    assert rows["roi"].iloc[:4].isna().all()
    assert (rows["verdict"].iloc[:4] == "refused").all()


def test_thin_data_never_raise():
    made = world()
    none = measure(made.sales.iloc[:0], made.promotions, made.dealers, made.products)
    assert (none.executions["verdict"] == "refused").all()
    assert none.overall["roi"].isna().all()
    nobody = measure(made.sales, made.promotions.iloc[:0], made.dealers, made.products)
    assert nobody.executions.empty
    assert len(nobody.overall) == 1
    alone = made.sales[made.sales["dealer_id"] == made.promotions["dealer_id"].iloc[0]]
    assert (measure(alone, made.promotions, made.dealers, made.products).executions["verdict"] == "refused").all()


def test_missing_columns_are_named():
    made = world()
    with pytest.raises(ValueError, match="promotions: the frame lacks spend"):
        measure(made.sales, made.promotions.drop(columns="spend"), made.dealers, made.products)


def test_progress_is_told_to_the_end():
    made, told = world(), []
    measure(made.sales, made.promotions, made.dealers, made.products, bootstrap=20,
            progress=lambda done, of: told.append(done / of))  # fmt: skip
    assert told == sorted(told)
    assert told[-1] == 1


def test_costs_of_the_day_stand_in_place_of_one_cost():
    made = world()
    cost = made.sales["units"] * made.sales["product_id"].map(made.products.set_index("product_id")["unit_cost"])
    dear = made.products.assign(unit_cost=999.0)
    again = measure(made.sales.assign(cost=cost), made.promotions, made.dealers, dear)
    np.testing.assert_allclose(again.by_type["roi"], found().by_type["roi"])
