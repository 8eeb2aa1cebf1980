"""The score adds up, keeps to its ruler and can be turned round; tiers move rarely and say why."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.segmentation.scorecard import BY_ID, CRITERIA, bounds_of, score, what_would
from analytics.segmentation.tiers import ladder, tiers

NAN = float("nan")
LADDER = {"cuts": {"A": 70.0, "B": 45.0}, "last": "C"}
WEIGHTS = {"sales": 30.0, "growth": 15.0, "margin": 15.0, "payment": 20.0, "coverage": 10.0, "price_discipline": 5.0,
           "promotion": 5.0}  # fmt: skip
RULER = pd.DataFrame(
    [("sales", 100.0, 10_000.0), ("growth", -0.2, 0.3), ("margin", 0.1, 0.4), ("payment", 0.0, 40.0),
     ("coverage", 0.2, 0.7), ("price_discipline", 0.0, 0.1), ("promotion", 0.5, 1.0)],
    columns=["criterion", "low", "high"],
)  # fmt: skip


def network(n: int = 40, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame({
        "dealer_id": [f"D{i:03d}" for i in range(n)], "net_sales": random.lognormal(12, 1.5, n),
        "growth": random.normal(0.05, 0.2, n), "gross_margin_rate": random.normal(0.25, 0.05, n),
        "days_late": random.gamma(2, 8, n), "range_coverage": random.uniform(0.1, 0.9, n),
        "price_breach_share": random.uniform(0, 0.2, n), "promotion_execution": random.uniform(0.3, 1, n),
    })  # fmt: skip


def one(**values: float) -> pd.DataFrame:
    return pd.DataFrame([{"dealer_id": "D1"} | values])


def test_points_worked_by_hand() -> None:
    frame = one(net_sales=1000, growth=0.05, gross_margin_rate=0.4, days_late=10, range_coverage=0.1)
    row = score(frame, {"sales": 2, "growth": 1, "margin": 1, "payment": 3, "coverage": 1}, bounds=RULER).iloc[0]
    got = [row[f"{id}_points"] for id in ("sales", "growth", "margin", "payment", "coverage")]
    assert got == pytest.approx([50, 50, 100, 75, 0])  # 1000 is halfway from 100 to 10 000 in logarithms
    assert row["score"] == pytest.approx((2 * 50 + 50 + 100 + 3 * 75 + 0) / 8)
    assert row["payment_share"] == pytest.approx(3 * 75 / 8)
    assert (row["known"], row["rank"]) == (1.0, 1.0)
    assert math.isnan(row["promotion_points"])


def test_what_is_unknown_passes_its_weight_on() -> None:
    weights = {"sales": 2, "growth": 1, "payment": 1}
    row = score(one(net_sales=1000, growth=NAN, days_late=0), weights, bounds=RULER).iloc[0]
    assert row["known"] == pytest.approx(0.75)
    assert row["score"] == pytest.approx((2 * 50 + 100) / 3)
    assert [row["sales_weight"], row["payment_weight"]] == pytest.approx([2 / 3, 1 / 3])
    assert math.isnan(row["growth_share"])
    assert math.isnan(row["growth_points"])
    infinite = score(one(net_sales=1000, growth=math.inf, days_late=0), weights, bounds=RULER).iloc[0]
    assert infinite["score"] == row["score"]


def test_less_than_half_of_the_weight_gives_no_score() -> None:
    half = score(one(net_sales=1000), {"sales": 0.1, "growth": 0.1}, bounds=RULER).iloc[0]
    assert half["score"] == pytest.approx(50)
    less = score(one(net_sales=1000), {"sales": 49, "growth": 51}, bounds=RULER).iloc[0]
    assert math.isnan(less["score"])
    assert math.isnan(less["rank"])
    assert math.isnan(less["sales_share"])
    assert (less["known"], less["sales_points"]) == (pytest.approx(0.49), pytest.approx(50))
    assert math.isnan(score(one(), WEIGHTS, bounds=RULER)["score"].iloc[0])


def test_ten_tenths_at_half_are_enough_in_spite_of_rounding() -> None:
    weights = {"sales": 0.1, "growth": 0.2, "margin": 0.2, "payment": 0.1, "coverage": 0.4}
    row = score(one(net_sales=1000, growth=0.05, gross_margin_rate=0.25), weights, bounds=RULER).iloc[0]
    assert row["score"] == pytest.approx(50)


@pytest.mark.parametrize("sales", [0.0, -500.0])
def test_no_sales_are_known_and_worth_nothing(sales: float) -> None:
    row = score(one(net_sales=sales, growth=0.3), {"sales": 1, "growth": 1}, bounds=RULER).iloc[0]
    assert (row["sales_points"], row["sales_value"], row["score"]) == (0.0, sales, pytest.approx(50))


def test_bounds_are_the_quantiles_of_those_with_a_value() -> None:
    frame = pd.DataFrame({"dealer_id": range(13), "growth": [*np.arange(11.0), NAN, math.inf],
                          "net_sales": [*range(1, 12), 0, -5]})  # fmt: skip
    bounds = bounds_of(frame).set_index("criterion")
    assert bounds.loc["growth"].tolist() == pytest.approx([1, 9])
    assert bounds.loc["sales"].tolist() == pytest.approx([2, 10])  # zero and less have no logarithm
    assert bounds.loc["margin"].isna().all()
    assert list(bounds.index) == [c.id for c in CRITERIA]


def test_a_constant_gives_everybody_half() -> None:
    frame = network().assign(gross_margin_rate=0.3, net_sales=5000.0)
    found = score(frame, WEIGHTS)
    assert set(found["margin_points"]) == {50.0}
    assert set(found["sales_points"]) == {50.0}


def test_the_few_who_differ_stand_out() -> None:
    frame = network().assign(price_breach_share=0.0)
    frame.loc[3, "price_breach_share"] = 0.4
    frame.loc[5, "price_breach_share"] = 0.1
    points = score(frame, WEIGHTS)["price_discipline_points"]
    assert (points[3], points[5], points[0]) == (0.0, pytest.approx(75), 100.0)


def test_a_later_period_by_the_same_ruler() -> None:
    early = network()
    ruler = bounds_of(early)
    pd.testing.assert_frame_equal(score(early, WEIGHTS, bounds=ruler), score(early, WEIGHTS))
    late = early.assign(days_late=early["days_late"] / 2)
    better = score(late, WEIGHTS, bounds=ruler)["score"] - score(early, WEIGHTS)["score"]
    assert (better >= -1e-9).all()
    assert better.max() > 1
    assert (score(late, WEIGHTS)["score"] - score(early, WEIGHTS)["score"]).abs().max() < 1e-9  # its own ruler: no news


def test_dealers_as_index_and_nullable_columns_are_the_same() -> None:
    frame = network()
    frame.loc[2, "growth"] = NAN
    expected = score(frame, WEIGHTS)
    pd.testing.assert_frame_equal(score(frame.set_index("dealer_id"), WEIGHTS), expected)
    pd.testing.assert_frame_equal(score(frame.convert_dtypes(), WEIGHTS)[expected.columns], expected, check_dtype=False)
    shuffled = frame.sample(frac=1, random_state=3)
    again = score(shuffled, WEIGHTS).set_index("dealer_id").loc[expected["dealer_id"]]
    np.testing.assert_allclose(again["score"], expected["score"])


def test_ties_share_a_rank() -> None:
    frame = pd.concat([network(5)] * 2, ignore_index=True).assign(dealer_id=list("abcdefghij"))
    ranks = score(frame, WEIGHTS)["rank"]
    assert sorted(ranks) == [1, 1, 3, 3, 5, 5, 7, 7, 9, 9]
    assert ranks[:5].tolist() == ranks[5:].tolist()


def test_no_dealers_no_scores() -> None:
    found = score(network().head(0), WEIGHTS)
    assert len(found) == 0
    assert {"score", "rank", "known", "sales_share"} <= set(found.columns)


@pytest.mark.parametrize("weights", [{"owner_age": 1.0}, {"sales": -1.0, "growth": 2.0}, {"sales": NAN}, {},
                                     {"sales": 0.0}, {"sales": math.inf}])  # fmt: skip
def test_weights_that_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="score"):
        score(network(), weights)


@pytest.mark.parametrize("bounds", [[("sales", 0.0, 5.0)], [("growth", 0.3, 0.1)], [("age", 1.0, 2.0)]])
def test_bounds_that_are_refused(bounds: list[tuple[str, float, float]]) -> None:
    with pytest.raises(ValueError, match="bounds"):
        score(network(), WEIGHTS, bounds=pd.DataFrame(bounds, columns=["criterion", "low", "high"]))


def test_dealers_that_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        score(network().assign(dealer_id="D1"), WEIGHTS)
    with pytest.raises(ValueError, match="dealer_id"):
        score(network().drop(columns="dealer_id"), WEIGHTS)


value = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_subnormal=False))
row = st.fixed_dictionaries({c.column: value for c in CRITERIA})
weighted = st.dictionaries(st.sampled_from(sorted(BY_ID)), st.integers(0, 20), min_size=1).filter(
    lambda weights: sum(weights.values()) > 0
)


@settings(max_examples=50, deadline=None)
@given(st.lists(row, min_size=1, max_size=8), weighted)
def test_the_parts_add_up_and_order_is_kept(rows: list[dict[str, Any]], weights: dict[str, float]) -> None:
    frame = pd.DataFrame(rows, dtype=float).assign(dealer_id=range(len(rows)))
    found = score(frame, weights)
    for at, scored in found.iterrows():
        points = [scored[f"{id}_points"] for id in BY_ID]
        known = [(w, p) for id, p in zip(BY_ID, points, strict=True) if (w := weights.get(id, 0)) and not math.isnan(p)]
        share = sum(w for w, _ in known) / sum(weights.values())
        assert scored["known"] == pytest.approx(share)
        if share < 0.5 - 1e-9:
            assert math.isnan(scored["score"])
            continue
        assert scored["score"] == pytest.approx(sum(w * p for w, p in known) / sum(w for w, _ in known), abs=1e-6)
        assert scored["score"] == pytest.approx(np.nansum([scored[f"{id}_share"] for id in BY_ID]), abs=1e-9)
        assert -1e-9 <= scored["score"] <= 100 + 1e-9
        assert scored["rank"] == 1 + sum(found["score"].round(9) > round(scored["score"], 9)), at
    for c in CRITERIA:  # more is never worse (or never better, for what should be low)
        ordered = found.sort_values(f"{c.id}_value").dropna(subset=f"{c.id}_points")
        assert (np.diff(ordered[f"{c.id}_points"]) * c.direction >= -1e-9).all()


# What would bring a dealer there


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 100), weighted, st.sets(st.sampled_from([c.column for c in CRITERIA])))
def test_the_value_that_is_needed_gives_the_goal(seed: int, goal: float, weights: dict[str, float],
                                                 hidden: set[str]) -> None:  # fmt: skip
    frame = network(12, seed)
    frame.loc[0, list(hidden)] = NAN
    ruler = bounds_of(network(30, seed + 1))
    dealer = score(frame, weights, bounds=ruler).iloc[0]
    found = what_would(dealer, goal, weights, ruler)
    assert set(found["criterion"]) == {id for id, weight in weights.items() if weight}
    for step in found.itertuples():
        column = BY_ID[step.criterion].column
        if step.reachable:
            moved = score(frame.head(1).assign(**{column: step.needed}), weights, bounds=ruler).iloc[0]
            assert moved["score"] == pytest.approx(max(goal, dealer["score"]), abs=1e-6)
        else:
            assert math.isnan(step.needed)
        if not math.isnan(step.gain):
            best = ruler.set_index("criterion").loc[
                step.criterion, "high" if BY_ID[step.criterion].direction > 0 else "low"
            ]
            moved = score(frame.head(1).assign(**{column: best}), weights, bounds=ruler).iloc[0]
            assert moved["score"] - dealer["score"] == pytest.approx(step.gain, abs=1e-6)
            assert step.reachable == (moved["score"] >= goal - 1e-9) or abs(moved["score"] - goal) < 1e-6
    gains = found.loc[found["reachable"], "to_gain"]
    assert gains.is_monotonic_increasing
    assert found["reachable"].is_monotonic_decreasing


def test_needed_values_worked_by_hand() -> None:
    weights = {"sales": 2, "payment": 1, "growth": 1, "margin": 1}
    dealer = score(one(net_sales=1000, days_late=30, growth=0.05), weights, bounds=RULER).iloc[0]
    assert dealer["score"] == pytest.approx((2 * 50 + 25 + 50) / 4)  # 43.75; margin is unknown
    found = what_would(dealer, 60, weights, RULER).set_index("criterion")
    assert list(found.index) == ["sales", "payment", "growth", "margin"]
    assert found["to_gain"].tolist()[:3] == pytest.approx([32.5, 65, 65])
    assert found.loc["sales", "needed"] == pytest.approx(100 * 100**0.825)
    assert found.loc["payment", "needed"] == pytest.approx(40 * 0.1)
    assert found["reachable"].tolist() == [True, True, False, False]
    assert found["gain"].tolist()[:3] == pytest.approx([25, 18.75, 12.5])
    assert found.loc[["growth", "margin"], "needed"].isna().all()
    assert math.isnan(found.loc["margin", "gain"])


def test_a_goal_that_is_reached_needs_nothing() -> None:
    dealer = score(one(net_sales=1000, growth=0.3), {"sales": 1, "growth": 1}, bounds=RULER).iloc[0]
    found = what_would(dealer, 60, {"sales": 1, "growth": 1}, RULER)
    assert found["to_gain"].tolist() == [0, 0]
    assert found.set_index("criterion")["needed"].to_dict() == {"sales": 1000, "growth": 0.3}


def test_a_ruler_without_length_moves_nobody() -> None:
    flat = RULER.assign(high=RULER["high"].where(RULER["criterion"] != "growth", -0.2))
    dealer = score(one(net_sales=1000, growth=0.3), {"sales": 1, "growth": 1}, bounds=flat).iloc[0]
    found = what_would(dealer, 60, {"sales": 1, "growth": 1}, flat).set_index("criterion")
    assert dealer["growth_points"] == 50
    assert (found.loc["growth", "reachable"], found.loc["growth", "gain"]) == (False, 0)


@pytest.mark.parametrize("goal", [-1.0, 100.5, NAN])
def test_a_goal_is_a_score(goal: float) -> None:
    with pytest.raises(ValueError, match="no score"):
        what_would(score(one(), WEIGHTS, bounds=RULER).iloc[0], goal, WEIGHTS, RULER)


def test_who_has_no_score_gets_no_way() -> None:
    found = what_would(score(one(growth=0.1), WEIGHTS, bounds=RULER).iloc[0], 60, WEIGHTS, RULER)
    assert not found["reachable"].any()
    assert found[["needed", "to_gain", "gain"]].isna().all(axis=None)


# Tiers


def scored(values: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"dealer_id": list(values), "score": list(values.values())})


@pytest.mark.parametrize(
    ("tier", "now", "before", "proposed", "move"),
    [
        ("B", 73.1, None, "A", "up"),
        ("B", 73.0, None, "B", "none"),  # by the slack, not by more
        ("B", 73.1, 70.0, "A", "up"),  # at the cut is beyond it, going up
        ("B", 73.1, 69.9, "B", "none"),
        ("B", 73.1, NAN, "B", "none"),
        ("B", 41.9, 44.9, "C", "down"),
        ("B", 41.9, 45.0, "B", "none"),
        ("B", 42.0, 30.0, "B", "none"),
        ("C", 99.0, 99.0, "B", "up"),  # one tier a time
        ("A", 1.0, 1.0, "B", "down"),
        ("A", 100.0, 100.0, "A", "none"),
        ("C", 0.0, 0.0, "C", "none"),
        ("VIP", 0.0, 0.0, "VIP", "none"),
        (None, 70.0, None, "A", "new"),
        ("  ", 69.9, None, "B", "new"),
        (NAN, 44.9, 90.0, "C", "new"),
        ("B", NAN, 90.0, "B", "none"),
        (None, NAN, None, None, "none"),
    ],
)
def test_moves(tier: Any, now: float, before: float | None, proposed: str | None, move: str) -> None:
    previous = None if before is None else scored({"D1": before})
    found = tiers(scored({"D1": now}), pd.Series({"D1": tier}, dtype=object), **LADDER, previous_scores=previous).iloc[
        0
    ]
    assert (found["proposed"], found["move"]) == (proposed, move)
    assert found["tier"] == (tier if isinstance(tier, str) and tier.strip() else None)
    if move == "none":
        assert found["reasons"] == (("unknown_tier",) if tier == "VIP" else ("no_score",) if math.isnan(now) else ())


def test_a_dealer_that_the_tiers_leave_out_is_new() -> None:
    found = tiers(scored({"D1": 80, "D2": 80}), pd.Series({"D2": "A"}), **LADDER)
    assert found["move"].tolist() == ["new", "none"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=2, max_size=20), st.sampled_from("ABC"))
def test_nobody_turns_back_at_once(values: list[float], start: str) -> None:
    tier, moves = start, []
    for before, now in pairwise(values):
        step = tiers(
            scored({"D1": now}), pd.Series({"D1": tier}), **LADDER, previous_scores=scored({"D1": before})
        ).iloc[0]
        assert abs("ABC".index(step["proposed"]) - "ABC".index(tier)) == (step["move"] != "none")
        tier = step["proposed"]
        moves.append(step["move"])
    # both scores of a move lie beyond its cut, so that the next period alone cannot bring the dealer back over it
    assert ("up", "down") not in list(pairwise(moves))
    assert ("down", "up") not in list(pairwise(moves))


def test_reasons_are_what_sets_the_dealer_apart_from_its_tier() -> None:
    frame = pd.DataFrame({
        "dealer_id": list("abcde"), "net_sales": [1000.0] * 5, "growth": [0.05] * 5, "days_late": [20.0] * 5,
        "gross_margin_rate": [0.25] * 5,
    })  # fmt: skip
    frame.loc[0, ["net_sales", "growth", "days_late"]] = [10_000, 0.1, 0]  # 100, 60, 100 points instead of 50
    frame.loc[1, ["net_sales", "gross_margin_rate", "growth"]] = [100, 0.1, 0.3]  # 0, 0 and 100 instead of 50
    found = score(frame, {"sales": 3, "growth": 1, "payment": 4, "margin": 1}, bounds=RULER)
    moved = tiers(found, pd.Series(dict(zip("abcde", "BBBBB", strict=True))), **LADDER).set_index("dealer_id")
    assert moved.loc["a", ["proposed", "reasons"]].tolist() == ["A", ("payment", "sales", "growth")]
    assert moved.loc["b", ["proposed", "reasons"]].tolist() == ["C", ("sales", "margin")]
    assert moved.loc["c", "reasons"] == ()
    new = tiers(found, pd.Series(dtype=object), **LADDER).set_index("dealer_id")
    assert new.loc["b", ["proposed", "reasons"]].tolist() == ["C", ("sales", "margin")]
    assert new.loc["a", ["proposed", "reasons"]].tolist() == ["A", ("payment", "sales", "growth")]


def test_an_unknown_part_does_not_make_the_others_a_reason() -> None:
    frame = pd.DataFrame({"dealer_id": list("abcd"), "net_sales": [1000.0] * 4, "growth": [0.05] * 4,
                          "days_late": [0.0, 20, 20, 20]})  # fmt: skip
    frame.loc[0, "growth"] = NAN  # so that sales weigh more for it, at the points that all have
    found = score(frame, {"sales": 1, "growth": 1, "payment": 2}, bounds=RULER)
    assert tiers(found, pd.Series(dict.fromkeys("abcd", "B")), **LADDER).iloc[0]["reasons"] == ("payment",)


def test_the_only_dealer_of_a_tier_is_held_against_all() -> None:
    frame = network()
    found = score(frame, WEIGHTS)
    best = found.loc[found["score"].idxmax(), "dealer_id"]
    current = pd.Series("A", index=found["dealer_id"]).where(found["dealer_id"].to_numpy() != best, "C")
    row = tiers(found, current, **LADDER).set_index("dealer_id").loc[best]
    assert row["move"] == "up"
    assert len(row["reasons"]) == 3


@pytest.mark.parametrize(("cuts", "last"), [({"A": 45, "B": 70}, "C"), ({"A": 70, "B": 70}, "C"), ({"A": 70}, "A")])
def test_ladders_that_are_refused(cuts: dict[str, float], last: str) -> None:
    with pytest.raises(ValueError, match="ladder"):
        tiers(scored({"D1": 50}), pd.Series({"D1": "A"}), cuts=cuts, last=last)


def test_names_of_the_company() -> None:
    found = tiers(scored({"D1": 90, "D2": 10}), pd.Series({"D1": "银牌", "D2": "银牌"}), cuts={"金牌": 60}, last="银牌")
    assert found["proposed"].tolist() == ["金牌", "银牌"]


def test_a_ladder_keeps_every_tier_as_large_as_it_is() -> None:
    found = network(60)
    scores = score(found, WEIGHTS, bounds=RULER)
    names = np.array(["gold"] * 10 + ["silver"] * 20 + ["bronze"] * 30)
    by_score = scores.sort_values("score", ascending=False)["dealer_id"].to_numpy()
    current = pd.Series(names, index=by_score).drop(by_score[35])  # one dealer has no tier
    cuts, last = ladder(scores, current, {}, "?")
    assert (list(cuts), last) == (["gold", "silver"], "bronze")
    known = scores.set_index("dealer_id")["score"].drop(by_score[35])
    assert (known >= cuts["gold"]).sum() == 10
    assert known.between(cuts["silver"], cuts["gold"]).sum() == 20
    assert ladder(scores, current, {"A": 70.0}, "B") == ({"A": 70.0}, "B")  # those of the settings stand


def test_fewer_than_two_tiers_propose_nothing() -> None:
    scores = score(network(30), WEIGHTS, bounds=RULER)
    for current in (pd.Series(dtype=object), pd.Series("A", index=scores["dealer_id"])):
        cuts, last = ladder(scores, current, {}, "C")
        assert cuts == {}
        found = tiers(scores, current, cuts=cuts, last=last)
        assert (found["move"] == "none").all()
        assert found["proposed"].isna().all() or (found["proposed"] == "A").all()
