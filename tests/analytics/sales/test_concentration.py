"""Concentration against the formulas by hand, and where spans start."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.sales import concentration as c


def test_a_row_belongs_to_the_class_in_which_its_span_starts():
    values = pd.Series([50, 30, 10, 5, 4, 1, 0, -7], index=list("abcdefgh"))
    found = c.classes(values)
    assert found["class"].to_dict() == dict(zip("abcdefgh", "AABBCCCC", strict=True))  # c starts at 80 %, e at 95 %
    assert found.loc["b", "cumulative"] == pytest.approx(0.8)
    assert c.classes(pd.Series([90.0, 10.0]))["class"].tolist() == ["A", "B"]  # the first spans the whole of A
    assert c.classes(pd.Series([100.0]))["class"].tolist() == ["A"]


def test_hhi_and_top_share_by_hand():
    values = pd.Series([60.0, 30.0, 10.0, -50.0, None])
    assert c.hhi(values) == pytest.approx(0.36 + 0.09 + 0.01)
    assert c.top_share(values, 2) == pytest.approx(0.9)
    assert c.top_share(values, 99) == pytest.approx(1)
    assert c.hhi(pd.Series([5.0] * 8)) == pytest.approx(1 / 8)


def test_nothing_positive_has_no_concentration():
    for values in (pd.Series(dtype=float), pd.Series([0.0, -1.0])):
        assert pd.isna(c.hhi(values))
        assert pd.isna(c.top_share(values, 3))
        assert set(c.classes(values)["class"]) <= {"C"}


@given(st.lists(st.integers(-100, 10_000), min_size=1, max_size=40).map(pd.Series))
def test_bounds(values):
    positive = values[values > 0]
    if positive.empty:
        return
    assert 1 / len(positive) - 1e-9 <= c.hhi(values) <= 1 + 1e-9
    found = c.classes(values)
    assert found["share"].sum() == pytest.approx(1)
    assert found["class"].is_monotonic_increasing
    assert found.loc[found["class"] == "A", "share"].sum() >= 0.8 - 1e-9
