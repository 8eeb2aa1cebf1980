"""Returns and saturation of all cells at once, each leaning on its type, its region and the whole: posterior draws.

log theta(type, region) = middle + type + region + cell, normal, with spreads that are learned; log K of a type is
normal around a common middle that is itself learned around the usual intensity. Sampled by Gibbs steps in many chains
side by side (Gelman et al., Bayesian Data Analysis, 3rd ed., chapters 5, 11, 15), the spreads both with effects kept
and with standardised effects kept, so that chains move in thin data too (Yu and Meng, "To Center or Not to Center",
JCGS 20, 2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.promotions.evidence import SATURATION, Array, Evidence

SPREADS = np.geomspace(0.03, 1.6, 24)
TYPICAL = {"type": 0.6, "region": 0.4, "cell": 0.3}  # half-normal scales of the spreads of log returns
MIDDLE = 1.0  # standard deviation of the log return of all
SATURATION_SPREAD = 0.45  # of log K: types around their middle, and the middle around the usual intensity
LOWEST, HIGHEST = -5.0, 3.5  # of a log return


@dataclass(frozen=True)
class Draws:
    """theta (draws, cells): margin per unit of spend at usual intensity; k (draws, cells): position in SATURATION."""

    theta: Array
    k: Array


def sample(evidence: Evidence, *, seed: int, chains: int = 64, warm_up: int = 80, kept: int = 100) -> Draws:
    """chains * kept draws, those of one round of all chains next to each other, the last round first."""
    sampler = _Sampler(evidence, np.random.default_rng(seed), chains)
    theta, k = [], []
    for step in range(warm_up + kept):
        sampler.step()
        if step >= warm_up:
            theta.append(np.exp(sampler.z))
            k.append(sampler.k[:, evidence.kind])
    return Draws(np.concatenate(theta[::-1]), np.concatenate(k[::-1]))


class _Sampler:
    """State of all chains: z, effects and the mean of z (chains, cells); k (chains, types); f (chains, shocks)."""

    def __init__(self, evidence: Evidence, rng: np.random.Generator, chains: int) -> None:
        self.e, self.rng, self.chains = evidence, rng, chains
        cells, types, regions = len(evidence.kind), evidence.kind.max() + 1, evidence.region.max() + 1
        self.sets = {"type": evidence.kind, "region": evidence.region, "cell": np.arange(cells)}
        self.one_hot = {name: np.eye(codes.max() + 1)[codes] for name, codes in self.sets.items()}
        middle = len(SATURATION) // 2
        whole = evidence.q[:, middle].sum() / max(evidence.p[:, middle].sum(), 1e-300)
        self.mean = np.full(chains, np.log(max(whole, 0.2))) + rng.normal(0, 0.2, chains)
        self.spread = {name: np.full(chains, 0.3) for name in self.sets}
        self.effect = {
            "type": rng.normal(0, 0.1, (chains, types)), "region": rng.normal(0, 0.1, (chains, regions)),
            "cell": rng.normal(0, 0.1, (chains, cells)),
        }  # fmt: skip
        self.k = rng.integers(middle - 2, middle + 3, (chains, types))
        self.middle_k = np.zeros(chains)
        self.f = np.zeros((chains, evidence.v.shape[0]))
        self.root = np.linalg.cholesky(np.linalg.inv(evidence.gram + np.eye(len(evidence.v))))
        self._see()

    @property
    def z(self) -> Array:
        return np.clip(self.mean[:, None] + sum(self._spread_out(name) for name in self.sets), LOWEST, HIGHEST)

    def step(self) -> None:
        self._shocks()
        self._saturation()
        for _ in range(2):
            self._cells()
        self._means()
        for name in self.sets:
            self._spread_given_effects(name)
            self._spread_given_scores(name)
        self._shift("type")
        self._shift("region")
        self._shift_all()

    def _spread_out(self, name: str) -> Array:
        return self.effect[name][:, self.sets[name]]

    def _see(self) -> None:
        """What the likelihood needs at the current k and f: quadratics in theta, (chains, cells)."""
        at = self.k[:, self.e.kind]
        rows = np.arange(len(self.e.kind))
        self.p = self.e.p[rows, at]
        self.q = self.e.q[rows, at] - np.einsum("ncs,ns->nc", self.e.h[rows, at], self.f)

    def _fit(self, z: Array) -> Array:
        theta = np.exp(np.clip(z, LOWEST, HIGHEST))
        return np.asarray((self.q - 0.5 * self.p * theta) * theta)

    def _shocks(self) -> None:
        if not self.f.shape[1]:
            return
        at = self.k[:, self.e.kind]
        seen = self.e.v - np.einsum("ncs,nc->ns", self.e.h[np.arange(len(self.e.kind)), at], np.exp(self.z))
        covariance = self.root @ self.root.T
        self.f = seen @ covariance + self.rng.normal(size=self.f.shape) @ self.root.T
        self._see()

    def _saturation(self) -> None:
        theta = np.exp(self.z)[:, :, None]
        q = self.e.q - np.tensordot(self.f, self.e.h, axes=(1, 2))
        fit = (q - 0.5 * self.e.p * theta) * theta
        fit = np.einsum("ncg,ct->ntg", fit, self.one_hot["type"])
        prior = -0.5 * ((SATURATION - self.middle_k[:, None]) / SATURATION_SPREAD) ** 2
        self.k = self._pick(fit + prior[:, None, :])
        log_k = SATURATION[self.k]
        precision = (log_k.shape[1] + 1) / SATURATION_SPREAD**2
        centre = log_k.sum(axis=1) / (log_k.shape[1] + 1)
        self.middle_k = centre + self.rng.normal(size=self.chains) / np.sqrt(precision)
        self._see()

    def _pick(self, log_weights: Array) -> Array:
        """Draw a position along the last axis."""
        noise = self.rng.gumbel(size=log_weights.shape)
        return np.asarray((log_weights + noise).argmax(axis=-1))

    def _accepted(self, gain: Array) -> Array:
        return np.asarray(np.log(self.rng.random(gain.shape)) < gain)

    def _cells(self) -> None:
        old, spread, z = self.effect["cell"], self.spread["cell"][:, None], self.z
        theta = np.exp(z)
        width = 2.4 / np.sqrt(1 / spread**2 + self.p * theta**2)
        # the width depends on the place: a step back must be as likely as the step
        new = old + width * self.rng.normal(size=old.shape)
        moved = np.clip(z - old + new, LOWEST, HIGHEST)
        back = 2.4 / np.sqrt(1 / spread**2 + self.p * np.exp(moved) ** 2)
        hop = -0.5 * (new - old) ** 2 * (1 / back**2 - 1 / width**2) - np.log(back / width)
        gain = self._fit(moved) - self._fit(z) - 0.5 * (new**2 - old**2) / spread**2 + hop
        self.effect["cell"] = np.where(self._accepted(gain), new, old)

    def _means(self) -> None:
        """Middle, types and regions given the log returns: one normal draw for each chain."""
        z = self.mean[:, None] + sum(self._spread_out(name) for name in self.sets)
        design = np.hstack([np.ones((z.shape[1], 1)), self.one_hot["type"], self.one_hot["region"]])
        types = self.one_hot["type"].shape[1]
        prior = np.empty((self.chains, design.shape[1]))
        prior[:, 0] = 1 / MIDDLE**2
        prior[:, 1 : 1 + types] = 1 / self.spread["type"][:, None] ** 2
        prior[:, 1 + types :] = 1 / self.spread["region"][:, None] ** 2
        weight = 1 / self.spread["cell"] ** 2
        precision = (design.T @ design) * weight[:, None, None]
        precision[:, np.arange(design.shape[1]), np.arange(design.shape[1])] += prior
        root = np.linalg.cholesky(precision)
        half = np.linalg.solve(root, ((z @ design) * weight[:, None])[:, :, None])
        half += self.rng.normal(size=half.shape)
        drawn = np.linalg.solve(root.transpose(0, 2, 1), half)[:, :, 0]
        self.mean = drawn[:, 0]
        self.effect["type"], self.effect["region"] = drawn[:, 1 : 1 + types], drawn[:, 1 + types :]
        self.effect["cell"] = z - drawn @ design.T

    def _spread_given_effects(self, name: str) -> None:
        effect = self.effect[name]
        squares = (effect**2).sum(axis=1)[:, None]
        log = -effect.shape[1] * np.log(SPREADS) - 0.5 * squares / SPREADS**2 + self._spread_prior(name)
        self.spread[name] = SPREADS[self._pick(log)]

    def _spread_given_scores(self, name: str) -> None:
        scores = self.effect[name] / self.spread[name][:, None]
        rest = self.z - self._spread_out(name)
        along = scores[:, self.sets[name]]
        theta = np.exp(np.clip(rest[:, :, None] + along[:, :, None] * SPREADS, LOWEST, HIGHEST))
        fit = ((self.q[:, :, None] - 0.5 * self.p[:, :, None] * theta) * theta).sum(axis=1)
        self.spread[name] = SPREADS[self._pick(fit + self._spread_prior(name))]
        self.effect[name] = scores * self.spread[name][:, None]

    def _spread_prior(self, name: str) -> Array:
        return np.asarray(-0.5 * (SPREADS / TYPICAL[name]) ** 2 + np.log(SPREADS))  # the grid is geometric

    def _shift(self, name: str) -> None:
        old, member = self.effect[name], self.one_hot[name]
        spread, z = self.spread[name][:, None], self.z
        width = 2.0 / np.sqrt(1 / spread**2 + 1 / 0.15**2)
        new = old + width * self.rng.normal(size=old.shape)
        moved = z + (new - old)[:, self.sets[name]]
        gain = (self._fit(moved) - self._fit(z)) @ member - 0.5 * (new**2 - old**2) / spread**2
        self.effect[name] = np.where(self._accepted(gain), new, old)

    def _shift_all(self) -> None:
        new, z = self.mean + 0.15 * self.rng.normal(size=self.chains), self.z
        gain = (self._fit(z + (new - self.mean)[:, None]) - self._fit(z)).sum(axis=1)
        gain = gain - 0.5 * (new**2 - self.mean**2) / MIDDLE**2
        self.mean = np.where(self._accepted(gain), new, self.mean)
