"""The BG/NBD model of repeat purchases: how often a customer buys, and whether it still is one.

Fader, Hardie and Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2): while alive a customer
buys at a Poisson rate that is gamma distributed over customers (r, alpha), and after each purchase it drops out with a
chance that is beta distributed (a, b). Where the data show no dropout (the chance tends to 0) the model says so and
answers as an NBD model without dropout: everybody is alive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics.frames import require
from analytics.segmentation.rfm import Array

NEEDED = ("x", "t_x", "T")
STARTS = tuple(product((0.3, 2.0), (0.3, 3.0), ((0.5, 2.0), (1.0, 20.0))))  # r, alpha in mean ages, (a, b)
LARGEST = np.log(1e5)  # bound of log parameters, alpha in mean ages; beyond it a mixing distribution is a point
LEAST_GAIN = 3.0  # log-likelihood that dropout must add to an NBD: chi-squared with 2 degrees of freedom at 5 %
LEAST_DROPOUT = 1e-3  # mean chance after a purchase below which there is none to speak of


@dataclass(frozen=True)
class BgNbd:
    """A fitted model; times in the unit of the summary that it was fitted to.

    verdict: `ok`; `no_dropout` (a is 0 and b infinite; r and alpha are of the NBD model; P(alive) is 1 by assumption,
    not by evidence); `boundary` (a parameter ran away: `reason` tells whether answers can be used). reason, a code:
    `` | `dropout_not_supported` | `equal_rates` (customers buy at one rate; usable) | `equal_dropout` (all have one
    chance to drop out; usable) | `no_repeat_purchases` (nothing to learn from: answers are NaN) | `not_converged`.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    converged: bool = True
    verdict: str = "ok"
    reason: str = ""

    def probability_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Array:
        """Chance that a customer with x repeat purchases, the last at age t_x, has not dropped out by age T.

        Arrays that broadcast; 1 for x = 0, as dropping out follows a purchase. Raises ValueError on bad rows.
        """
        x, t_x, T = _checked(x, t_x, T)
        if self.a == 0 or np.isnan(self.r):
            return np.ones_like(x) if self.a == 0 else np.full_like(x, np.nan)
        return 1 / (1 + self._odds_lost(x, t_x, T))

    def expected_purchases(self, t: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Array:
        """Expected purchases in (T, T + t] of a customer with that history (equation 10 of the paper)."""
        from scipy.special import hyp2f1  # heavy: pages that read stored results open without it

        x, t_x, T = _checked(x, t_x, T)
        t, r, alpha, a, b = _ahead(t), self.r, self.alpha, self.a, self.b
        if a == 0:
            return (r + x) / (alpha + T) * t
        if abs(a - 1) < 1e-5:  # a removable singularity: the mean of both sides
            sides = [BgNbd(r, alpha, 1 + d, b, self.log_likelihood) for d in (-2e-5, 2e-5)]
            return np.asarray(sum(side.expected_purchases(t, x, t_x, T) for side in sides) / 2)
        left = (alpha + T) / (alpha + T + t)
        series = left ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
        return np.asarray((a + b + x - 1) / (a - 1) * (1 - series) / (1 + self._odds_lost(x, t_x, T)))

    def probability_no_purchase(self, t: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Array:
        """Chance of no purchase in (T, T + t]: dropped out, or alive and silent; the rate of one that is alive is
        gamma distributed with r + x and alpha + T."""
        x, t_x, T = _checked(x, t_x, T)
        silent = ((self.alpha + T) / (self.alpha + T + _ahead(t))) ** (self.r + x)
        alive = self.probability_alive(x, t_x, T)
        return np.asarray(1 - alive + alive * silent)

    def _odds_lost(self, x: Array, t_x: Array, T: Array) -> Array:
        ratio = np.exp((self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + t_x)))
        return np.where(x > 0, self.a / (self.b + np.maximum(x, 1) - 1) * ratio, 0.0)


def log_likelihood(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, r: float, alpha: float, a: float, b: float
) -> Array:  # fmt: skip
    """Log-likelihood of each customer (equation 6 of the paper). Raises ValueError on bad rows."""
    from scipy.special import betaln, gammaln

    x, t_x, T = _checked(x, t_x, T)
    lost = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    alive = -(r + x) * np.log(alpha + T)
    both = np.where(x > 0, np.logaddexp(alive, lost), alive)
    return np.asarray(gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b) + both)


def fit_bgnbd(summary: pd.DataFrame) -> BgNbd:
    """Maximum-likelihood estimates; one row of `summary` a customer.

    summary: x (repeat purchases), t_x (age at the last, 0 for x = 0), T (age), ages from the first purchase in one
    unit. Equal rows are counted once, ages are scaled to a mean of 1, parameters are logged, the gradient is exact,
    and the best of several starts counts. Dropout stays in the model when it adds LEAST_GAIN to the log-likelihood of
    an NBD and happens in LEAST_DROPOUT of purchases. Raises ValueError when a column is missing, when there are no
    rows, and on bad rows (missing, negative, t_x > T, t_x against x), which it names.
    """
    require(summary, NEEDED, what="summary")
    if summary.empty:
        raise ValueError("summary: no customers")
    _checked(summary["x"], summary["t_x"], summary["T"], summary.index)
    rows = summary[list(NEEDED)].astype(float).value_counts()
    x, t_x, T = (rows.index.get_level_values(name).to_numpy(float) for name in NEEDED)
    weight, nan = rows.to_numpy(float), float("nan")
    if x.sum() == 0:
        return BgNbd(nan, nan, nan, nan, nan, False, "boundary", "no_repeat_purchases")
    unit = float(np.average(T, weights=weight))
    scaled, shift = (x, t_x / unit, T / unit, weight), float(np.log(unit) * (weight * x).sum())
    full, good = _best(_bgnbd, [np.log([r, alpha, *ab]) for r, alpha, ab in STARTS], scaled)
    nbd, fine = _best(_nbd, [np.log([r, alpha]) for r, alpha in product((0.3, 2.0), (0.3, 3.0))], scaled)
    top, plain = -_bgnbd(full, *scaled)[0], -_nbd(nbd, *scaled)[0]
    r, alpha, a, b = np.exp(full)
    if top - plain < LEAST_GAIN or a / (a + b) < LEAST_DROPOUT:
        r, alpha = np.exp(nbd)
        return BgNbd(
            float(r), float(alpha * unit), 0.0, float("inf"), float(plain - shift), fine, "no_dropout",
            "dropout_not_supported",
        )  # fmt: skip
    reason = "" if good else "not_converged"
    for name, large in (("equal_dropout", full[2:]), ("equal_rates", full[:2])):
        if large.max() > LARGEST - 0.1:
            reason = name
    return BgNbd(float(r), float(alpha * unit), float(a), float(b), float(top - shift), good,
                 "boundary" if reason else "ok", reason)  # fmt: skip


def _best(loss: Callable[..., tuple[float, Array]], starts: list[Array], data: tuple[Array, ...]) -> tuple[Array, bool]:
    """The lowest of several minima, and whether the optimiser calls it one."""
    from scipy.optimize import minimize

    ends = [
        minimize(loss, start, args=data, jac=True, method="L-BFGS-B", bounds=[(-LARGEST, LARGEST)] * len(start),
                 options={"maxiter": 2000, "ftol": 1e-14, "gtol": 1e-8})
        for start in starts
    ]  # fmt: skip
    best = min(ends, key=lambda end: float(end.fun))
    # the line search may give up within rounding of the minimum: a small gradient inside the bounds will do
    inside = np.abs(best.x) < LARGEST - 1e-6
    return best.x, bool(best.success or np.abs(best.jac[inside]).max(initial=0) < 1e-3)


def _bgnbd(theta: Array, x: Array, t_x: Array, T: Array, weight: Array) -> tuple[float, Array]:
    """Minus the log-likelihood and its gradient by log r, log alpha, log a, log b."""
    from scipy.special import expit, psi

    r, alpha, a, b = np.exp(theta)
    value = (weight * log_likelihood(x, t_x, T, r, alpha, a, b)).sum()
    more = b + np.maximum(x, 1) - 1
    tilt = np.log(a) - np.log(more) + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    lost = np.where(x > 0, expit(tilt), 0.0)
    both = psi(a + b) - psi(a + b + x)
    by_r = psi(r + x) - psi(r) + np.log(alpha) - (1 - lost) * np.log(alpha + T) - lost * np.log(alpha + t_x)
    by_alpha = r / alpha - (r + x) * ((1 - lost) / (alpha + T) + lost / (alpha + t_x))
    by_b = both + psi(b + x) - psi(b) - lost / more
    slopes = np.array([(weight * slope).sum() for slope in (by_r, by_alpha, both + lost / a, by_b)])
    return -value, -slopes * np.exp(theta)


def _nbd(theta: Array, x: Array, t_x: Array, T: Array, weight: Array) -> tuple[float, Array]:
    """The same without dropout, by log r and log alpha."""
    from scipy.special import gammaln, psi

    r, alpha = np.exp(theta)
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + T)
    by_r = psi(r + x) - psi(r) + np.log(alpha) - np.log(alpha + T)
    by_alpha = r / alpha - (r + x) / (alpha + T)
    slopes = np.array([(weight * by_r).sum(), (weight * by_alpha).sum()])
    return -float((weight * value).sum()), -slopes * np.exp(theta)


def _ahead(t: ArrayLike) -> Array:
    times = np.asarray(t, dtype=float)
    if not (times >= 0).all():
        raise ValueError("t must not be missing or negative")
    return times


def _checked(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, names: pd.Index | None = None
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The three as float arrays of one shape; ValueError naming the rows that cannot be."""
    x, t_x, T = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (x, t_x, T)))
    good = (x >= 0) & (t_x >= 0) & (t_x <= T) & np.isfinite(x) & np.isfinite(T) & ((x > 0) | (t_x == 0))
    if not good.all():
        at = np.flatnonzero(~good.ravel())
        shown = ", ".join(str(names[i] if names is not None else i) for i in at[:10])
        raise ValueError(
            f"{len(at)} bad rows ({shown}{', ...' if len(at) > 10 else ''}): x, t_x and T must be there and not "
            "negative, t_x not above T, and 0 where x is 0"
        )
    return x, t_x, T
