"""Who is under-served, and whom to call: the rules on hand-made dealers."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.visits.frequency import calls, frequency

DAY = dt.date(2026, 6, 30)  # a Tuesday: Friday of next week is 10 July


def dealer(id, visits, sales, *, owner="E1", value_class="A", known=True):
    return {"dealer_id": id, "employee_id": owner, "value_class": value_class, "sales": sales, "visits": visits,
            "known": known}  # fmt: skip


def test_the_norm_is_the_median_of_the_class_and_both_readings_must_agree():
    rows = [dealer("left", 2, 500.0), dealer("usual", 12, 300.0), dealer("spoilt", 30, 100.0),
            dealer("new", 1, 50.0, known=False), dealer("small", 1, 10.0, value_class="C"),
            dealer("largest", 30, 9000.0, owner="E2"), dealer("orphan", 1, 5.0, owner=None)]  # fmt: skip
    found = frequency(pd.DataFrame(rows), months=6).set_index("dealer_id")
    assert found.loc["usual", "norm"] == pytest.approx(2.0)  # the median of 1/6, 2/6, 12/6, 30/6, 30/6
    assert found.loc["small", "norm"] == pytest.approx(1 / 6)
    assert found["served"].to_dict() == {
        "left": "under", "usual": "norm", "spoilt": "over", "new": "", "small": "norm",
        "largest": "norm",  # 5 a month against 2, but it is all that its owner sells
        "orphan": "under",  # without an owner the class alone decides
    }  # fmt: skip
    shares = found[found["employee_id"] == "E1"][["sales_share", "visit_share"]].sum()
    assert shares.tolist() == pytest.approx([1.0, 1.0])


def test_of_no_dealers_nothing_is_told():
    nobody = pd.DataFrame(columns=["dealer_id", "employee_id", "value_class", "sales", "visits", "known"])
    assert frequency(nobody, 6.0).empty


def test_a_class_that_nobody_visits_judges_nobody():
    found = frequency(pd.DataFrame([dealer("a", 0, 5.0), dealer("b", 0, 3.0)]), months=6)
    assert (found["served"] == "").all()


def caller(id, last, *, norm=2.0, monthly=100.0, last_order="2026-06-29", gap=7.0):
    return {"dealer_id": id, "employee_id": "E1", "monthly_sales": monthly, "norm": norm, "last_visit": last,
            "last_order": last_order, "usual_gap": gap}  # fmt: skip


def test_the_call_list_of_hand_made_dealers():
    rows = [
        caller("fresh", "2026-06-29"),  # 11 days by Friday, one every 15.2: not due
        caller("due", "2026-06-25"),  # 15 days: not yet 15.2
        caller("over", "2026-06-24", monthly=50.0),  # 16 days: due
        caller("never", None, monthly=20.0),  # counts three intervals
        caller("weekly", "2026-07-01", norm=30.0),  # at least seven days lie between two visits
        caller("rare", "2026-04-10", norm=0.0, monthly=10.0),  # 91 days: every dealer once a quarter
        caller("gone", "2026-01-01", monthly=0.0),  # nothing at stake
        caller("silent", "2026-06-01", last_order="2026-06-15", monthly=30.0),  # 15 days without an order, usually 7
    ]
    found = calls(pd.DataFrame(rows), DAY).set_index("dealer_id")
    assert list(found.index) == ["weekly", "silent", "never", "over", "rare"]
    assert found.loc["over", "overdue"] == pytest.approx(16 / (365.25 / 24))
    assert found.loc["never", "overdue"] == 3
    assert np.isnan(found.loc["never", "days"])
    assert (found.loc["rare", "interval"], found.loc["weekly", "interval"]) == (91, 7)
    assert found.loc["silent", "silent_days"] == 15
    assert found.drop("silent")["silent_days"].isna().all()


@given(st.lists(st.tuples(st.integers(0, 200), st.floats(0.0, 5), st.floats(0, 1e6)), min_size=1, max_size=20))
def test_the_list_is_ranked_and_longer_waiting_never_leaves_it(rows):
    frame = pd.DataFrame([caller(f"D{i}", DAY - dt.timedelta(days), norm=norm, monthly=money)
                          for i, (days, norm, money) in enumerate(rows)])  # fmt: skip
    found = calls(frame, DAY)
    assert found["urgency"].is_monotonic_decreasing
    assert (found["overdue"].between(1, 3)).all()
    later = calls(frame, DAY + dt.timedelta(7))
    assert set(found["dealer_id"]) <= set(later["dealer_id"])
