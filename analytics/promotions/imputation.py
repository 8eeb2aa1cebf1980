"""The baseline of every unit and week, and how far each execution's sum may be off: bootstrap and placebo calendars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.promotions.baseline import Borrowing, Fit, Shock, borrow, fit, masked_inverse, shock, years
from analytics.promotions.effects import MEASURES
from analytics.promotions.executions import LEAD, Executions
from analytics.promotions.panel import Matrix, Panel

CHOSEN = 1.05  # how much wider errors are because variances and memory are estimated, too [qudao bench promotions]
BATCH = 200  # units whose covariances are inverted together
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Imputed:
    """Baselines and the linear forms by which noise becomes error. U units, T weeks, X executions."""

    expected: dict[str, Matrix]  # measure -> (U, T)
    fit: Fit  # of the margin
    shock: Shock
    borrowing: Borrowing
    parts: tuple[Matrix, Matrix, Matrix]
    spread: Matrix  # (U, T) variance of actual / expected in a hidden week, in units of the noise
    form: Matrix  # (X, T) error of the net margin = form . deviations of the unit
    lead: Matrix  # (X, T) held-out weeks before, standardised
    placebo: Matrix  # (n,) standardised errors of windows where nothing was promoted
    inflation: float  # of the variance, by the placebo windows


def impute(panel: Panel, at: Executions, *, placebo: int, seed: int, report: Report) -> Imputed:
    """Fit all measures on the clean weeks; add to units with executions what their own clean weeks say.

    placebo: windows tried per unit at most.
    """
    clean = panel.there & ~at.hidden
    cell = panel.unit["cell"].to_numpy()
    margin = panel.amount["margin"]
    first = Borrowing(panel.cell_branch, None)
    fitted, parts = fit(margin, clean, cell, first)
    passing = shock(_off(margin, fitted), clean & fitted.usable[:, None], fitted.noise, seed)
    report(1, 10)
    borrowing = borrow(first, parts, passing)
    fitted, parts = fit(margin, clean, cell, borrowing, fitted)
    fits = {m: fitted if m == "margin" else fit(panel.amount[m], clean, cell, borrowing)[0] for m in MEASURES}
    report(2, 10)
    expected = {m: f.mean.copy() for m, f in fits.items()}
    form, lead = np.zeros((len(at.unit), panel.shape[1])), np.zeros((len(at.unit), panel.shape[1]))
    spread = np.ones(panel.shape)
    known, whole = passing.covariance(panel.shape[1])
    rng = np.random.default_rng([seed, 1])
    touched = np.unique(at.unit[at.unit >= 0])
    touched = touched[fitted.usable[touched]]
    length = int(np.median(at.last - at.first)) if len(at.first) else 1
    errors = [np.zeros(0)]
    by_unit = np.argsort(at.unit, kind="stable")
    for begin in range(0, len(touched), BATCH):
        rows = touched[begin : begin + BATCH]
        inverse, _ = masked_inverse(whole, clean[rows])
        draw = known @ inverse  # (n, T, T) deviation of each week from those of clean weeks
        for measure, own in fits.items():
            off = _off(panel.amount[measure][rows], own, rows) * clean[rows]
            expected[measure][rows] *= np.maximum(1 + np.einsum("nts,ns->nt", draw, off), 0)
        off = _off(margin[rows], fitted, rows) * clean[rows]
        spread[rows] = np.einsum("tt->t", whole) - np.einsum("nts,ts->nt", draw, known)
        errors.append(_placebo(inverse, off / np.sqrt(fitted.noise[rows])[:, None], clean[rows], length, placebo, rng))
        left, right = np.searchsorted(at.unit[by_unit], [rows[0], rows[-1]], side="left")
        right = np.searchsorted(at.unit[by_unit], rows[-1], side="right")
        for x in by_unit[left:right]:
            n = int(np.searchsorted(rows, at.unit[x]))
            if n < len(rows) and rows[n] == at.unit[x]:
                form[x], lead[x] = _forms(at, x, inverse[n], draw[n], fitted.mean[rows[n]], clean[rows[n]],
                                          passing.memory)  # fmt: skip
        report(2 + round(4 * min((begin + BATCH) / max(len(touched), 1), 1)), 10)
    tried = np.concatenate(errors)
    inflation = float(np.mean(tried**2)) if len(tried) >= 50 else passing.scale
    return Imputed(expected, fitted, passing, borrowing, parts, spread, form, lead, tried, inflation)


def _off(amount: Matrix, fitted: Fit, rows: Matrix | slice = slice(None)) -> Matrix:
    mean = fitted.mean[rows]
    return np.divide(amount, mean, out=np.ones(amount.shape), where=mean > 0) - 1


def _forms(
    at: Executions, x: int, inverse: Matrix, draw: Matrix, mean: Matrix, clean: Matrix, memory: float
) -> tuple[Matrix, Matrix]:
    """(T,) how the unit's deviations enter the error of an execution's net margin, and its held-out lead."""
    own = at.owner[at.unit[x]] == x
    form = np.where(own, mean, 0.0) - (mean * own) @ draw
    weeks = np.arange(len(mean))
    shape = np.where((weeks <= at.start[x] + LEAD[1]) & (weeks >= at.start[x] + LEAD[0]) & clean,
                     memory ** np.abs(at.start[x] + LEAD[1] - weeks), 0.0)  # fmt: skip
    lead = shape @ inverse
    size = float(lead @ shape)
    return form, lead / np.sqrt(size) if size > 1e-12 else lead * 0


def _placebo(inverse: Matrix, off: Matrix, clean: Matrix, length: int, most: int, rng: np.random.Generator) -> Matrix:
    """Standardised errors of the sums over windows that hold no promotion, each predicted without itself."""
    width = clean.shape[1]
    if length >= width:
        return np.zeros(0)
    runs = np.lib.stride_tricks.sliding_window_view(clean, length, axis=1).all(axis=2)  # (n, starts)
    unit, start = np.nonzero(runs)
    if not len(unit):
        return np.zeros(0)
    kept = rng.permutation(len(unit))[: most * 4]
    unit, start = unit[kept], start[kept]
    weeks = start[:, None] + np.arange(length)
    block = inverse[unit[:, None, None], weeks[:, :, None], weeks[:, None, :]]
    forced = np.einsum("kls,ks->kl", inverse[unit[:, None], weeks], off[unit])
    both = np.linalg.solve(block, np.stack([forced, np.ones_like(forced)], axis=2)).sum(axis=1)
    return np.asarray(both[:, 0] / np.sqrt(both[:, 1]))


def replicate(
    panel: Panel, at: Executions, imputed: Imputed, count: int, seed: int, report: Report
) -> tuple[Matrix, Matrix, Matrix]:
    """Noise drawn anew through the whole estimate: (X, count) errors of the net margin, (X, count) leads, (G, T)
    variance of the index.

    Parametric bootstrap: shocks and noise of every unit as fitted, the index and the local part estimated from them.
    """
    units, width = panel.shape
    clean = panel.there & ~at.hidden & imputed.fit.usable[:, None]
    cell = panel.unit["cell"].to_numpy()
    share, memory = imputed.shock.share, imputed.shock.memory
    size = np.sqrt(imputed.fit.noise * imputed.inflation)[:, None]
    when = years(width)
    n = np.maximum(clean.sum(axis=1), 1)
    t = clean @ when / n
    tt = np.maximum(clean @ when**2 - n * t**2, 1e-9)
    errors, leads = np.zeros((len(at.unit), count)), np.zeros((len(at.unit), count))
    variance = np.zeros((len(panel.cell_branch), width))
    placed = at.unit >= 0
    own = at.unit[placed]
    scale = np.sqrt(imputed.fit.noise[own] * imputed.inflation)
    known = imputed.borrowing.known
    root = np.linalg.cholesky(known + 1e-9 * np.eye(width)) if known is not None else np.zeros((width, width))
    seen = drawn = 0.0
    for number in range(count):
        rng = np.random.default_rng([seed, 2, number])
        apart = rng.standard_normal((len(panel.cell_branch), width)) @ root.T  # what an index that borrows may miss
        noise = _drawn(rng, units, width, share, memory)
        off = noise * size + apart[cell]
        mean = (off * clean).sum(axis=1) / n
        slope = ((off * clean) @ when - n * mean * t) / tt
        plain = off - mean[:, None] - slope[:, None] * (when - t[:, None])
        index = imputed.borrowing.index(1 + plain, clean, 1 / imputed.fit.noise, cell) - 1
        variance += index**2 / count
        left = off - index[cell]
        seen += (((plain - index[cell]) * clean / size) ** 2).sum()
        drawn += ((noise * clean) ** 2).sum()
        errors[placed, number] = np.einsum("xt,xt->x", imputed.form[placed], left[own])
        leads[placed, number] = np.einsum("xt,xt->x", imputed.lead[placed], left[own] * clean[own]) / scale
        if number % 10 == 9:
            report(6 + round(4 * (number + 1) / count), 10)
    # clean weeks helped to make the index that they are compared with: they look quieter than hidden weeks are
    wider = CHOSEN / max(np.sqrt(seen / drawn), 0.5) if drawn else CHOSEN
    return errors * wider, leads * wider, variance * wider**2


def _drawn(rng: np.random.Generator, units: int, width: int, share: float, memory: float) -> Matrix:
    """(U, T) unit variance: a passing shock plus noise."""
    noise = rng.standard_normal((units, width)) * np.sqrt(1 - share)
    steps = rng.standard_normal((units, width))
    steps[:, 1:] *= np.sqrt(1 - memory**2)
    for week in range(1, width):
        steps[:, week] += memory * steps[:, week - 1]
    return noise + np.sqrt(share) * steps
