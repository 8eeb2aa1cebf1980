"""Empirical Bayes: the fit against scipy's likelihood on a grid, and what is known of a share against simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, betabinom

from analytics.integrity.shrinkage import CERTAINTY, Prior, fit, shrunk


def drawn(prior: Prior, dealers: int, seed: int = 0) -> tuple[pd.Series, pd.Series]:
    """Counts of dealers whose shares follow the prior: cases, trials."""
    rng = np.random.default_rng(seed)
    trials = rng.integers(1, 80, dealers)
    return pd.Series(rng.binomial(trials, rng.beta(prior.a, prior.b, dealers))), pd.Series(trials)


def test_the_fit_is_the_maximum_of_the_likelihood_on_a_grid() -> None:
    cases, trials = drawn(Prior(0.6, 20.0), 400)
    found = fit(cases, trials)
    assert found is not None

    def likelihood(a: float, b: float) -> float:
        return float(betabinom.logpmf(cases, trials, a, b).sum())

    best = likelihood(found.a, found.b)
    for a in found.a * np.geomspace(0.5, 2, 15):
        for b in found.b * np.geomspace(0.5, 2, 15):
            assert likelihood(a, b) <= best + 1e-6


def test_the_fit_finds_what_made_the_data() -> None:
    cases, trials = drawn(Prior(2.0, 30.0), 4000)
    found = fit(cases, trials)
    assert found is not None
    assert found.mean == pytest.approx(2 / 32, rel=0.05)
    assert found.a + found.b == pytest.approx(32, rel=0.2)


def test_what_is_at_least_so_much_is_so_in_so_many_cases() -> None:
    rng = np.random.default_rng(3)
    prior = Prior(0.5, 12.0)
    share = rng.beta(prior.a, prior.b, 20_000)
    trials = rng.integers(1, 60, len(share))
    known = shrunk(prior, pd.Series(rng.binomial(trials, share)), pd.Series(trials))
    assert np.mean(share >= known["at_least"]) == pytest.approx(CERTAINTY, abs=0.01)
    assert np.mean(share <= known["at_most"]) == pytest.approx(CERTAINTY, abs=0.01)


@settings(max_examples=50, deadline=None)
@given(cases=st.integers(0, 40), more=st.integers(0, 40), a=st.floats(0.05, 5), b=st.floats(0.5, 50))
def test_a_share_moves_from_the_network_to_its_own(cases: int, more: int, a: float, b: float) -> None:
    prior, trials = Prior(a, b), cases + more
    row = shrunk(prior, pd.Series([cases, 0]), pd.Series([trials, 0])).iloc
    assert row[1]["shrunk"] == pytest.approx(beta.ppf(0.5, a, b), abs=1e-9)  # nothing known: the network's median
    assert row[0]["at_least"] <= row[0]["shrunk"] <= row[0]["at_most"]
    many = shrunk(prior, pd.Series([cases * 100_000]), pd.Series([trials * 100_000])).iloc[0]
    if cases:
        assert many["shrunk"] == pytest.approx(cases / trials, abs=0.01)


def test_few_cases_stay_near_the_network_and_many_do_not() -> None:
    prior = Prior(0.2, 13.0)
    known = shrunk(prior, pd.Series([2, 20]), pd.Series([8, 80]))  # the same quarter of the deliveries
    assert known["at_least"][0] < 0.05 < 0.15 < known["at_least"][1]


def test_degenerate_networks() -> None:
    assert fit(pd.Series([], dtype=float), pd.Series([], dtype=float)) is None
    assert fit(pd.Series([0, 0]), pd.Series([0, 0])) is None
    clean = fit(pd.Series([0, 0, 0]), pd.Series([50, 40, 60]))
    assert clean is not None
    assert clean.mean < 0.01
    alike = fit(pd.Series([10] * 30), pd.Series([100] * 30))  # less spread than chance: one rate for all
    assert alike is not None
    assert alike.mean == pytest.approx(0.1, abs=0.005)
    with pytest.raises(ValueError, match="between"):
        fit(pd.Series([3]), pd.Series([2]))
