"""Worked example 10: one of ten outlets with half the market: numeric 10 %, weighted 50 %."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.visits.distribution import distribution, last_checks, launches, shelf_prices

DAY = dt.date(2026, 6, 30)


def check(outlet, present, *, product="P1", day=DAY, weight=None, **more):
    return {"outlet_id": outlet, "product_id": product, "check_date": day, "is_present": present,
            "outlet_weight": weight} | more  # fmt: skip


def test_the_worked_example():
    checks = pd.DataFrame([check(i, i == 0, weight=90.0 if i == 0 else 10.0) for i in range(10)])
    found = distribution(last_checks(checks, DAY)).iloc[0]
    assert (found["numeric"], found["weighted"]) == (pytest.approx(0.10), pytest.approx(0.50))
    assert (found["outlets"], found["checked"], found["carrying"]) == (10, 10, 1)


def test_the_last_check_within_the_window_counts():
    checks = pd.DataFrame([
        check("A", False, day=DAY - dt.timedelta(40)), check("A", True, day=DAY),  # on the day itself: counts
        check("B", True, day=DAY - dt.timedelta(5)), check("B", False, day=DAY + dt.timedelta(1)),  # later: does not
        check("C", True, day=DAY - dt.timedelta(89)), check("D", True, day=DAY - dt.timedelta(90)),  # just in, just out
    ])  # fmt: skip
    last = last_checks(checks, DAY, 90)
    assert dict(zip(last["outlet_id"], last["is_present"], strict=True)) == {"A": True, "B": True, "C": True}


def test_outlets_without_a_weight_are_in_the_numeric_distribution_alone():
    checks = pd.DataFrame([check("A", True, weight=3.0), check("B", False, weight=1.0), check("C", False)])
    found = distribution(checks).iloc[0]
    assert (found["numeric"], found["weighted"]) == (pytest.approx(1 / 3), pytest.approx(0.75))
    assert distribution(checks.drop(columns="outlet_weight")).iloc[0].isna()["weighted"]


def test_a_launch_is_followed_by_month():
    start = dt.date(2026, 1, 1)
    days = [("A", 10, False), ("B", 20, True), ("A", 45, True), ("C", 50, True), ("A", 5 - 10, True)]
    checks = pd.DataFrame([check(o, there, day=start + dt.timedelta(day)) for o, day, there in days])
    launched = pd.DataFrame({"product_id": ["P1"], "launched_date": [start]})
    found = launches(checks, launched, DAY)
    assert list(found["month"]) == [1, 2]  # the check before the launch is none of it
    assert list(found["numeric"]) == [pytest.approx(0.5), pytest.approx(1.0)]
    assert list(found["outlets"]) == [2, 3]
    assert list(launches(checks, launched, start + dt.timedelta(15))["month"]) == [1]


def test_shelf_prices_against_list():
    checks = pd.DataFrame([check(i, True, shelf_price=price, list_price=100.0)
                           for i, price in enumerate((90.0, 100.0, 120.0, None, 130.0, 110.0))])  # fmt: skip
    found = shelf_prices(checks).iloc[0]
    assert (found["prices"], found["gap"]) == (5, pytest.approx(0.10))
    assert (found["below"], found["above"]) == (pytest.approx(0.2), pytest.approx(0.6))  # at list: neither


CHECKS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("PQ"), st.booleans(), st.integers(0, 120)), min_size=1)


@given(CHECKS)
def test_groups_add_up_to_the_whole(given_checks):
    checks = pd.DataFrame([check(o, there, product=p, day=DAY - dt.timedelta(days=d), weight=o + 1.0)
                           for o, p, there, d in given_checks])  # fmt: skip
    last = last_checks(checks, DAY)
    whole, parts = distribution(last), distribution(last, ("product_id",))
    if last.empty:
        assert whole.empty
        return
    for column in ("checked", "carrying"):
        assert whole[column].iloc[0] == parts[column].sum()
    assert whole["numeric"].between(0, 1).all()
    # brute force: walk through the checks in order of time, the later one of an outlet and product wins
    newest = {}
    for row in sorted(checks.to_dict("records"), key=lambda row: row["check_date"]):
        if row["check_date"] > DAY - dt.timedelta(90):
            newest[row["outlet_id"], row["product_id"]] = row["is_present"]
    assert whole["checked"].iloc[0] == len(newest)
    wider = last_checks(checks, DAY, 200)
    assert len(wider) >= len(last)
