"""What attainment is usual: simulated dealers that nothing but chance tells apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.targets import usual_swing


def simulated(seed=0, dealers=600, groups=40, sd=0.1):
    """Dealers of many sizes, each off its target by chance; groups of unequal number."""
    random = np.random.default_rng(seed)
    target = random.lognormal(13, 1, dealers)
    group = random.integers(0, groups, dealers) ** 2 // groups
    frame = pd.DataFrame({"dealer_id": [f"D{i}" for i in range(dealers)], "target": target,
                          "actual": target * (0.96 + random.normal(0, sd, dealers)), "group": group})  # fmt: skip
    return frame, usual_swing(frame, frame[["group", "dealer_id", "target"]])


def test_nineteen_of_twenty_groups_lie_inside_when_only_chance_tells_them_apart():
    inside = total = 0
    for seed in range(30):
        frame, usual = simulated(seed)
        reached = frame.groupby("group")["actual"].sum() / frame.groupby("group")["target"].sum()
        inside += int(((reached >= usual["low"]) & (reached <= usual["high"])).sum())
        total += len(usual)
    assert 0.92 < inside / total < 0.98


def test_the_range_widens_for_groups_of_few_dealers_and_holds_their_common_pace():
    frame = simulated()[0].assign(target=1e6)
    frame["actual"] = frame["target"] * (0.96 + np.random.default_rng(3).normal(0, 0.1, len(frame)))
    frame["group"] = np.repeat(["few", "some", "many"], [6, 94, 500])
    usual = usual_swing(frame, frame[["group", "dealer_id", "target"]])
    width = usual["high"] - usual["low"]
    assert width["few"] / width["many"] == pytest.approx((500 / 6) ** 0.5, rel=0.15)
    assert width["few"] > width["some"] > width["many"]
    pace = frame["actual"].sum() / frame["target"].sum()
    assert ((usual["low"] + usual["high"]) / 2).to_numpy() == pytest.approx(pace)


def test_a_few_broken_dealers_do_not_widen_what_is_usual():
    frame, usual = simulated()
    broken = frame.assign(actual=frame["actual"].where(frame.index % 50 != 0, 0))
    again = usual_swing(broken, frame[["group", "dealer_id", "target"]])
    ratio = (again["high"] - again["low"]) / (usual["high"] - usual["low"])
    assert ratio.max() < 1.12


def test_a_single_dealer_swings_as_its_size_class():
    """One class of twelve: ±1.96 times 1.4826 times the median deviation, by hand."""
    off = np.array([-0.3, -0.1, -0.05, -0.02, -0.01, 0, 0, 0.01, 0.02, 0.05, 0.1, 0.3])
    frame = pd.DataFrame({"dealer_id": [f"D{i}" for i in range(12)], "target": 100.0, "actual": 100 * (1 + off)})
    usual = usual_swing(frame, frame.assign(group=frame["dealer_id"]))
    half = 1.96 * 1.4826 * np.median(np.abs(off - np.median(off)))
    assert usual["low"].to_numpy() == pytest.approx(1 - half)
    assert usual["high"].to_numpy() == pytest.approx(1 + half)


def test_without_ten_dealers_with_a_target_nothing_is_usual():
    frame, _ = simulated(dealers=9, groups=2)
    assert usual_swing(frame, frame).empty
    unplanned = simulated(dealers=30, groups=2)[0].assign(target=float("nan"))
    assert usual_swing(unplanned, unplanned).empty
    with pytest.raises(ValueError, match="lacks"):
        usual_swing(frame.drop(columns="actual"), frame)
