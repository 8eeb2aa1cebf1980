"""Landings by hand, and what past probabilities were worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analytics.forecasting import landing, reliability


def paths(draws: dict[str, list[list[float]]]) -> pd.DataFrame:
    """Series -> paths -> periods."""
    rows = [
        (name, at, number, y)
        for name, all_paths in draws.items()
        for number, path in enumerate(all_paths)
        for at, y in enumerate(path)
    ]
    return pd.DataFrame(rows, columns=["unique_id", "ds", "path", "y"])


def test_a_landing_by_hand():
    given = paths({"a": [[10.0, 20.0], [20.0, 20.0], [30.0, 20.0], [40.0, 20.0]]})
    out = landing({"a": 100.0}, given, {"a": 150.0}).iloc[0]
    assert out["expected"] == 145.0
    assert out["rest"] == 45.0
    assert out["median"] == 145.0
    assert out["lo-80"] == pytest.approx(np.quantile([130, 140, 150, 160], 0.1))
    assert out["required"] == 50.0
    assert out["required_rate"] == pytest.approx(50 / 45)
    assert out["probability"] == pytest.approx((2 + 0.5) / 5)  # 150 and 160 reach it


def test_the_probability_of_a_normal_landing():
    rng = np.random.default_rng(0)
    given = pd.DataFrame({"unique_id": "a", "ds": 0, "path": np.arange(20_000), "y": rng.normal(50, 10, 20_000)})
    out = landing(0.0, given, 60.0).iloc[0]
    assert out["probability"] == pytest.approx(1 - norm.cdf(1), abs=0.01)
    assert out["hi-95"] == pytest.approx(50 + 10 * norm.ppf(0.975), abs=0.5)


def test_nothing_left_to_come_is_certain():
    given = paths({"hit": [[0.0], [0.0]], "missed": [[0.0], [0.0]]})
    actual = pd.DataFrame({"unique_id": ["hit", "missed"], "y": [10.0, 9.0]})
    out = landing(actual, given, 10.0).set_index("unique_id")
    assert out["probability"].to_dict() == {"hit": 1.0, "missed": 0.0}
    assert np.isnan(out.loc["missed", "required_rate"])


def test_a_series_without_an_actual_is_named():
    with pytest.raises(ValueError, match="no actual to date for b"):
        landing({"a": 1.0}, paths({"a": [[1.0]], "b": [[1.0]]}))


def test_reliability_counts_what_happened():
    out = reliability([0.05, 0.08, 0.95, 1.0], [False, True, True, True], bins=10)
    assert out["count"].tolist() == [2, 2]
    assert out["said"].tolist() == pytest.approx([0.065, 0.975])
    assert out["happened"].tolist() == [0.5, 1.0]
    assert ((out["lo"] <= out["happened"]) & (out["happened"] <= out["hi"])).all()
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability([1.5], [True])
