"""Every dealer of either day is in exactly one flow."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.segmentation.migration import ABSENT, agreement, flows, moved_share, moves

groups = st.dictionaries(st.sampled_from([f"D{i}" for i in range(12)]), st.sampled_from(["a", "b", None]), max_size=12)


@given(groups, groups)
def test_flows_add_up_to_the_groups_of_either_day(before, after):
    first, second = pd.Series(before, dtype="object"), pd.Series(after, dtype="object")
    frame = moves(first, second)
    assert set(frame["dealer_id"]) == set(before) | set(after)
    table = flows(frame, pd.Series(2.5, index=list(after)))
    assert table["dealers"].sum() == len(set(before) | set(after))
    assert table["net_sales"].sum() == pytest.approx(2.5 * len(after))
    for side, given_ in (("before", before), ("after", after)):
        counted = table.groupby(side)["dealers"].sum()
        for group in ("a", "b"):
            assert counted.get(group, 0) == sum(value == group for value in given_.values())


def test_moved_counts_only_those_with_a_group_on_both_days():
    before = pd.Series({"x": "a", "y": "a", "z": "b", "new": None})
    after = pd.Series({"x": "a", "y": "b", "z": "b", "late": "a"})
    assert moved_share(before, after) == pytest.approx(1 / 3)
    assert moved_share(before, pd.Series(dtype="object")) != moved_share(before, after)
    frame = moves(before, after).set_index("dealer_id")
    assert frame.loc["new", "before"] == ABSENT
    assert not frame.loc["x", "moved"]
    assert frame.loc["y", "moved"]


def test_agreement_does_not_mind_names():
    one = pd.Series({"x": "a", "y": "a", "z": "b", "w": "b"})
    assert agreement(one, one.map({"a": "q", "b": "p"})) == 1.0
    assert agreement(one, pd.Series({"x": "a", "y": "b", "z": "a", "w": "b"})) == pytest.approx(-0.5)
