"""Does the recommended budget of promotions earn more, is the promise kept: `qudao bench promotions_budget [WORLDS]`.

Simulated portfolios with a known response of other shapes than the fitted one as well: regret against the true optimum,
share of recommendations that beat the current plan, whether the band of the promised gain covers the realised one, and
what a move of a slider costs. One set of seeds to develop on (alone with `develop` as second argument), another to
judge on; then worlds that are harder than usual. About a second a world.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.promotions.budget import current_plan, evaluate, optimise
from analytics.promotions.effects import PromotionEffects
from analytics.promotions.response import ResponseCurves, fit_response

SHAPES = ("saturating", "by_cell", "hill", "s_shaped", "power", "log")
DEVELOPING, JUDGING, HARDER = 1000, 900_000, 950_000  # first seeds
FINE = np.linspace(0.25, 2.0, 141)


@dataclass(frozen=True)
class Kind:
    """What portfolios are like. noise: error of an execution, of its spend; saturated: by how much in log K the current
    spend lies beyond half of the attainable; *_differ: spread of log returns; plan_differs: of the log of spend against
    the usual one, over cells; by_money: saturation in the money of an execution, not in its share of the baseline;
    told: part of the errors that the measuring knows of."""

    noise: float = 0.8
    saturated: float = 0.0
    types_differ: float = 0.45
    cells_differ: float = 0.2
    plan_differs: float = 0.25
    by_money: bool = False
    told: float = 1.0


HARD = {
    "more saturated": Kind(saturated=0.8), "nearly linear": Kind(saturated=-0.8), "noisier": Kind(noise=1.3),
    "cells much alike": Kind(types_differ=0.15, cells_differ=0.1), "cells unlike": Kind(cells_differ=0.5),
    "saturation in money": Kind(by_money=True), "errors understated": Kind(told=0.7),
}  # fmt: skip


def response(shape: str, x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Margin for each unit of baseline at intensity x, up to a factor; k is the scale of saturation."""
    if shape in ("hill", "s_shaped"):
        bend = 0.8 if shape == "hill" else 1.4
        return x**bend / (x**bend + k**bend)
    if shape == "power":
        return (x / k) ** 0.5
    if shape == "log":
        return np.log1p(2 * x / k)
    return x / (x + k)


class World:
    """A portfolio. effects: as measured; truth: (cells, FINE) true net margin of effects.by_cell; spend (cells,)."""

    def __init__(self, seed: int, shape: str, kind: Kind, size: tuple[int, int] | None = None) -> None:
        rng = np.random.default_rng(seed)
        types, regions = size or (int(rng.integers(4, 7)), int(rng.integers(5, 8)))
        cells = types * regions
        more = max(int(rng.integers(10, 16)) * cells, 150) - 8 * cells
        cell = np.concatenate([np.repeat(np.arange(cells), 8),
                               rng.choice(cells, more, p=rng.dirichlet(np.full(cells, 12.0)))])  # fmt: skip
        n, of_type, of_region = len(cell), np.arange(cells) // regions, np.arange(cells) % regions
        baseline, usual = rng.lognormal(10, 0.6, n), rng.uniform(0.15, 0.5, types)[of_type]
        x = (usual * np.exp(rng.normal(0, kind.plan_differs, cells)))[cell] * np.exp(rng.uniform(-0.55, 0.55, n))
        spend, scale = x * baseline, baseline
        if kind.by_money:
            scale = np.full(n, np.exp(10.18))
            x = spend / scale
        apart = rng.normal(0, 0.25 if shape == "by_cell" else 0.0, cells)
        k = usual * np.exp(rng.normal(-kind.saturated, 0.5, types)[of_type] + apart)
        worth = np.exp(rng.normal(0, kind.types_differ, types)[of_type] + rng.normal(0, 0.25, regions)[of_region]
                       + rng.normal(0, kind.cells_differ, cells))  # fmt: skip
        height = (worth * usual / response(shape, usual, k))[cell] * scale
        height *= 1.42 * spend.sum() / (height * response(shape, x, k[cell])).sum()
        each = height[:, None] * response(shape, x[:, None] * FINE, k[cell][:, None])
        self.truth = np.stack([np.bincount(cell, column, minlength=cells) for column in each.T], 1)
        self.spend = np.bincount(cell, spend, minlength=cells)
        own, dealer = rng.uniform(0.75, 1.25, n) * kind.noise * spend, rng.integers(0, n // 3, n)

        def errors(count: int) -> np.ndarray:
            alone = 0.9 * rng.normal(size=(n, count)) + 0.43 * rng.normal(size=(n // 3, count))[dealer]
            shared = 0.1 * rng.normal(size=(regions, count))[of_region[cell]] + 0.12 * rng.normal(size=(1, count))
            return own[:, None] * alone + spend[:, None] * shared

        unlike = rng.normal(0, 0.15, n) * spend  # executions differ in truth as well
        net = height * response(shape, x, k[cell]) + unlike + errors(1)[:, 0]
        ex = pd.DataFrame({
            "execution_id": np.arange(n).astype(str), "promo_id": "p", "dealer_id": dealer.astype(str),
            "type": [f"t{i}" for i in of_type[cell]], "region": [f"r{i}" for i in of_region[cell]], "spend": spend,
            "baseline_margin": baseline, "net_margin": net, "net_revenue": net / 0.25, "verdict": "cannot_tell",
        })  # fmt: skip
        by = ex.groupby(["type", "region"], as_index=False)[["spend", "net_margin", "net_revenue"]].sum()
        by["n_executions"], by["n_refused"] = np.bincount(cell, minlength=cells), 0
        none = pd.DataFrame()
        self.effects = PromotionEffects(ex, none, by, none, none, none, none, kind.told * errors(400))

    def margin(self, multiplier: np.ndarray) -> float:
        return float(sum(np.interp(m, FINE, row) for m, row in zip(multiplier, self.truth, strict=True)))

    def optimum(self, budget: float) -> float:
        """The best margin that this money can buy; where a response is not concave, a little more than that."""
        best = np.stack([concave(row) for row in self.truth])
        gain, money = np.diff(best, axis=1).ravel(), np.outer(self.spend, np.diff(FINE)).ravel()
        order = np.argsort(-gain / money)
        rest = budget - FINE[0] * self.spend.sum()
        filled = np.clip(rest - (np.cumsum(money[order]) - money[order]), 0, money[order]) / money[order]
        return float(best[:, 0].sum() + (gain[order] * filled).sum())


def concave(row: np.ndarray) -> np.ndarray:
    """Least concave majorant of values on FINE."""
    kept = [0]
    for place in range(1, len(row)):
        while len(kept) > 1 and ((row[kept[-1]] - row[kept[-2]]) * (place - kept[-1])
                                 <= (row[place] - row[kept[-1]]) * (kept[-1] - kept[-2])):  # fmt: skip
            kept.pop()
        kept.append(place)
    return np.interp(FINE, FINE[kept], row[kept])


def not_shrunk(curves: ResponseCurves, multiplier: np.ndarray) -> float:
    """What a plan would seem to gain were each curve scaled to what was measured."""
    return float((curves.measured * (curves.mean_at(multiplier) / curves.mean_now - 1)).sum())


def judged(seed: int, shape: str, kind: Kind) -> dict[str, float | str]:
    world = World(seed, shape, kind)
    start = time.process_time()
    curves = fit_response(world.effects)
    fitted = time.process_time() - start
    budget = float(world.spend.sum())
    plan = optimise(curves, budget)
    multiplier = plan.frame["spend"].to_numpy() / world.spend
    best, current, got = world.optimum(budget), world.margin(np.ones(len(world.spend))), world.margin(multiplier)
    said, now = evaluate(curves, plan), evaluate(curves, current_plan(curves))
    return {
        "shape": shape, "regret": 1 - got / best, "keeping": 1 - current / best, "better": got > current,
        "promised": plan.gain / current, "expected": plan.expected_gain / current,
        "not_shrunk": not_shrunk(curves, multiplier) / current, "realised": got / current - 1,
        "covered": plan.gain_lo_80 <= got - current <= plan.gain_hi_80, "reached": got - current >= plan.gain,
        "margin": said.margin_lo_80 <= got <= said.margin_hi_80,
        "today": now.margin_lo_80 <= current <= now.margin_hi_80, "fit": fitted,
    }  # fmt: skip


def latency() -> None:
    start = time.process_time()
    curves = fit_response(World(1, "saturating", Kind(), (6, 7)).effects)
    fitted, total, times = time.process_time() - start, float(curves.spend.sum()), []
    for share in np.linspace(0.5, 1.8, 200):
        start = time.perf_counter()
        evaluate(curves, optimise(curves, total * share, roi_floor=0.0, marginal_floor=0.0))
        times.append((time.perf_counter() - start) * 1000)
    print(f"{len(curves.cells)} cells: fit {fitted:.1f} CPU s; move of a slider (optimise, evaluate) median "
          f"{np.median(times):.1f} ms, 95th percentile {np.quantile(times, 0.95):.1f} ms")  # fmt: skip


HEAD = ("", "worlds", "regret", "worst", "keeping", "better", "promised", "expected", "unshrunk", "realised", "covered",
        "reached", "margin", "today")  # fmt: skip


def line(name: str, part: pd.DataFrame) -> None:
    mean = part.drop(columns="shape").astype(float).mean()
    told = [
        mean["regret"],
        part["regret"].max(),
        *(
            mean[name]
            for name in (
                "keeping",
                "better",
                "promised",
                "expected",
                "not_shrunk",
                "realised",
                "covered",
                "reached",
                "margin",
                "today",
            )
        ),
    ]
    print(f"{name:20}{len(part):>9}" + "".join(f"{value:>9.1%}" if value > 0.1 else f"{value:>9.2%}" for value in told),
          flush=True)  # fmt: skip


def report(name: str, first: int, worlds: int) -> None:
    rows = pd.DataFrame([judged(first + i, SHAPES[i % len(SHAPES)], Kind()) for i in range(worlds)])
    print(f"\n{HEAD[0]:20}" + "".join(f"{head:>9}" for head in HEAD[1:]))
    line(name, rows)
    for shape, part in rows.groupby("shape"):
        line(f"  {shape}", part)


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    print("regret, worst and keeping the current plan: of the margin of the optimum; gains: of that of today;\n"
          "reached: realised at least what was promised; margin, today: bands of `evaluate` cover truth")  # fmt: skip
    latency()
    report("developing", DEVELOPING, worlds)
    if "develop" in sys.argv[2:]:
        return
    report("judging", JUDGING, worlds)
    for name, kind in HARD.items():
        line(name, pd.DataFrame([judged(HARDER + i, SHAPES[i % len(SHAPES)], kind) for i in range(worlds // 3)]))


if __name__ == "__main__":
    main()
