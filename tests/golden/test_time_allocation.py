"""Worked example 13: a person's hours of 10/60/10/20 against the norm of 30/30/20/20 deviate by 0.30."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.visits.allocation import NORM, allocation

ACTIVITIES = list(NORM)
HOURS = st.lists(st.floats(0, 1000), min_size=4, max_size=4).filter(lambda hours: sum(hours) > 1e-3)


def rows(hours):
    return pd.DataFrame({"employee_id": "E1", "activity": ACTIVITIES, "hours": hours})


def test_the_worked_example():
    found = allocation(rows([10, 60, 10, 20]), "employee_id").iloc[0]
    assert found["deviation"] == pytest.approx(0.30)
    assert list(found[ACTIVITIES]) == pytest.approx([0.1, 0.6, 0.1, 0.2])
    assert found["hours"] == 100
    assert allocation(rows([30, 30, 20, 20])).iloc[0]["deviation"] == pytest.approx(0)


def test_hours_without_a_known_activity_are_left_out():
    more = pd.concat([rows([3, 3, 2, 2]), pd.DataFrame({"activity": [None, "lunch", "new"], "hours": [5, 5, None]})])
    assert allocation(more).iloc[0]["hours"] == 10
    assert allocation(rows([0, 0, 0, 0])).empty


@given(HOURS)
def test_the_deviation_is_the_time_that_would_have_to_move(hours):
    found = allocation(rows(hours)).iloc[0]
    assert found[ACTIVITIES].sum() == pytest.approx(1)
    above = sum(max(found[id] - share, 0) for id, share in NORM.items())
    assert found["deviation"] == pytest.approx(above)
    assert 0 <= found["deviation"] <= 0.8 + 1e-9  # all time in planning, or on the telephone
