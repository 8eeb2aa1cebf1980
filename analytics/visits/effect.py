"""How visits go together with the orders that follow: two-way fixed effects, with a placebo beside them.

Orders of a dealer in a week are modelled as exp(dealer + week + b × visits of the weeks before): a Poisson
pseudo-maximum-likelihood fit (Santos Silva and Tenreyro 2006), consistent for amounts with many zeros. The dealer's own
level takes away that large dealers are visited more, the week that all order more before a festival. The fixed effects
are swept out by alternating weighted projections inside each step of the fit (Correia, Guimarães and Zylkin 2020).
Orders are taken relative to the dealer's own average, so that each dealer counts alike: a few large ones would decide
the estimate otherwise, and no error that is reckoned from so few could be trusted. Errors are those of a jackknife over
dealers (CR3; Bell and McCaffrey 2002) with the quantiles of Student's t for the effective number of dealers (Carter,
Schnepel and Steigerwald 2017); benchmarks/visit_effect.py says how often such bands hold.

The placebo asks the same of visits that are still to come. They cannot have caused the orders; where they "predict"
them, visits follow orders (or both follow something else), and the association must not be read as an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.visits.panel import Matrix, Panel, around

AFTER = (1, 2, 3, 4)  # weeks after a visit in which orders are looked at; the week itself is not: a visit made to
BEFORE = (-1, -2, -3, -4)  # collect an order does not cause it. BEFORE: the placebo
PROFILE = (-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8)  # weeks of the picture
# What a verdict needs [convention of this project].
LEAST_DEALERS = 30  # visited at changing frequency
LEAST_PERIODS = 20
_STEPS, _SWEEPS, _CLOSE = 50, 400, 1e-9


@dataclass(frozen=True)
class Fit:
    """Coefficients (logs), their standard errors by a jackknife over dealers, and for each how many dealers of equal
    weight would know as much (`effective`); `cells` used."""

    coefficients: np.ndarray
    errors: np.ndarray
    effective: np.ndarray
    cells: int
    converged: bool

    def reach(self, position: int, level: float) -> float:
        """How far the band of that level (0.95) reaches to each side of a coefficient."""
        from scipy.special import stdtrit  # heavy: pages that read a stored result open without it

        freedom = max(float(self.effective[position]) - 1, 1.0)
        return float(stdtrit(freedom, 0.5 + level / 2) * self.errors[position])


@dataclass(frozen=True)
class Association:
    """What was found. `terms`: one row a term; `reason`: empty, or why nothing can be said.

    terms: term (`pooled`, `within`, `placebo`, `week` with its lag), lag, log (coefficient), se, then as rates a visit
    (exp(log) - 1): mean, lo-80, hi-80, lo-95, hi-95. reason: `few_dealers`, `few_periods`, `placebo`, `spans_zero`.
    weekly: mean outcome of a cell compared.
    """

    terms: pd.DataFrame
    reason: str
    dealers: int
    periods: int
    visits: int
    weekly: float


def association(
    panel: Panel, *, after: Sequence[int] = AFTER, before: Sequence[int] = BEFORE, profile: Sequence[int] = PROFILE
) -> Association:
    """Relate orders to the visits of the `after` periods before them, within dealer and period.

    `pooled` is the plain comparison of all cells (no fixed effects), shown to say how far it misleads; `within` and
    `placebo` come from one fit. The reason is given by the first of these that holds: fewer than LEAST_PERIODS
    comparable periods, fewer than LEAST_DEALERS dealers whose visits vary; the placebo's 95 % band excludes zero; the
    95 % band of the association spans zero.
    """
    cells = _within_reach(panel, (*after, *before))
    kept = _comparable(panel.outcome, cells)
    visits = around(panel.visits, after)
    most = np.where(kept, visits, -np.inf).max(axis=1, initial=-np.inf)
    varied = most > np.where(kept, visits, np.inf).min(axis=1, initial=np.inf)
    dealers, periods = int(varied.sum()), int(kept.any(axis=0).sum())
    done = int(panel.visits[kept].sum())
    weekly = float(panel.outcome[kept].mean()) if kept.any() else float("nan")
    few = "few_periods" if periods < LEAST_PERIODS else "few_dealers" if dealers < LEAST_DEALERS else ""
    if few:
        return Association(_terms([]), few, dealers, periods, done, weekly)
    pooled = poisson(panel.outcome, visits[None], kept, effects=False)
    own = _relative(panel.outcome, kept)
    both = poisson(own, np.stack([visits, around(panel.visits, before)]), kept)
    rows = [("pooled", 0, pooled, 0), ("within", 0, both, 0), ("placebo", 0, both, 1)]
    around_cells = _comparable(panel.outcome, _within_reach(panel, profile))
    if around_cells.any(axis=0).sum() >= LEAST_PERIODS:
        shape = poisson(
            _relative(panel.outcome, around_cells),
            np.stack([around(panel.visits, (lag,)) for lag in profile]),
            around_cells,
        )
        rows += [("week", lag, shape, position) for position, lag in enumerate(profile)]
    reason = ""
    if abs(both.coefficients[1]) > both.reach(1, 0.95):
        reason = "placebo"
    elif abs(both.coefficients[0]) <= both.reach(0, 0.95):
        reason = "spans_zero"
    return Association(_terms(rows), reason, dealers, periods, done, weekly)


def _terms(rows: list[tuple[str, int, Fit, int]]) -> pd.DataFrame:
    found = []
    for term, lag, fit, position in rows:
        log, se = fit.coefficients[position], fit.errors[position]
        bands = {f"{side}-{level}": np.expm1(log + sign * fit.reach(position, level / 100))
                 for level in (80, 95) for side, sign in (("lo", -1), ("hi", 1))}  # fmt: skip
        found.append({"term": term, "lag": lag, "log": log, "se": se, "mean": np.expm1(log)} | bands)
    columns = ["term", "lag", "log", "se", "mean", "lo-80", "hi-80", "lo-95", "hi-95"]
    return pd.DataFrame(found, columns=columns)


def _within_reach(panel: Panel, lags: Sequence[int]) -> Matrix:
    """Cells whose visits at all the lags lie inside the panel."""
    cells = panel.here.copy()
    cells[:, : max(0, *lags)] = False
    if (reach := max(0, *(-lag for lag in lags))) > 0:
        cells[:, -reach:] = False
    return cells


def _comparable(outcome: Matrix, cells: Matrix) -> Matrix:
    """Without the dealers and periods in which nothing was ordered: they have no level to compare with."""
    kept = cells.copy()
    for _round in range(10):
        ordered = np.where(kept, outcome, 0.0)
        empty = ~((ordered.sum(axis=1) > 0)[:, None] & (ordered.sum(axis=0) > 0)[None, :]) & kept
        if not empty.any():
            break
        kept &= ~empty
    return kept


def _relative(outcome: Matrix, kept: Matrix) -> Matrix:
    """Each dealer's outcome over its average in the cells kept."""
    count = kept.sum(axis=1)
    own = np.where(kept, outcome, 0.0).sum(axis=1) / np.where(count, count, 1)
    return np.asarray(outcome / np.where(own > 0, own, 1.0)[:, None])


def poisson(outcome: Matrix, regressors: Matrix, kept: Matrix, *, effects: bool = True) -> Fit:
    """Poisson pseudo-maximum likelihood of (dealers, periods) on regressors (k, dealers, periods).

    kept: cells used. effects: with a fixed effect for each dealer and each period, else a constant. Dealers or periods
    whose outcome is zero throughout must not be kept. The jackknife leaves the period effects as they are. A regressor
    that does not vary gives a coefficient of zero with an infinite error.
    """
    use = kept.astype(float)
    regressors = regressors * use
    mean = np.where(kept, (outcome + outcome[kept].mean()) / 2, 1.0)
    index = np.log(mean)
    coefficients = np.zeros(len(regressors))
    converged = False
    for _step in range(_STEPS):
        weights = use * mean
        working = np.where(kept, index + (outcome - mean) / mean, 0.0)
        left = _sweep(np.concatenate([working[None], regressors]), weights, use, effects)
        new, _inverse = _solve(left[1:], left[0], weights)
        index = np.where(kept, working - (left[0] - np.tensordot(new, left[1:], axes=1)), 0.0)
        mean = np.where(kept, np.exp(np.clip(index, -50, 50)), 1.0)
        moved = float(np.abs(new - coefficients).max(initial=0.0))
        coefficients = new
        if moved < _CLOSE * 100:
            converged = True
            break
    weights = use * mean
    swept = _sweep(regressors, weights, use, effects)
    _none, inverse = _solve(swept, swept[0] * 0, weights)
    scores = (swept * (use * (outcome - mean))[None]).sum(axis=2).T  # (dealers, k)
    parts = np.einsum("kdp,ldp,dp->dkl", swept, swept, weights, optimize=True)
    clusters = int(kept.any(axis=1).sum())
    # what each coefficient would move if a dealer were left out
    moves = np.einsum("dkl,dl->dk", np.linalg.pinv(parts.sum(axis=0) - parts, hermitian=True), scores)
    errors = np.sqrt((moves**2).sum(axis=0) * (clusters - 1) / max(clusters, 1))
    leverage = np.einsum("kl,dlm,mk->dk", inverse, parts, inverse)
    effective = leverage.sum(axis=0) ** 2 / np.maximum((leverage**2).sum(axis=0), 1e-300)
    known = np.diag(inverse) > 0
    return Fit(coefficients, np.where(known, errors, np.inf), effective, int(kept.sum()), converged)


def _sweep(stack: Matrix, weights: Matrix, use: Matrix, effects: bool) -> Matrix:
    """Take weighted means by dealer and by period out of each matrix, in turns until nothing moves."""
    if not effects:
        return (stack - (stack * weights).sum(axis=(1, 2), keepdims=True) / weights.sum()) * use
    by_dealer, by_period = weights.sum(axis=1), weights.sum(axis=0)
    by_dealer, by_period = np.where(by_dealer > 0, by_dealer, 1.0), np.where(by_period > 0, by_period, 1.0)
    swept = stack.copy()
    scale = np.abs(stack).max(axis=(1, 2)).clip(min=1e-12)
    for _round in range(_SWEEPS):
        own = np.einsum("kdp,dp->kd", swept, weights) / by_dealer
        swept -= own[:, :, None] * use
        common = np.einsum("kdp,dp->kp", swept, weights) / by_period
        swept -= common[:, None, :] * use
        if (np.abs(common).max(axis=1) <= _CLOSE * scale).all():
            break
    before, after = ((part**2 * weights).sum(axis=(1, 2)) for part in (stack, swept))
    swept[after <= 1e-12 * before] = 0.0  # what does not vary within dealers and periods leaves only rounding
    return swept


def _solve(left: Matrix, right: Matrix, weights: Matrix) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares: coefficients and the inverse of the cross products; 0 for what does not vary."""
    cross = np.einsum("kdp,ldp,dp->kl", left, left, weights, optimize=True)
    product = np.einsum("kdp,dp->k", left, right * weights, optimize=True)
    varies = np.diag(cross) > 0
    inverse = np.zeros_like(cross)
    if varies.any():
        inverse[np.ix_(varies, varies)] = np.linalg.pinv(cross[np.ix_(varies, varies)])
    return inverse @ product, inverse
