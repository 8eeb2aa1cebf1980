"""Shares of few cases, shrunk to what is usual in the network: empirical Bayes with a beta-binomial model.

Each dealer's share is a draw from one beta distribution, fitted to all dealers by maximum likelihood; a dealer with few
cases stays near the network, one with many keeps its own share. Method: Casella, "An Introduction to Empirical Bayes
Data Analysis", The American Statistician 39 (1985); the beta-binomial likelihood: Skellam, JRSS B 10 (1948).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

CERTAINTY = 0.95  # of `at_least`, and of `at_most`
_EDGE = (-12.0, 12.0)  # of the logit of the mean
_PRECISION = (-3.0, 12.0)  # of the logarithm of a + b; at the upper end all dealers share one rate


@dataclass(frozen=True)
class Prior:
    """The network: shares are distributed as Beta(a, b) over dealers."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)


def log_likelihood(prior: Prior, cases: np.ndarray, trials: np.ndarray) -> float:
    """Log likelihood of the counts under a beta-binomial, without the binomial coefficients (they hold no a, b)."""
    from scipy.special import betaln

    return float(np.sum(betaln(cases + prior.a, trials - cases + prior.b) - betaln(prior.a, prior.b)))


def fit(cases: pd.Series, trials: pd.Series) -> Prior | None:
    """The prior of greatest likelihood; None without a dealer that has trials.

    cases, trials: counts of each dealer, 0 <= cases <= trials. Raises ValueError otherwise.
    """
    from scipy.optimize import minimize

    seen = trials > 0
    k, n = cases[seen].to_numpy(dtype=float), trials[seen].to_numpy(dtype=float)
    if (k < 0).any() or (k > n).any():
        raise ValueError("cases must lie between 0 and trials")
    if not len(n):
        return None

    def prior(point: np.ndarray) -> Prior:
        mean, precision = 1 / (1 + np.exp(-point[0])), np.exp(point[1])
        return Prior(float(mean * precision), float((1 - mean) * precision))

    mean = (k.sum() + 0.5) / (n.sum() + 1)
    start = np.array([np.log(mean / (1 - mean)), 2.0])
    best = minimize(lambda point: -log_likelihood(prior(point), k, n), start, method="L-BFGS-B",
                    bounds=[_EDGE, _PRECISION])  # fmt: skip
    return prior(best.x)


def shrunk(prior: Prior, cases: pd.Series, trials: pd.Series) -> pd.DataFrame:
    """What is known of each dealer's share: columns `shrunk` (median of the posterior; without any case that of the
    network), `at_least` and `at_most` (each with CERTAINTY)."""
    from scipy.special import betaincinv

    a, b = prior.a + cases.to_numpy(dtype=float), prior.b + (trials - cases).to_numpy(dtype=float)
    levels = {"shrunk": 0.5, "at_least": 1 - CERTAINTY, "at_most": CERTAINTY}
    return pd.DataFrame({name: betaincinv(a, b, level) for name, level in levels.items()}, index=cases.index)
