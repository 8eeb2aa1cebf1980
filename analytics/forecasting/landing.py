"""Where a month, quarter or year lands: what is booked plus paths of the rest, against the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from analytics.frames import require

Amounts: TypeAlias = pd.DataFrame | Mapping[str, float] | float


def landing(
    actual_to_date: Amounts, paths: pd.DataFrame, target: Amounts | None = None, *, levels: Sequence[int] = (80, 95)
) -> pd.DataFrame:
    """Landing of each series of `paths` (`unique_id, ds, path, y`: the periods that are still to come).

    `actual_to_date` and `target`: a frame `unique_id, y` (`unique_id, target`), a mapping, or one number for all.
    Columns: unique_id; actual; rest (expected, money); expected landing; median; lo-/hi-<level>; target; probability of
    reaching the target (share of the paths, ties count as reached; 0 or 1 exactly only when nothing is left to come);
    required (money still missing, not below 0); required_rate (required / expected rest: 1.2 asks for 20 % more than is
    expected; NaN when nothing is expected). Raises ValueError on missing columns and on a series without an amount.
    """
    require(paths, ("unique_id", "path", "y"), what="forecasting: landing")
    rest = paths.groupby(["unique_id", "path"], observed=True)["y"].sum().unstack("path")
    if rest.isna().to_numpy().any():
        raise ValueError("forecasting: some series lack paths that others have")
    rest.index = rest.index.astype(str)
    booked = _amounts(actual_to_date, rest.index, "y", "actual to date")
    draws = rest.to_numpy(np.float64) + booked[:, None]
    out = pd.DataFrame({
        "unique_id": rest.index, "actual": booked, "rest": draws.mean(axis=1) - booked,
        "expected": draws.mean(axis=1), "median": np.median(draws, axis=1),
    })  # fmt: skip
    for level in levels:
        out[f"lo-{level}"], out[f"hi-{level}"] = np.quantile(draws, [0.5 - level / 200, 0.5 + level / 200], axis=1)
    if target is not None:
        goal = _amounts(target, rest.index, "target", "target")
        hits, count = (draws >= goal[:, None]).sum(axis=1), draws.shape[1]
        certain = draws.max(axis=1) == draws.min(axis=1)
        out["target"] = goal
        out["probability"] = np.where(certain, hits / count, (hits + 0.5) / (count + 1))
        out["required"] = np.maximum(goal - booked, 0.0)
        expected = out["rest"].where(out["rest"] > 0)
        out["required_rate"] = out["required"] / expected
    return out


def reliability(probabilities: Sequence[float], hits: Sequence[bool], *, bins: int = 10) -> pd.DataFrame:
    """Whether what was said to be likely happened as often: one row a bin that holds anything.

    Columns: said (mean probability), happened (share of hits), count, and the Wilson 90 % limits lo, hi of happened.
    Raises ValueError on unequal lengths or probabilities outside 0..1.
    """
    p, hit = np.asarray(probabilities, dtype=np.float64), np.asarray(hits, dtype=np.float64)
    if len(p) != len(hit):
        raise ValueError("forecasting: as many probabilities as outcomes")
    if len(p) and not ((p >= 0) & (p <= 1)).all():
        raise ValueError("forecasting: a probability lies between 0 and 1")
    frame = pd.DataFrame({"said": p, "happened": hit, "bin": np.minimum((p * bins).astype(int), bins - 1)})
    table = frame.groupby("bin").agg(
        said=("said", "mean"), happened=("happened", "mean"), count=("happened", "size")
    )  # fmt: skip
    z2 = 1.6448536269514722**2
    n, share = table["count"], table["happened"]
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return table.assign(lo=(centre - half).clip(0, 1), hi=(centre + half).clip(0, 1)).reset_index(drop=True)


def _amounts(given: Amounts, ids: pd.Index, column: str, what: str) -> np.ndarray:
    """The amount of every series."""
    if isinstance(given, pd.DataFrame):
        require(given, ("unique_id", column), what=f"forecasting: {what}")
        given = dict(zip(given["unique_id"].astype(str), given[column].astype(float), strict=True))
    if isinstance(given, Mapping):
        if missing := [name for name in ids if name not in given]:
            raise ValueError(f"forecasting: no {what} for {', '.join(missing[:3])}")
        return np.array([float(given[name]) for name in ids])
    return np.full(len(ids), float(given))
