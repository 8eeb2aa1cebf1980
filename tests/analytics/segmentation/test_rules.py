"""Rules put each dealer where its numbers say, and say how near the next group is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.segmentation.rules import QUADRANTS, STAGES, Thresholds, growth_share, life_cycle, recency_frequency

nan = float("nan")
CUTS = Thresholds(a_up_to=0.8, b_up_to=0.95, large=1, grows=0, growing=0.1, declining=-0.1, new_days=365,
                  dormant_days=90, lost_days=365)  # fmt: skip


def stages(*rows, cuts=None):
    frame = pd.DataFrame(rows, columns=["recency", "tenure_days", "growth"], dtype=float)
    return life_cycle(frame, cuts or CUTS)


def test_stages_and_their_borders():
    found = stages((366, 900, 0.5), (365, 900, 0.5), (91, 900, 0.5), (90, 900, 0.5), (3, 364, 0.5), (3, 365, nan),
                   (3, 365, 0.10), (3, 900, 0.0999), (3, 900, -0.0999), (3, 900, -0.10))  # fmt: skip
    assert found["segment"].tolist() == ["lost", "dormant", "dormant", "growing", "new", "mature", "growing", "mature",
                                         "mature", "declining"]  # fmt: skip


def test_what_is_not_known_makes_nobody_new():
    found = stages((3, nan, nan), (3, nan, 0.5), (3, 900, nan))
    assert found["segment"].tolist() == ["mature", "growing", "mature"]
    assert found["next"].isna().tolist() == [True, False, True]


def test_what_a_stage_is_nearest_to():
    found = stages((3, 900, 0.30), (3, 900, 0.08), (3, 900, -0.07), (3, 900, -0.25), (100, 900, 0), (400, 900, 0))
    assert found["next"].fillna("-").tolist() == ["mature", "growing", "declining", "mature", "lost", "-"]
    assert found["gap"].round(4).fillna(-1).tolist() == [0.2, 0.02, 0.03, 0.15, round(265 / 365, 4), -1]


def test_thresholds_may_differ_from_dealer_to_dealer():
    cuts = replace(CUTS, dormant_days=pd.Series([90.0, 120.0]), growing=pd.Series([0.1, 0.3]))
    assert stages((100, 900, 0), (100, 900, 0), cuts=cuts)["segment"].tolist() == ["dormant", "mature"]
    assert stages((1, 900, 0.2), (1, 900, 0.2), cuts=cuts)["segment"].tolist() == ["growing", "mature"]


def test_quadrants_by_hand():
    """Mean of the four that bought is 100; the fifth bought nothing, the sixth has no year before."""
    frame = pd.DataFrame({"net_sales": [150, 130, 90, 30, 0, 100.0], "growth": [0.02, -0.35, 0.4, -0.01, -1, nan]})
    found = growth_share(frame, CUTS)
    assert found["segment"].fillna("-").tolist() == ["large_growing", "large_slowing", "small_growing",
                                                     "small_slowing", "-", "-"]  # fmt: skip
    assert found["size"].round(2).tolist() == [1.5, 1.3, 0.9, 0.3, 0.0, 1.0]
    assert found["next"].fillna("-").tolist() == ["large_slowing", "small_slowing", "large_growing", "small_growing",
                                                  "-", "-"]  # fmt: skip
    assert found["gap"].round(2).fillna(-1).tolist() == [0.02, 0.3, 0.1, 0.01, -1, -1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 800), st.integers(0, 2000), st.one_of(st.none(), st.floats(-1, 3))),
                min_size=1, max_size=30))  # fmt: skip
def test_every_dealer_has_one_stage_and_moving_past_the_gap_changes_it(rows):
    frame = pd.DataFrame(rows, columns=["recency", "tenure_days", "growth"]).astype(float)
    found = life_cycle(frame, CUTS)
    assert found["segment"].isin(STAGES).all()
    turning = found["segment"].isin(["growing", "mature", "declining"]) & frame["growth"].notna()
    up = (found["segment"] == "declining") | ((found["segment"] == "mature") & (found["next"] == "growing"))
    step = (found["gap"] + 1e-6) * np.where(up, 1, -1)
    moved = life_cycle(frame.assign(growth=frame["growth"] + step), CUTS)
    assert (moved.loc[turning, "segment"] == found.loc[turning, "next"]).all()


@pytest.mark.parametrize(
    ("r", "f", "m", "group"),
    [
        (5, 5, 5, "champions"), (4, 4, 4, "champions"), (3, 5, 5, "loyal"), (4, 3, 4, "loyal"), (5, 3, 2, "loyal"),
        (2, 5, 5, "at_risk"), (1, 3, 3, "at_risk"), (5, 1, 2, "recent"), (3, 2, 2, "passing"), (1, 1, 1, "hibernating"),
    ],
)  # fmt: skip
def test_rfm_groups(r, f, m, group):
    found = recency_frequency(pd.DataFrame({"r_score": [r, nan], "f_score": [f, 3], "m_score": [m, 3]}))
    assert found["segment"].iloc[0] == group
    assert pd.isna(found["segment"].iloc[1])


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="growth"):
        life_cycle(pd.DataFrame({"recency": [1], "tenure_days": [1]}), CUTS)
    assert set(QUADRANTS) == {"large_growing", "large_slowing", "small_growing", "small_slowing"}
