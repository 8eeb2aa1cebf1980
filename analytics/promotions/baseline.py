"""What would have been sold: level x own trend x index of the cell's week, fitted on clean weeks, then a local part.

Multiplicative imputation: weeks around promotions are hidden, the rest is fitted by the unbiased estimating equations
of a gamma quasi-likelihood (mean of actual / expected = 1), so that weeks without sales need no logarithm. A unit's
passing shocks are then predicted from its own clean weeks by kriging (best linear prediction for an autoregressive
shock plus noise), which is a kernel-smoothed local ratio whose width the data choose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Matrix = np.ndarray
ROUNDS = 14
SLOPE_SD = 0.30  # a year: trends of dealers are this far apart at most, as a prior
TYPICAL = 10  # weeks that the variance of the typical unit counts for in each unit's own
MEMORIES, SHARES = (0.5, 0.7, 0.85, 0.95), (0.02, 0.12, 0.25, 0.4, 0.6)
FLAT = 100.0  # variance of a level or slope, in units of the noise: as good as unknown
APART = (0.003, 0.01, 0.02, 0.03, 0.045, 0.07, 0.12)  # how far cells may be apart, as shares
DEEP = (0.08, 0.16, 0.30)  # the same for slow differences: promotions are planned into them, so little is borrowed
SLOW = 13.0  # weeks over which a slow difference fades
TURNS = 4  # between the index of a category and those of its cells
LEAST = 0.05  # of its category's index, that a cell's may be
UNKNOWN = 1e4  # variance where no dealer is clean
STUDIED = 60  # units whose likelihood chooses the memory


def years(width: int) -> Matrix:
    """(T,) time in years from the middle of the data."""
    return (np.arange(width) - (width - 1) / 2) / 52


@dataclass(frozen=True)
class Fit:
    """A fitted baseline of one measure."""

    mean: Matrix  # (U, T) level x trend x index, 0 for units without a level
    noise: Matrix  # (U,) variance of actual / mean
    usable: Matrix  # (U,) bool


@dataclass(frozen=True)
class Borrowing:
    """How the index of a cell borrows from its category's: linear in the ratios of the cells, for all replicates."""

    branch: Matrix  # (G,)
    smoother: Matrix | None  # (G, T, T) of how far a cell is apart; None: a first guess, week by week
    known: Matrix | None = None  # (T, T) covariance of how far cells are truly apart

    def index(self, ratio: Matrix, clean: Matrix, weight: Matrix, cell: Matrix) -> Matrix:
        """(G, T) index from the ratios actual / (level x trend) of clean cells."""
        drawn = np.zeros((len(self.branch), ratio.shape[1]))
        for _ in range(TURNS):
            whole, apart, error = self.parts(ratio, clean, weight, cell, drawn)
            drawn = np.maximum(self.drawn(apart, error), LEAST - 1)
        return np.asarray(whole * (1 + drawn))

    def parts(
        self, ratio: Matrix, clean: Matrix, weight: Matrix, cell: Matrix, drawn: Matrix
    ) -> tuple[Matrix, Matrix, Matrix]:
        """(G, T) each: index of the category, how far the cell is apart (0 where nothing is known), its variance.

        drawn: how far the cells were found apart before, so that the category's index is one of like with like in
        weeks in which some cells have no clean dealers.
        """
        cells, branches = len(self.branch), int(self.branch.max(initial=-1)) + 1
        top, bottom = (sums(x * weight[:, None], cell, cells) for x in (ratio * clean, clean))
        whole_top, whole_bottom = (sums(x, self.branch, branches) for x in (top / (1 + drawn), bottom))
        whole = np.divide(whole_top, whole_bottom, out=np.ones_like(whole_top), where=whole_bottom > 0)[self.branch]
        raw = np.divide(top, bottom, out=whole * (1 + drawn), where=bottom > 0)
        apart = np.divide(raw, whole, out=np.ones_like(raw), where=whole > 0) - 1
        return whole, apart, np.divide(1.0, bottom, out=np.full_like(bottom, UNKNOWN), where=bottom > 0)

    def drawn(self, apart: Matrix, error: Matrix) -> Matrix:
        if self.smoother is not None:
            return np.asarray(np.einsum("gts,gs->gt", self.smoother, apart))
        true = max(float((apart**2 - error)[error < UNKNOWN].mean()), 1e-6) if (error < UNKNOWN).any() else 0.0
        return np.asarray(true / (true + error) * apart)


def fit(
    amount: Matrix, clean: Matrix, cell: Matrix, borrowing: Borrowing, start: Fit | None = None
) -> tuple[Fit, tuple[Matrix, Matrix, Matrix]]:
    """Fit the mean of each unit and week on its clean cells; also what the last index was made of (Borrowing.parts).

    amount: (U, T). clean: (U, T) bool. cell: (U,) 0..G-1.
    """
    units, width = amount.shape
    when = years(width)
    count = clean.sum(axis=1)
    mean = np.divide((amount * clean).sum(axis=1), count, out=np.zeros(units), where=count > 0)
    usable = (count >= 8) & (mean > 0)
    level, slope = np.log(np.where(usable, mean, 1.0)), np.zeros(units)
    noise = start.noise if start else np.ones(units)
    clean = clean & usable[:, None]
    drawn = np.zeros((len(borrowing.branch), width))
    for turn in range(ROUNDS):
        own = np.exp(level[:, None] + slope[:, None] * when)
        parts = borrowing.parts(amount / own, clean, 1 / noise, cell, drawn)
        drawn = np.maximum(borrowing.drawn(parts[1], parts[2]), LEAST - 1)
        index = parts[0] * (1 + drawn)
        normal = own * index[cell]  # nothing in a week in which nobody buys: it tells nothing of levels
        off = (np.divide(amount, normal, out=np.ones_like(normal), where=normal > 0) - 1) * clean
        level, slope = _move(level, slope, off, clean, noise, when, trend=turn > 1)
        noise = start.noise if start else _noise(off, clean, usable)
    own = np.exp(level[:, None] + slope[:, None] * when)
    return Fit(own * index[cell] * usable[:, None], noise, usable), parts


def borrow(first: Borrowing, parts: tuple[Matrix, Matrix, Matrix], shock: Shock) -> Borrowing:
    """Choose by likelihood how cells part from their category: slowly, and from week to week; return what follows.

    parts: of a first fit. Errors of an index have the memory of the shocks of its dealers.
    """
    _, apart, error = parts
    width = apart.shape[1]
    distance = np.abs(np.subtract.outer(np.arange(width), np.arange(width)))
    memory = shock.share * shock.memory**distance + (1 - shock.share) * np.eye(width)
    noise = shock.scale * memory * np.sqrt(error[:, :, None] * error[:, None, :])
    slow = np.exp(-distance / SLOW)
    best, smoother, chosen = -np.inf, None, None
    for deep in DEEP:
        for quick in APART:
            known = 0.02**2 + deep**2 * slow + quick**2 * np.eye(width)
            whole = known + noise
            inverse = np.linalg.inv(whole)
            value = -0.5 * (np.einsum("gt,gts,gs->", apart, inverse, apart, optimize=True)
                            + np.linalg.slogdet(whole)[1].sum())  # fmt: skip
            if value > best:
                best, smoother, chosen = value, known @ inverse, known
    return Borrowing(first.branch, smoother, chosen)


def sums(values: Matrix, group: Matrix, groups: int) -> Matrix:
    """(groups, T) sums of the rows of each group."""
    total = np.zeros((groups, values.shape[1]))
    np.add.at(total, group, values)
    return total


def _move(
    level: Matrix, slope: Matrix, off: Matrix, clean: Matrix, noise: Matrix, when: Matrix, *, trend: bool
) -> tuple[Matrix, Matrix]:
    """One weighted least-squares step of level and slope towards a mean ratio of one."""
    n, t, tt = clean.sum(axis=1), clean @ when, clean @ when**2
    r, rt = off.sum(axis=1), off @ when
    n = np.maximum(n, 1)
    if not trend:
        return level + np.clip(r / n, -0.7, 0.7), slope
    tt = tt + noise / SLOPE_SD**2
    rt = rt - noise / SLOPE_SD**2 * slope
    det = n * tt - t * t
    step = (tt * r - t * rt) / det, (n * rt - t * r) / det
    return level + np.clip(step[0], -0.7, 0.7), slope + np.clip(step[1], -0.7, 0.7)


def _noise(off: Matrix, clean: Matrix, usable: Matrix) -> Matrix:
    count = clean.sum(axis=1)
    own = np.divide((off**2).sum(axis=1), np.maximum(count - 2, 1))
    typical = float(np.median(own[usable])) if usable.any() else 1.0
    return np.asarray(np.maximum((own * count + typical * TYPICAL) / (count + TYPICAL), 1e-4))


# ------------------------------------------------------------------ the local part


@dataclass(frozen=True)
class Shock:
    """A unit's passing deviation, in units of its noise: share of the variance, memory from week to week."""

    share: float
    memory: float
    scale: float  # variance over that of Fit.noise

    def covariance(self, width: int) -> tuple[Matrix, Matrix]:
        """(T, T) of level, slope and shock (what can be predicted), and with the noise of single weeks added."""
        apart = np.abs(np.subtract.outer(np.arange(width), np.arange(width)))
        when = years(width)
        known = FLAT + FLAT * np.outer(when, when) + self.share * self.memory**apart
        return known, known + (1 - self.share) * np.eye(width)


def shock(off: Matrix, clean: Matrix, noise: Matrix, seed: int) -> Shock:
    """Choose share and memory of the shocks by the likelihood of some units' clean weeks.

    off: (U, T) actual / mean - 1.
    """
    width = off.shape[1]
    rows = np.flatnonzero(clean.sum(axis=1) >= min(26, max(width // 2, 4)))
    if len(rows) < 5:
        return Shock(0.2, 0.8, 1.0)
    if len(rows) > STUDIED:
        rows = np.random.default_rng(seed).choice(rows, STUDIED, replace=False)
    best, chosen = -np.inf, Shock(0.2, 0.8, 1.0)
    for share in SHARES:
        for memory in MEMORIES:
            _, whole = Shock(share, memory, 1.0).covariance(width)
            inverse, log_det = masked_inverse(whole, clean[rows])
            scaled = off[rows] * clean[rows] / np.sqrt(noise[rows])[:, None]
            square = np.einsum("ut,uts,us->", scaled, inverse, scaled, optimize=True)
            n = clean[rows].sum() - 2 * len(rows)
            value = -0.5 * (n * np.log(square / n) + log_det.sum())
            if value > best:
                best, chosen = value, Shock(share, memory, float(square / n))
    return chosen


def masked_inverse(whole: Matrix, clean: Matrix) -> tuple[Matrix, Matrix]:
    """(U, T, T) inverse of the covariance of each unit's clean weeks, zero elsewhere; (U,) log determinants."""
    both = clean[:, :, None] & clean[:, None, :]
    block = np.where(both, whole, 0.0)
    diagonal = np.arange(clean.shape[1])
    block[:, diagonal, diagonal] += ~clean
    inverse = np.linalg.inv(block)
    log_det = np.linalg.slogdet(block)[1]
    return np.where(both, inverse, 0.0), log_det
