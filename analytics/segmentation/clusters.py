"""Groups of dealers learned from the data, and only where the data hold such groups.

A candidate (kind of mixture, number of groups) is shipped when it describes the data better than one normal
distribution (BIC), when there is a valley between any two of its groups, when none of them is tiny, and when it comes
out again from resampled dealers: the adjusted Rand index between its labels and those of fits to bootstrap samples is
.90 or more on average (Hennig, Cluster-wise assessment of cluster stability, 2007). Of those that are, the one with
the best BIC. Where none is, everybody is in one group and the verdict says so: stability alone would ship a cut
through the middle of any longish cloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from analytics.segmentation import mixture as mixtures
from analytics.segmentation.mixture import Mixture
from analytics.segmentation.naming import Driver, drivers_of, plain_names
from analytics.segmentation.ruler import Ruler, ruler

METHODS = ("auto", "gmm", "kmeans")
STABLE = 0.90  # least mean adjusted Rand index over the bootstrap samples
BOOTSTRAPS = 20
VALLEY = 0.90  # highest floor of a valley, as a share of the lower of the two peaks beside it
MOST_GROUPS = 8
SMALLEST = 0.02  # share of the dealers that a group must hold, and ...
FEWEST_IN_GROUP = 5
FEWEST = 40  # dealers below which no group is looked for
MOST_FITTED = 2000  # dealers that models are chosen on; more only take time

Verdict = Literal["stable", "no_stable_groups", "too_few"]


@dataclass(frozen=True)
class Segmentation:
    """Groups of dealers, and how far to trust them.

    labels: group of each dealer (0 = largest by the first column), on the index of the features; all 0 without stable
    groups. names: group -> plain words. drivers: group -> what sets it apart, strongest first. stability: mean
    adjusted Rand index over bootstrap samples of what was shipped, or of the best that was not (NaN: none came so
    far). candidates: what was tried: kind, groups, bic, valley, smallest (share), stability, reason (empty: shipped).
    chances: (dealers × groups) probability of each group.
    """

    labels: pd.Series
    names: Mapping[int, str]
    drivers: Mapping[int, tuple[Driver, ...]]
    stability: float
    verdict: Verdict
    candidates: pd.DataFrame
    chances: pd.DataFrame
    ruler: Ruler
    mixture: Mixture | None

    @property
    def count(self) -> int:
        return len(self.names)

    def assign(self, features: pd.DataFrame) -> pd.DataFrame:
        """Groups of other features (an earlier month, a new dealer) by the same ruler: group, probability, next (the
        second likeliest group), next_probability; on the index of the features."""
        chances = _chances(self.mixture, self.ruler, features)
        return nearest(chances)


def nearest(chances: pd.DataFrame) -> pd.DataFrame:
    """The likeliest group of each row and the one after it: group, probability, next, next_probability. Without a
    second group next is missing."""
    order = np.argsort(-chances.to_numpy(), axis=1, kind="stable")
    rows = np.arange(len(chances))
    names, values = chances.columns.to_numpy(), chances.to_numpy()
    second = order[:, 1] if values.shape[1] > 1 else None
    return pd.DataFrame(
        {"group": names[order[:, 0]], "probability": values[rows, order[:, 0]],
         "next": pd.array(names[second] if second is not None else [pd.NA] * len(rows), dtype="Int64"),
         "next_probability": values[rows, second] if second is not None else np.nan}, index=chances.index,
    )  # fmt: skip


def segment(features: pd.DataFrame, *, method: str = "auto", seed: int = 0) -> Segmentation:
    """Group dealers by what they are like.

    features: indexed by dealer_id, any numeric columns of any unit (missing values allowed). method: `auto` (normal
    mixtures and KMeans), `gmm` or `kmeans` alone. The same features, in any order of rows, and the same seed give the
    same labels. Raises ValueError for another method, a column that is not numeric, or a repeated index.
    """
    if method not in METHODS:
        raise ValueError(f"segment: method {method!r} is none of {', '.join(METHODS)}")
    if words := [str(name) for name in features.columns if not pd.api.types.is_numeric_dtype(features[name])]:
        raise ValueError(f"segment: not numeric: {', '.join(words)}")
    if features.index.has_duplicates:
        raise ValueError(f"segment: dealers occur twice: {list(features.index[features.index.duplicated()][:3])}")
    scale = ruler(features)
    points = scale.measure(features)
    points = points[np.lexsort(points.T[::-1])] if points.shape[1] else points  # the order of the rows decides nothing
    if len(points) < FEWEST or not points.shape[1]:
        return _result(features, scale, None, float("nan"), "too_few", _table([]))
    with threadpool_limits(1):  # so small a product costs more to divide among threads than to compute
        tried, found, stability = _search(points, method, seed)
    return _result(features, scale, found, stability, "no_stable_groups" if found is None else "stable", tried)


def _search(points: np.ndarray, method: str, seed: int) -> tuple[pd.DataFrame, Mixture | None, float]:
    """What was tried, best first; the groups that hold, or None; and their stability."""
    random = np.random.default_rng(seed)
    sample = points if len(points) <= MOST_FITTED else points[_spread(len(points), MOST_FITTED)]
    kinds = {"auto": mixtures.KINDS, "gmm": ("tied", "diag", "full"), "kmeans": ("kmeans",)}[method]
    alone = mixtures.bic(mixtures.single(sample), "full", sample)
    rows = []
    for kind in kinds:
        for count in range(2, MOST_GROUPS + 1):
            fitted = mixtures.fit(kind, count, sample, seed)
            labels = fitted.logs(sample).argmax(axis=1)
            smallest = np.bincount(labels, minlength=count).min()
            rows.append({"kind": kind, "groups": count, "bic": mixtures.bic(fitted, kind, sample), "labels": labels,
                         "valley": float("nan"), "smallest": smallest / len(sample), "stability": float("nan"),
                         "fitted": fitted, "reason": ""})  # fmt: skip
    rows.sort(key=lambda row: row["bic"])
    found, best = None, float("nan")
    for row in rows:
        if row["bic"] >= alone:
            row["reason"] = "one_cloud"
            continue
        row["valley"] = row["fitted"].deepest_valleys()
        if row["valley"] > VALLEY:
            row["reason"] = "no_valley"
        elif row["smallest"] < max(SMALLEST, FEWEST_IN_GROUP / len(points)):
            row["reason"] = "tiny_group"
        elif found is not None:
            row["reason"] = "better_one_found"
        else:
            row["stability"] = _stability(row["kind"], row["groups"], sample, row["labels"], random)
            if row["stability"] >= STABLE:
                found, best = row["fitted"], row["stability"]
            else:
                row["reason"] = "unstable"
                best = np.nanmax([best, row["stability"]])
    return _table(rows), found, float(best)


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = ["kind", "groups", "bic", "valley", "smallest", "stability", "reason"]
    return pd.DataFrame([{name: row[name] for name in columns} for row in rows], columns=columns)


def _stability(kind: str, count: int, points: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> float:
    """Mean adjusted Rand index between the labels and those of fits to bootstrap samples, on all points; stops when
    STABLE is out of reach."""
    from sklearn.metrics import adjusted_rand_score

    agreed: list[float] = []
    for left in reversed(range(BOOTSTRAPS)):
        drawn = points[random.integers(0, len(points), len(points))]
        other = mixtures.fit(kind, count, drawn, int(random.integers(2**31)))
        agreed.append(float(adjusted_rand_score(labels, other.logs(points).argmax(axis=1))))
        if (sum(agreed) + left) / BOOTSTRAPS < STABLE:
            break
    return float(np.mean(agreed))


def _spread(whole: int, part: int) -> np.ndarray:
    """Positions of a part, evenly over the sorted rows."""
    return np.linspace(0, whole - 1, part).round().astype(int)


def _chances(mixture: Mixture | None, scale: Ruler, features: pd.DataFrame) -> pd.DataFrame:
    if mixture is None:
        return pd.DataFrame(1.0, index=features.index, columns=[0])
    points = scale.measure(features)
    return pd.DataFrame(mixture.chances(points), index=features.index, columns=range(mixture.count))


def _result(features: pd.DataFrame, scale: Ruler, mixture: Mixture | None, stability: float, verdict: Verdict,
            candidates: pd.DataFrame) -> Segmentation:  # fmt: skip
    if mixture is not None:
        mixture = mixture.ordered(np.argsort(-mixture.means[:, 0], kind="stable"))
    chances = _chances(mixture, scale, features)
    labels = nearest(chances)["group"].astype("int64").rename("segment")
    drivers = drivers_of(scale, scale.measure(features), labels.to_numpy(), chances.shape[1])
    names = plain_names(drivers)
    return Segmentation(labels, names, drivers, stability, verdict, candidates, chances, scale, mixture)
