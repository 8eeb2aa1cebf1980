"""Do two orders agree? Spearman's rank correlation with the evidence for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd

from analytics.frames import require

LEAST = 5  # with four, even a perfect agreement comes about by chance once in twelve times (2 / 4!)
LEVEL = 0.05  # two-sided
EXACT = 8  # up to so many, every one of the n! orders is looked at
DRAWS = 19_999  # random orders above that
_SEED = 20260630  # the same answer every time


@dataclass(frozen=True)
class Agreement:
    """Agreement of two orders of `n` items.

    ranks: the rows with `rank_x`, `rank_y` (1 = largest; ties share the average of their places), `difference`
    (rank_x − rank_y: positive where y stands higher than x) and `squared`. rho: the coefficient, NaN where one side
    does not vary. squares: sum of the squared differences. p: share of random orders that agree or disagree at least
    as much (two-sided). critical: the smallest |rho| that is rarer than LEVEL among random orders; NaN where none is.
    """

    ranks: pd.DataFrame
    n: int
    rho: float
    squares: float
    p: float
    critical: float


def spearman(frame: pd.DataFrame) -> Agreement:
    """Compare the orders of columns `x` and `y`; rows where one is missing are left out.

    Without ties rho = 1 − 6·Σd² / (n·(n² − 1)); with ties the product-moment correlation of the average ranks, which
    is the same where there are none (Spearman 1904; Kendall, Rank Correlation Methods). p and critical value come from
    permutations of the ranks: all of them up to EXACT items, DRAWS random ones with a fixed seed above (the observed
    order counts as one: Phipson and Smyth 2010). Raises ValueError for missing columns or fewer than LEAST rows.
    """
    require(frame, ("x", "y"), what="spearman")
    rows = frame[frame["x"].notna() & frame["y"].notna()].copy()
    n = len(rows)
    if n < LEAST:
        raise ValueError(f"spearman: {n} rows, at least {LEAST} are needed")
    rows["rank_x"] = rows["x"].rank(ascending=False, method="average")
    rows["rank_y"] = rows["y"].rank(ascending=False, method="average")
    rows["difference"] = rows["rank_x"] - rows["rank_y"]
    rows["squared"] = rows["difference"] ** 2
    squares = float(rows["squared"].sum())
    x, y = _standard(rows["rank_x"].to_numpy(float)), _standard(rows["rank_y"].to_numpy(float))
    if x is None or y is None:
        return Agreement(rows, n, float("nan"), squares, float("nan"), float("nan"))
    rho = float(x @ y)
    others = np.sort(np.abs(np.concatenate([part @ x for part in _orders(y)])))
    beyond = len(others) - int(np.searchsorted(others, abs(rho) - 1e-9))
    observed = 0 if n <= EXACT else 1  # among all orders it is there already
    p = (beyond + observed) / (len(others) + observed)
    return Agreement(rows, n, rho, squares, p, _critical(others))


def _standard(ranks: np.ndarray) -> np.ndarray | None:
    """Ranks around zero with a sum of squares of one, so that a product of two is their correlation."""
    centred = ranks - ranks.mean()
    length = float(np.sqrt(centred @ centred))
    return centred / length if length else None


def _orders(values: np.ndarray) -> Iterator[np.ndarray]:
    """Orders of the values, (rows, n), in parts that stay small."""
    n = len(values)
    if n <= EXACT:
        yield values[np.array(list(permutations(range(n))))]
        return
    random, part = np.random.default_rng(_SEED), max(1, 2_000_000 // n)
    for start in range(0, DRAWS, part):
        rows = min(part, DRAWS - start)
        yield random.permuted(np.tile(values, (rows, 1)), axis=1)


def _critical(others: np.ndarray) -> float:
    """The smallest value that at most LEVEL of the values reach; NaN where even the largest is more common."""
    values, counts = np.unique(np.round(others, 9), return_counts=True)
    reached = counts[::-1].cumsum()[::-1] / len(others)
    rare = values[reached <= LEVEL]
    return float(rare[0]) if len(rare) else float("nan")
