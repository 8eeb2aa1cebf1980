"""Does the plan add up: sums over a hierarchy, and the one planted gap of the demo company."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.questions import ask
from analytics.targets import Level, Places, compared, direct, over_regions, refines
from data.scope import Entitlement
from tests.golden_home import small_company

ABOVE = {"N": ["N"], "S": ["S"], "N1": ["N", "N1"], "N2": ["N", "N2"], "S1": ["S", "S1"], "S2": ["S", "S2"]}
LEAVES = ("N1", "N2", "S1", "S2")


PURE = settings(max_examples=25, deadline=None)


def cells(**columns):
    return pd.DataFrame(columns).astype({"target": "float64"})


def regions(depth, amounts):
    return Level(f"region{depth}", {"region": depth}, cells(region=list(amounts), target=list(amounts.values())))


def dealers(of, amounts):
    places = Places({("dealer", "region"): of}, ABOVE)
    return Level("dealer", {"dealer": 0}, cells(dealer=list(amounts), target=list(amounts.values()))), places


def test_levels_lie_in_one_another_by_what_they_can_tell():
    company = Level("company", {}, cells(target=[1]))
    top, low = regions(1, {"N": 1}), regions(2, {"N1": 1})
    both = Level("region2+category", {"region": 2, "category": 0}, cells(region=["N1"], category=["tea"], target=[1]))
    product = Level("product", {"product": 0}, cells(product=["P"], target=[1]))
    dealer, _ = dealers({"D": "N1"}, {"D": 1})
    people = Level("employee", {"employee": 0}, cells(employee=["E"], target=[1]), reach=1)
    levels = [company, top, low, both, product, dealer, people]
    within = {(child.name, parent.name) for child in levels for parent in levels if refines(child, parent)}
    assert within == {
        *((level.name, "company") for level in levels[1:]), ("region2", "region1"), ("region2+category", "region1"),
        ("region2+category", "region2"), ("dealer", "region1"), ("dealer", "region2"), ("dealer", "employee"),
        ("employee", "region1"),
    }  # fmt: skip
    assert direct(low, top, levels)
    assert not direct(dealer, top, levels)  # the regions of level 2 lie between
    with pytest.raises(ValueError, match="does not refine"):
        compared(dealer, people, Places())


@PURE
@given(targets=st.lists(st.integers(0, 10**6), min_size=4, max_size=4), top=st.lists(st.integers(0, 10**6), min_size=2,
       max_size=2), strays=st.integers(0, 1000))  # fmt: skip
def test_differences_and_parts_make_the_parents(targets, top, strays):
    parent = regions(1, dict(zip("NS", top, strict=True)))
    child = regions(2, dict(zip(LEAVES, targets, strict=True)) | ({"Z": strays} if strays else {}))
    found = compared(parent, child, Places({}, ABOVE))
    assert (found["target"] - found["parts"] == found["difference"]).all()
    assert found["parts"].sum() == child.cells["target"].sum()  # what lies in no region is a row of its own
    assert found["target"].sum() == sum(top)
    assert found["difference"].abs().is_monotonic_decreasing
    assert set(found["state"]) <= {"adds_up", "not_handed_down", "no_parts", "above_target", "no_target"}
    assert (found.loc[found["region"].isna(), "state"] == "no_target").all()


@PURE
@given(amounts=st.lists(st.integers(1000, 10**6), min_size=8, max_size=8), wrong=st.sets(st.integers(0, 3)),
       off=st.floats(0.002, 0.5))  # fmt: skip
def test_only_what_was_changed_is_found(amounts, wrong, off):
    """A plan handed down from dealers' sums, but for the regions whose target was raised."""
    names = [f"D{i}" for i in range(8)]
    low, places = dealers(dict(zip(names, LEAVES * 2, strict=True)), dict(zip(names, amounts, strict=True)))
    sums = {leaf: float(amounts[i] + amounts[i + 4]) for i, leaf in enumerate(LEAVES)}
    raised = {leaf: amount * (1 + off if i in wrong else 1) for i, (leaf, amount) in enumerate(sums.items())}
    found = compared(regions(2, raised), low, places)
    assert set(found.loc[found["state"] != "adds_up", "region"]) == {LEAVES[i] for i in wrong}
    assert found.loc[found["state"] != "adds_up", "share"].tolist() == pytest.approx([off] * len(wrong))


@PURE
@given(st.lists(st.integers(1, 10**6), min_size=7, max_size=7))
def test_differences_add_up_along_the_way_down(amounts):
    """From the top to the bottom it is as much as over every level between."""
    top, middle = amounts[0], dict(zip("NS", amounts[1:3], strict=True))
    company = Level("company", {}, cells(target=[top]))
    one, two = regions(1, middle), regions(2, dict(zip(LEAVES, amounts[3:], strict=True)))
    places = Places({}, ABOVE)
    steps = sum(compared(a, b, places)["difference"].sum() for a, b in ((company, one), (one, two)))
    assert compared(company, two, places)["difference"].sum() == steps


def test_sums_by_region_of_a_level_with_more_than_regions():
    both = Level("region2+category", {"region": 2, "category": 0},
                 cells(region=["N1", "N1", "S1"], category=["a", "b", "a"], target=[1, 2, 4]))  # fmt: skip
    sums = over_regions(both)
    assert sums is not None
    assert (sums.name, dict(zip(sums.cells["region"], sums.cells["target"], strict=True))) == (
        "region2", {"N1": 3.0, "S1": 4.0})  # fmt: skip
    assert over_regions(regions(1, {"N": 1})) is None


# ------------------------------------------------------------------ the question


@pytest.mark.parametrize(("period", "planted"), [("2026-01..2026-06", True), ("2026", True), ("2026-03", True),
                                                 ("2025", False), ("2024-Q3", False)])  # fmt: skip
def test_the_planted_gap_is_found_and_nothing_else(company, demo_home, period, planted):
    truth = json.loads((demo_home / "demo-truth.json").read_text(encoding="utf-8"))["targets"]
    answer = ask(company, "targets.decomposition", company.scope({"period": period}))
    found = answer.frames["open"]
    places = [(level, region) for level, region in zip(found["parent_level"], found["region_id"], strict=True)]
    assert places == ([("region1", truth["gap_region"])] if planted else [])
    if planted:
        assert found["share"].iloc[0] == pytest.approx(truth["gap_share"], abs=0.0005)
        total = company.store.measure(answer.scope, ("target",)).iloc[0, 0]
        handed_down = company.store.measure(answer.scope, ("target",), ("dealer",))["target"].sum()
        assert answer.values["missing"] == pytest.approx(total - handed_down)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(period=st.sampled_from(["2026", "2025", "2026-02", "2026-03-05..2026-05-17"]),
       region=st.sampled_from(["", "South", "Central", "CN-GD", "CN-HA,CN-GD"]),
       category=st.integers(-2, 5))  # fmt: skip
def test_every_pair_of_levels_adds_up_to_what_the_store_says(company, period, region, category):
    names = list(company.store.categories)
    keys = {"period": period, "region": region, "category": names[category] if category >= 0 else ""}
    scope = company.scope(keys)
    answer = ask(company, "targets.decomposition", scope)
    pairs, parts = answer.frames["pairs"], answer.frames["parts"]
    assert pairs["target"].sub(pairs["parts"]).sub(pairs["difference"]).abs().max() < 0.01 or pairs.empty
    for _, pair in pairs.iterrows():
        rows = parts[(parts["parent_level"] == pair["parent_level"]) & (parts["parts_level"] == pair["parts_level"])]
        assert rows["target"].sum() == pytest.approx(pair["target"])
        assert rows["difference"].sum() == pytest.approx(pair["difference"], abs=0.01)
        whole = company.store.measure(scope, ("target",), level=pair["parent_level"]).iloc[0, 0]
        if pair["parent_level"] in company.store.target_levels:
            assert pair["target"] == pytest.approx(whole)


def test_who_may_see_a_region_sees_no_level_above_it(company):
    seen = Entitlement("manager", regions=("South",))
    answer = ask(company, "targets.decomposition", company.scope({}, seen))
    assert "company" not in answer.values["levels"]
    assert "employee" not in answer.values["levels"]
    below = company.store.region_tree
    south = {id for id in below["region_id"] if company.sees_region(seen, id)}
    assert set(answer.frames["parts"]["region_id"].dropna()) <= south
    dealer = company.store.measure(company.scope({"region": "South"}), ("net_sales",), ("dealer",))["dealer_id"].iloc[0]
    one = ask(company, "targets.decomposition", company.scope({}, Entitlement("dealer", dealers=(dealer,))))
    assert one.values["levels"] == ["dealer"]
    assert one.verdict == "insufficient_evidence"


def test_a_company_that_hands_its_target_to_one_dealer_only(tmp_path):
    span = {"scenario": "plan", "period_start": "2026-01-01", "period_end": "2026-01-31", "measure": "net_sales"}
    company = small_company(tmp_path, {
        "dim_region": [{"region_id": "N"}, {"region_id": "S"}],
        "dim_dealer": [{"dealer_id": "D1", "region_id": "N"}, {"dealer_id": "D2"}],
        "fact_target": [span | {"region_id": "N", "target_value": 100}, span | {"region_id": "S", "target_value": 50},
                        span | {"dealer_id": "D1", "target_value": 120}, span | {"dealer_id": "D2", "target_value": 7}],
        "fact_sales": [{"line_id": "1", "line_type": "sale", "dealer_id": "D1", "order_date": "2026-01-05",
                        "net_amount": 1}],
    })  # fmt: skip
    found = ask(company, "targets.decomposition", company.scope({"period": "2026-01"})).frames["open"]
    rows = {row["region_id"]: (row["state"], row["difference"]) for _, row in found.iterrows()}
    assert rows == {"S": ("no_parts", 50.0), "N": ("above_target", -20.0), None: ("no_target", -7.0)}
