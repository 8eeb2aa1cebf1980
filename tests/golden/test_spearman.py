"""Worked example 2: Spearman's rank correlation by hand, and by an independent library."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.targets import spearman

RANKS = (1, 2, 6, 7, 4, 3, 5, 8, 9, 12, 10, 11)  # against 1..12


def agreement(x, y):
    return spearman(pd.DataFrame({"x": x, "y": y}, dtype="float64"))


def test_twelve_ranks_of_the_book():
    """Rank 1 is the largest, so the values are the ranks turned round."""
    found = agreement([-rank for rank in range(1, 13)], [-rank for rank in RANKS])
    assert found.ranks["rank_y"].tolist() == list(RANKS)
    assert found.squares == 38
    assert found.rho == pytest.approx(1 - 6 * 38 / (12 * 143))
    assert round(found.rho, 3) == 0.867
    assert found.ranks["difference"].tolist() == [x - y for x, y in zip(range(1, 13), RANKS, strict=True)]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=5, max_size=20))
def test_ties_share_the_average_as_scipy_has_it(pairs):
    x, y = zip(*pairs, strict=True)
    found = agreement(x, y)
    assert found.ranks["rank_x"].sum() == pytest.approx(len(x) * (len(x) + 1) / 2)
    if len({*x}) == 1 or len({*y}) == 1:
        assert math.isnan(found.rho)
        return
    assert found.rho == pytest.approx(stats.spearmanr(x, y).statistic)
    assert 0 < found.p <= 1
    assert found.ranks["rank_x"].tolist() == stats.rankdata([-v for v in x]).tolist()


@pytest.mark.parametrize(("n", "critical"), [(5, 1.0), (6, 0.886), (7, 0.786), (8, 0.738), (10, 0.648), (12, 0.587)])
def test_critical_values_are_those_of_the_tables(n, critical):
    """Zar 1972, two-sided 5 %; up to eight exactly, above from random orders."""
    found = agreement(range(n), range(n))
    assert found.critical == pytest.approx(critical, abs=0.0006 if n <= 8 else 0.02)
    assert found.p == pytest.approx(2 / math.factorial(n), abs=1e-4)


def test_p_of_a_small_sample_counts_every_order():
    y = [2, 1, 4, 3, 6, 5]
    plain = stats.permutation_test((y,), lambda v: stats.spearmanr(range(6), v).statistic, permutation_type="pairings",
                                   n_resamples=np.inf).pvalue  # fmt: skip
    assert agreement(range(6), y).p == pytest.approx(plain)


def test_the_same_rows_give_the_same_answer_every_time():
    y = np.random.default_rng(1).permutation(30)
    assert agreement(range(30), y).p == agreement(range(30), y).p


def test_four_rows_are_too_few_and_a_missing_value_is_no_row():
    with pytest.raises(ValueError, match="4 rows"):
        agreement([1, 2, 3, 4, 5], [1, 2, 3, 4, None])
    with pytest.raises(ValueError, match="lacks"):
        spearman(pd.DataFrame({"x": [1.0]}))
