"""What measured executions say about response: a likelihood in the return of each cell and the saturation of each type.

The net margin of an execution with spend s and intensity x = s / baseline margin is taken as
theta * s * (x_type + K) / (x + K) + error: theta, of its cell, is the margin per unit of spend at the usual intensity
x_type of its type, and K, of its type, the intensity at which half of the attainable is reached. In other words a
curve a * x / (x + K) times the baseline, with the parameters turned so that they hardly depend on each other. Errors
are those of the measurement: a few shocks common to many executions, and one of its own for each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

SATURATION = np.linspace(
    -2.4, 2.4, 17
)  # log(K / usual intensity): the current spend yields 8 to 92 % of the attainable
WIDEST = 20.0  # an intensity farther from the usual one than this factor is a fault of the baseline
MOST_SHOCKS = 12
EDGE = 1.15  # how far beyond the largest eigenvalue of pure noise a common shock must lie
FEWEST_REPLICATES = 20  # for a covariance
LEAST_ERROR = 0.05  # of the spend of an execution: nothing is measured better, and chains must be able to move
SHARED = (0.7, 5.0)  # variance of the sum of a cell against that of independent executions


@dataclass(frozen=True)
class Evidence:
    """Sufficient statistics of cells at each value of SATURATION, given the scores f ~ N(0, I) of the shocks.

    The log likelihood is the sum over cells of (q - h f) theta - p theta^2 / 2, less f' gram f / 2, plus v f. Shapes:
    p, q (cells, values), h (cells, values, shocks), gram (shocks, shocks), v (shocks,); kind, region (cells,) codes.
    """

    p: Array
    q: Array
    h: Array
    gram: Array
    v: Array
    kind: Array
    region: Array


def usual_intensity(spend: Array, baseline: Array, kind: Array, kinds: int) -> tuple[Array, Array]:
    """Intensity of each execution and the usual one of its type (geometric mean by spend), both (executions,).

    Where the baseline is missing or not positive the execution counts as usual.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(spend / baseline)
    known = np.isfinite(log)
    middle = float(np.average(log[known], weights=spend[known])) if known.any() else 0.0
    weight = np.bincount(kind[known], spend[known], minlength=kinds)
    total = np.bincount(kind[known], spend[known] * log[known], minlength=kinds)
    usual = np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), middle)[kind]
    log = np.where(known, log, usual)
    return np.exp(np.clip(log, usual - np.log(WIDEST), usual + np.log(WIDEST))), np.exp(usual)


def earned(spend: Array, intensity: Array, usual: Array, multiplier: float = 1.0) -> Array:
    """Margin of executions per unit of theta, spend scaled: (executions, values of SATURATION)."""
    k = usual[:, None] * np.exp(SATURATION)
    return np.asarray(multiplier * spend[:, None] * (usual[:, None] + k) / (multiplier * intensity[:, None] + k))


def shocks(errors: Array) -> tuple[Array, Array, Array]:
    """Split of errors: loadings of common shocks (executions, shocks), own variances (executions,), and the errors
    without the shocks (executions, replicates).

    Principal components whose eigenvalue is beyond what pure noise of that size shows (Marchenko and Pastur 1967).
    """
    n, replicates = errors.shape
    centred = errors - errors.mean(axis=1, keepdims=True)
    sd = centred.std(axis=1)
    if replicates < FEWEST_REPLICATES or n < 3 or not sd.any():
        return np.zeros((n, 0)), sd**2, centred
    left, singular, right = np.linalg.svd(centred / np.where(sd > 0, sd, 1.0)[:, None], full_matrices=False)
    values, ratio = singular**2 / replicates, n / replicates
    count = min(int((values > EDGE * (1 + np.sqrt(ratio)) ** 2).sum()), MOST_SHOCKS)
    found = values[:count]
    # that of a shock is too large in a sample (Baik and Silverstein 2006): found = true (1 + ratio / (true - 1))
    b = found + 1 - ratio
    true = (b + np.sqrt(np.maximum(b**2 - 4 * found, 0))) / 2
    loadings = sd[:, None] * left[:, :count] * np.sqrt(true - 1)
    rest = centred - sd[:, None] * (left[:, :count] * singular[:count]) @ right[:count]
    return loadings, np.maximum(sd**2 - (loadings**2).sum(axis=1), 0.1 * sd**2), rest


def gather(
    net: Array, spend: Array, intensity: Array, usual: Array, errors: Array, cell: Array, kind: Array, region: Array
) -> Evidence:
    """The evidence of measured executions.

    net, spend, intensity, usual, cell: (executions,), cell a code; errors (executions, replicates); kind, region:
    codes of each cell (cells,).
    """
    cells = len(kind)
    loadings, own, rest = shocks(errors)
    own = np.maximum(own, (LEAST_ERROR * spend) ** 2)
    if errors.shape[1] >= FEWEST_REPLICATES:
        # what executions of one cell share beyond the common shocks (their dealers, say) shows in the error of its sum
        total = np.zeros((cells, errors.shape[1]))
        np.add.at(total, cell, rest)
        alone = np.bincount(cell, rest.var(axis=1), minlength=cells)
        own = own * np.clip(total.var(axis=1) / np.where(alone > 0, alone, np.inf), *SHARED)[cell]
    design = earned(spend, intensity, usual)
    own = own + _scatter(net, spend, design[:, len(SATURATION) // 2], cell, cells, own, loadings) * spend**2
    p, q = np.zeros((2, cells, len(SATURATION)))
    h = np.zeros((*p.shape, loadings.shape[1]))
    np.add.at(p, cell, design**2 / own[:, None])
    np.add.at(q, cell, design * (net / own)[:, None])
    np.add.at(h, cell, design[:, :, None] * (loadings / own[:, None])[:, None, :])
    return Evidence(p, q, h, loadings.T @ (loadings / own[:, None]), loadings.T @ (net / own), kind, region)


def _scatter(net: Array, spend: Array, curve: Array, cell: Array, cells: int, own: Array, loadings: Array) -> float:
    """Variance of the return from execution to execution of a cell beyond the errors, by moments around a curve."""
    height = np.bincount(cell, curve, minlength=cells)
    height = np.where(height > 0, height, 1.0)

    def within(values: Array) -> Array:
        return np.asarray(values - (np.bincount(cell, values, minlength=cells) / height)[cell] * curve)

    count = np.bincount(cell, minlength=cells)[cell]
    many = count >= 4
    if many.sum() < 20:
        return 0.0
    expected = own + sum(within(shock) ** 2 for shock in loadings.T)
    excess = ((within(net) ** 2 * count / np.maximum(count - 1, 1) - expected) / spend**2)[many]
    return max(float(np.mean(np.minimum(excess, np.quantile(excess, 0.98)))), 0.0)
