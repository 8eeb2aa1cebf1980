"""Groups as a mixture of normal distributions: which one a dealer belongs to, how surely, and whether the groups are
apart at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its parts load at their first use: pages that read stored results open without them

KINDS = ("tied", "diag", "full", "kmeans")
SMOOTHED = 0.1  # added to the variances (1 is that of a whole column): no group shrinks to a point
_STEPS = np.linspace(0.0, 1.0, 41)


@dataclass(frozen=True)
class Mixture:
    """weights (k), means (k, d), covariances (k, d, d) of standardised columns."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray

    @property
    def count(self) -> int:
        return len(self.weights)

    def logs(self, points: np.ndarray) -> np.ndarray:
        """(n, k) log of weight × density of each group at each point."""
        result = np.empty((len(points), self.count))
        for g in range(self.count):
            root = np.linalg.cholesky(self.covariances[g])
            apart = np.linalg.solve(root, (points - self.means[g]).T)
            size = 2 * np.log(np.diag(root)).sum() + points.shape[1] * np.log(2 * np.pi)
            result[:, g] = np.log(self.weights[g]) - 0.5 * (size + (apart**2).sum(axis=0))
        return result

    def chances(self, points: np.ndarray) -> np.ndarray:
        """(n, k) probability of each group."""
        logs = self.logs(points)
        return np.asarray(np.exp(logs - scipy.special.logsumexp(logs, axis=1, keepdims=True)))

    def deepest_valleys(self) -> float:
        """Of all pairs of groups, the highest floor of the valley between them as a share of the lower peak.

        1: two groups are one hill, however a method may cut it. Along the ridgeline between two normal densities,
        which passes through every mode that the two can have (Ray and Lindsay, The topography of multivariate normal
        mixtures, Annals of Statistics 33, 2005), with the density of the whole mixture.
        """
        inverse = np.linalg.inv(self.covariances)
        highest = 0.0
        for one in range(self.count):
            for other in range(one + 1, self.count):
                pulls = (1 - _STEPS)[:, None, None] * inverse[one] + _STEPS[:, None, None] * inverse[other]
                aims = ((1 - _STEPS)[:, None] * (inverse[one] @ self.means[one])
                        + _STEPS[:, None] * (inverse[other] @ self.means[other]))  # fmt: skip
                ridge = np.linalg.solve(pulls, aims[:, :, None])[:, :, 0]
                height = scipy.special.logsumexp(self.logs(ridge), axis=1)
                peaks = np.minimum(np.maximum.accumulate(height), np.maximum.accumulate(height[::-1])[::-1])
                highest = max(highest, float(np.exp((height - peaks).min())))
        return highest

    def ordered(self, order: np.ndarray) -> Mixture:
        """The same groups in another order."""
        return Mixture(self.weights[order], self.means[order], self.covariances[order])


def fit(kind: str, count: int, points: np.ndarray, seed: int, *, starts: int = 3) -> Mixture:
    """A mixture of `count` groups: normal with one common (`tied`), axis-parallel (`diag`) or own (`full`) covariance,
    or those of KMeans, as round groups of one size. The same seed gives the same groups."""
    from sklearn.cluster import KMeans
    from sklearn.mixture import GaussianMixture

    if kind == "kmeans":
        found = KMeans(count, n_init=starts, random_state=seed).fit(points)
        size = max(found.inertia_ / points.size, 1e-6) + SMOOTHED
        return Mixture(np.full(count, 1 / count), found.cluster_centers_,
                       np.repeat(size * np.eye(points.shape[1])[None], count, axis=0))  # fmt: skip
    model = GaussianMixture(count, covariance_type=kind, n_init=starts, reg_covar=SMOOTHED, random_state=seed)
    model.fit(points)
    own = model.covariances_
    if kind == "tied":
        own = np.repeat(own[None], count, axis=0)
    elif kind == "diag":
        own = np.stack([np.diag(row) for row in own])
    return Mixture(model.weights_, model.means_, own)


def single(points: np.ndarray) -> Mixture:
    """One normal distribution of everything: what any grouping has to beat."""
    spread = np.atleast_2d(np.cov(points, rowvar=False, bias=True)) + SMOOTHED * np.eye(points.shape[1])
    return Mixture(np.ones(1), points.mean(axis=0)[None], spread[None])


def bic(mixture: Mixture, kind: str, points: np.ndarray) -> float:
    """Bayesian information criterion (Schwarz 1978); lower is better."""
    k, d = mixture.means.shape
    free = {"tied": d * (d + 1) / 2, "diag": k * d, "full": k * d * (d + 1) / 2, "kmeans": 1}[kind]
    parameters = k * d + free + (0 if kind == "kmeans" else k - 1)
    return float(parameters * np.log(len(points)) - 2 * scipy.special.logsumexp(mixture.logs(points), axis=1).sum())
