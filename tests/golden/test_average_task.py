"""Worked example 3: a task of 50 million for twenty sales people."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.targets import task_band


def test_average_task_and_its_band():
    tasks = [2_500_000.0] * 16 + [2_000_000.0, 3_000_000.0, 1_999_999.0, 3_000_001.0]
    found = task_band(pd.DataFrame({"task": tasks}))
    assert sum(tasks) == 50_000_000
    assert found["average"].unique().tolist() == [2_500_000.0]
    assert found["low"].unique() == pytest.approx([2_000_000.0])
    assert found["high"].unique() == pytest.approx([3_000_000.0])
    assert found["side"].value_counts().to_dict() == {"within": 18, "below": 1, "above": 1}  # the ends are inside
    assert found.index[:2].tolist() in ([18, 19], [19, 18])  # furthest from the average first


def test_who_has_no_task_does_not_lower_the_average():
    found = task_band(pd.DataFrame({"task": [100.0, 300.0, None, 0.0]}))
    assert found["average"].tolist() == [200.0, 200.0]
    assert found["side"].tolist() == ["below", "above"]
    assert task_band(pd.DataFrame({"task": [None]}, dtype="float64")).empty
    with pytest.raises(ValueError, match="negative"):
        task_band(pd.DataFrame({"task": [1.0]}), width=-0.1)
