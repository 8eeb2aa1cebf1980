"""Does the recommended budget of promotions earn more, and is the promise kept: `qudao bench promotions_budget [WORLDS]`.

Simulated portfolios with a known response of other shapes than the fitted one as well: regret against the true optimum,
share of recommendations that beat the current plan, whether the band of the promised gain covers the realised one, and
what a move of a slider costs. Two sets of seeds: one to develop on, the other to judge on.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from analytics.promotions.budget import current_plan, evaluate, optimise
from analytics.promotions.effects import PromotionEffects
from analytics.promotions.response import GRID, fit_response

SHAPES = ("saturating", "by_cell", "hill", "power", "log")
DEVELOPING, JUDGING = 1000, 500_000  # first seeds
FINE = np.linspace(0.25, 2.0, 141)


def response(shape: str, x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Margin for each unit of baseline at intensity x, up to a factor; k is the scale of saturation."""
    if shape == "hill":
        return x**0.8 / (x**0.8 + k**0.8)
    if shape == "power":
        return (x / k) ** 0.5
    if shape == "log":
        return np.log1p(2 * x / k)
    return x / (x + k)


class World:
    """A portfolio: executions with true response, and the effects that were measured of them."""

    def __init__(self, seed: int, shape: str) -> None:
        rng = np.random.default_rng(seed)
        types, regions = int(rng.integers(4, 7)), int(rng.integers(5, 8))
        cells = types * regions
        n = int(np.clip(rng.integers(10, 16) * cells, 150, 600))
        share = rng.dirichlet(np.full(cells, 12.0))
        cell = np.concatenate([np.repeat(np.arange(cells), 8), rng.choice(cells, max(n - 8 * cells, 0), p=share)])
        n, self.kind, self.region = len(cell), np.arange(cells) // regions, np.arange(cells) % regions
        baseline = rng.lognormal(10, 0.6, n)
        usual = rng.uniform(0.15, 0.5, types)  # intensity
        plan = usual[self.kind] * np.exp(rng.normal(0, 0.25, cells))
        x = plan[cell] * np.exp(rng.uniform(-0.55, 0.55, n))
        spread = rng.normal(0, 0.25, cells) if shape == "by_cell" else np.zeros(cells)
        k = usual[self.kind] * np.exp(rng.normal(0, 0.5, types)[self.kind] + spread)
        worth = np.exp(rng.normal(0, 0.45, types)[self.kind] + rng.normal(0, 0.25, regions)[self.region]
                       + rng.normal(0, 0.2, cells))  # fmt: skip
        spend = x * baseline
        at_usual = response(shape, usual[self.kind], k)
        height = worth * usual[self.kind] / at_usual
        height *= 1.42 * spend.sum() / (baseline * height[cell] * response(shape, x, k[cell])).sum()
        at = np.concatenate([FINE, GRID])
        each = (baseline * height[cell])[:, None] * response(shape, x[:, None] * at, k[cell][:, None])
        self.truth = np.stack([np.bincount(cell, each[:, j], minlength=cells) for j in range(len(at))], 1)
        self.truth = self.truth[:, : len(FINE)]
        self.spend = np.bincount(cell, spend, minlength=cells)
        true = (baseline * height[cell]) * response(shape, x, k[cell]) + rng.normal(0, 0.15, n) * spend
        noise = rng.uniform(0.6, 1.0, n) * spend
        dealer = rng.integers(0, n // 3, n)

        def errors(count: int) -> np.ndarray:
            own = 0.9 * rng.normal(size=(n, count)) + 0.43 * rng.normal(size=(n // 3, count))[dealer]
            region = 0.1 * rng.normal(size=(regions, count))[self.region[cell]]
            return noise[:, None] * own + spend[:, None] * (region + 0.12 * rng.normal(size=(1, count)))

        net = true + errors(1)[:, 0]
        ex = pd.DataFrame({
            "execution_id": np.arange(n).astype(str), "promo_id": "p", "dealer_id": dealer.astype(str),
            "type": [f"t{i}" for i in self.kind[cell]], "region": [f"r{i}" for i in self.region[cell]], "spend": spend,
            "baseline_margin": baseline, "net_margin": net, "net_revenue": net / 0.25, "verdict": "cannot_tell",
        })  # fmt: skip
        by = ex.groupby(["type", "region"], as_index=False)[["spend", "net_margin", "net_revenue"]].sum()
        by["n_executions"], by["n_refused"] = np.bincount(cell, minlength=cells), 0
        nothing = pd.DataFrame()
        self.effects = PromotionEffects(ex, nothing, by, nothing, nothing, nothing, nothing, errors(400))

    def margin(self, multiplier: np.ndarray) -> float:
        return float(sum(np.interp(m, FINE, row) for m, row in zip(multiplier, self.truth, strict=True)))

    def optimum(self, budget: float) -> float:
        """The best margin that this money can buy; all true responses are concave."""
        gain, money = np.diff(self.truth, axis=1).ravel(), np.outer(self.spend, np.diff(FINE)).ravel()
        order = np.argsort(-gain / money)
        rest = budget - FINE[0] * self.spend.sum()
        filled = np.clip(rest - np.concatenate([[0], np.cumsum(money[order])[:-1]]), 0, money[order]) / money[order]
        return float(self.truth[:, 0].sum() + (gain[order] * filled).sum())


def judged(seed: int, shape: str) -> dict[str, float | str]:
    world = World(seed, shape)
    start = time.process_time()
    curves = fit_response(world.effects)
    fitted = time.process_time() - start
    budget = float(world.spend.sum())
    plan = optimise(curves, budget)
    best, current = world.optimum(budget), world.margin(np.ones(len(world.spend)))
    got = world.margin(plan.frame["spend"].to_numpy() / world.spend)
    said, now = evaluate(curves, plan), evaluate(curves, current_plan(curves))
    naive = sum(world_row * (shape_row - 1) for world_row, shape_row in zip(
        curves.measured, curves.mean_at(plan.frame["spend"].to_numpy() / world.spend) / curves.mean_now, strict=True))
    return {
        "shape": shape, "regret": 1 - got / best, "keeping": 1 - current / best, "better": float(got > current),
        "promised": plan.gain / current, "naive": naive / current, "realised": (got - current) / current,
        "covered": float(plan.gain_lo_80 <= got - current <= plan.gain_hi_80),
        "above_lo": float(got - current >= plan.gain_lo_80),
        "margin_covered": float(said.margin_lo_80 <= got <= said.margin_hi_80),
        "now_covered": float(now.margin_lo_80 <= current <= now.margin_hi_80), "fit_s": fitted,
    }  # fmt: skip


def latency(seed: int) -> None:
    curves = fit_response(World(seed, "saturating").effects)
    total, times = float(curves.spend.sum()), []
    for share in np.linspace(0.5, 1.8, 120):
        start = time.perf_counter()
        evaluate(curves, optimise(curves, total * share, roi_floor=0.0, marginal_floor=0.0))
        times.append((time.perf_counter() - start) * 1000)
    print(f"slider move with {len(curves.cells)} cells: median {np.median(times):.1f} ms, "
          f"95th percentile {np.quantile(times, 0.95):.1f} ms")  # fmt: skip


def report(name: str, first: int, worlds: int) -> None:
    rows = pd.DataFrame([judged(first + i, SHAPES[i % len(SHAPES)]) for i in range(worlds)])
    print(f"{name}: {worlds} worlds; shares of the margin of the optimum (regret) or of today (gains)")
    for shape, part in [("all", rows), *rows.groupby("shape")]:
        print(f"  {shape:11} regret {part['regret'].mean():.2%}, worst {part['regret'].max():.2%} (keeping the plan "
              f"{part['keeping'].mean():.1%}); better {part['better'].mean():.0%}; promised {part['promised'].mean():.2%}"
              f" (not shrunk {part['naive'].mean():.2%}), realised {part['realised'].mean():.2%}; covered: gain "
              f"{part['covered'].mean():.0%} (not below {part['above_lo'].mean():.0%}), margin "
              f"{part['margin_covered'].mean():.0%}, margin today {part['now_covered'].mean():.0%}; fit "
              f"{part['fit_s'].median():.1f} CPU s", flush=True)  # fmt: skip


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    latency(1)
    report("developing", DEVELOPING, worlds)
    if "develop" not in sys.argv[2:]:
        report("judging", JUDGING, worlds)


if __name__ == "__main__":
    main()
