"""The association of visits with orders: against dense dummies, planted effects, and where it must be refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.visits.effect import association, poisson
from analytics.visits.panel import Panel, around, panel


def simulated(dealers=80, weeks=60, effect=0.05, *, seed=1, orders_draw_visits=0.0, mean=40.0):
    """Orders with dealer sizes, a season and the effect of the visits of four weeks; big dealers are visited more."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(0, 1, dealers))
    season = np.exp(0.3 * np.sin(np.arange(weeks) / 8))
    wanted = np.exp(rng.normal(0, 0.3, (dealers, weeks)))  # known to the sales person, not to us
    lead = np.roll(wanted, 1, axis=1) ** orders_draw_visits
    visits = rng.poisson(0.4 * (size / size.mean())[:, None] ** 0.6 * lead).astype(float)
    level = mean * size[:, None] * season * (wanted if orders_draw_visits else 1.0)
    outcome = rng.poisson(level * (1 + effect) ** around(visits, range(1, 5))).astype(float)
    names = tuple(f"D{i}" for i in range(dealers))
    return Panel(names, pd.RangeIndex(weeks), outcome, visits, np.ones((dealers, weeks), dtype=bool))


def by_dummies(outcome, regressors, kept):
    """Coefficients of a Poisson fit with a dummy a dealer and a period, all of them in one dense matrix."""
    row, column = np.nonzero(kept)
    dealers, periods = pd.factorize(row)[0], pd.factorize(column)[0]
    x = np.column_stack([*(r[kept] for r in regressors), np.eye(dealers.max() + 1)[dealers],
                         np.eye(periods.max() + 1)[periods][:, 1:]])  # fmt: skip
    y = outcome[kept]
    eta = np.log(y + y.mean())
    for _step in range(12):
        mu = np.exp(eta)
        weighted = x * mu[:, None]
        beta = np.linalg.solve(weighted.T @ x, weighted.T @ (eta + (y - mu) / mu))
        eta = x @ beta
    return beta[: len(regressors)]


def test_equals_poisson_with_dummies_and_a_jackknife_over_dealers():
    data = simulated(36, 12, mean=8.0)
    kept = np.random.default_rng(3).random(data.outcome.shape) < 0.8  # an unbalanced panel
    regressors = np.stack([around(data.visits, (1, 2)), around(data.visits, (-1,))])
    kept &= (np.where(kept, data.outcome, 0).sum(1) > 0)[:, None]
    found = poisson(data.outcome, regressors, kept)
    beta = by_dummies(data.outcome, regressors, kept)
    assert found.converged
    assert found.coefficients == pytest.approx(beta, abs=1e-7)
    assert found.cells == kept.sum()
    there = np.flatnonzero(kept.any(axis=1))
    without = np.array([by_dummies(data.outcome, regressors, kept & (np.arange(36) != d)[:, None]) for d in there])
    errors = np.sqrt(((without - beta) ** 2).sum(axis=0) * (len(there) - 1) / len(there))
    assert found.errors == pytest.approx(errors, rel=0.2)  # ours leaves the period effects as they are
    assert (found.effective > 1).all()
    assert (found.effective <= len(there)).all()


def test_bands_use_students_t_for_few_effective_dealers():
    data = simulated(24, 18)
    found = poisson(data.outcome, data.visits[None], np.ones_like(data.here))
    assert found.reach(0, 0.95) > 1.96 * found.errors[0]
    assert found.reach(0, 0.80) < found.reach(0, 0.95)


def test_a_constant_alone_fits_the_rate():
    """Without fixed effects and with one yes/no regressor the coefficient is the log ratio of two means."""
    data = simulated(20, 20)
    yes = data.visits > 0
    found = poisson(data.outcome, yes[None].astype(float), np.ones_like(yes), effects=False)
    ratio = data.outcome[yes].mean() / data.outcome[~yes].mean()
    assert found.coefficients[0] == pytest.approx(np.log(ratio), abs=1e-7)


def test_what_does_not_vary_has_no_finite_error():
    data = simulated(20, 20)
    found = poisson(data.outcome, np.ones((1, 20, 20)), np.ones((20, 20), dtype=bool))
    assert (found.coefficients[0], found.errors[0]) == (0.0, np.inf)


@pytest.mark.parametrize("effect", [0.05, -0.03])
def test_a_planted_effect_is_recovered_and_the_plain_comparison_misleads(effect):
    found = association(simulated(effect=effect))
    terms = found.terms.set_index("term")
    assert found.reason == ""
    assert terms.loc["within", "lo-95"] < effect < terms.loc["within", "hi-95"]
    assert terms.loc["placebo", "lo-95"] < 0 < terms.loc["placebo", "hi-95"]
    assert terms.loc["pooled", "lo-95"] > abs(effect)
    weeks = terms.loc["week"].set_index("lag")["mean"]
    assert weeks.loc[1:4].mean() == pytest.approx(effect, abs=0.015)
    assert weeks.loc[[-4, -3, -2, -1, 5, 6, 7, 8]].mean() == pytest.approx(0, abs=0.01)


def test_visits_that_follow_orders_are_refused():
    """The sales person goes where next week's demand is: without any effect, visits and orders go together."""
    found = association(simulated(effect=0.0, orders_draw_visits=2.0, seed=2))
    assert found.reason == "placebo"


def test_no_effect_is_seldom_called_one():
    """By chance about one in twenty, as the 95 % band says."""
    reasons = [association(simulated(effect=0.0, seed=seed), profile=(0,)).reason for seed in range(20)]
    assert reasons.count("spans_zero") >= 15
    assert reasons.count("") <= 3


def test_too_little_is_refused_without_an_estimate():
    few = association(simulated(12, 60))
    short = association(simulated(60, 20))
    assert (few.reason, short.reason) == ("few_dealers", "few_periods")
    assert few.terms.empty
    steady = simulated(60, 60)
    flat = Panel(steady.dealers, steady.periods, steady.outcome, np.ones_like(steady.visits), steady.here)
    assert association(flat).reason == "few_dealers"  # nobody's visits change
    nothing = panel(pd.DataFrame(columns=["dealer_id", "period", "outcome", "visits"]), pd.RangeIndex(0))
    assert association(nothing).reason == "few_periods"


def test_cells_of_whoever_is_away_are_not_compared():
    rows = pd.DataFrame({"dealer_id": "A", "period": [2, 4, 9, 11], "outcome": 1.0, "visits": 0})
    more = pd.DataFrame({"dealer_id": ["A", "B"], "period": [6, 3], "outcome": 0.0, "visits": [1, 2]})
    found = panel(pd.concat([rows, more]), pd.RangeIndex(14), absent=4)
    assert found.here[0].nonzero()[0].tolist() == [2, 3, 4, 9, 10, 11]  # the gap of five periods is an absence
    assert not found.here[1].any()  # never ordered
    assert found.visits[1, 3] == 2
    assert panel(rows, pd.RangeIndex(14), absent=None).here.all()


def test_around_sums_visits_before_and_after():
    visits = np.array([[1.0, 2, 4, 8]])
    assert around(visits, (1, 2)).tolist() == [[0, 1, 3, 6]]
    assert around(visits, (-1,)).tolist() == [[2, 4, 8, 0]]
    assert around(visits, (0, 9)).tolist() == visits.tolist()


def test_real_sales_calls_are_refused(real_data):
    """1,000 customers, 23 months: the plain comparison overstates, and future calls "predict" orders as well."""
    counts = pd.read_parquet(real_data / "visits" / "detailing_counts.parquet")
    counts["period"] = counts.groupby("id").cumcount()
    rows = counts.rename(columns={"id": "dealer_id", "scripts": "outcome", "detailing": "visits"})
    data = panel(rows, pd.RangeIndex(23), absent=None)
    for after, before in (((1,), (-1,)), ((1,), (-2,))):
        found = association(data, after=after, before=before, profile=(0,))
        terms = found.terms.set_index("term")
        assert found.reason == "placebo"
        assert 0.02 < terms.loc["within", "log"] < 0.04
        assert terms.loc["pooled", "log"] > 2 * terms.loc["within", "log"]
        assert terms.loc["placebo", "lo-95"] > 0
