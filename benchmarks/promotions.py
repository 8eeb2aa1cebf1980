"""Whether measured promotions are true, and decisions from them good: `qudao bench promotions [WORLDS]`, a few minutes.

Simulated panels with known truth (data/demo/experiment.py; 100 dealers x 104 weeks x 8 products) in nine situations:
bias, error and coverage of the bands at every level, and which situations are flagged. Then the whole way from sales to
a recommended budget, against the true optimum. Last the cost of a panel of 500 x 156 x 20. One set of seeds was for
developing (0 to 999), these judge. Curves and budget alone, in worlds of other shapes: `qudao bench promotions_budget`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analytics.promotions import PromotionEffects, fit_response, measure, optimise
from data.demo.experiment import SAFE, SITUATIONS, Experiment, experiment, response

JUDGING = 5_000  # first seed
LEVELS = {"overall": [], "by_type": ["type"], "by_cell": ["type", "region"], "by_promo": ["promo_id"]}
GOALS = {"overall": "bias <= .05, rmse <= .13", "by_type": "rmse <= .35", "by_cell": "rmse <= .75", "by_promo": ""}
GRID = np.linspace(0.25, 2.0, 141)


def measured(made: Experiment) -> PromotionEffects:
    return measure(made.sales, made.promotions, made.dealers, made.products)


def compared(made: Experiment, effects: PromotionEffects) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every group that was measured beside its truth, level by level."""
    own = made.truth[effects.executions["net_margin"].notna().to_numpy()]
    for level, by in LEVELS.items():
        frame = getattr(effects, level)
        true = own.groupby(by)[["net_margin", "spend"]].sum() if by else own[["net_margin", "spend"]].sum().to_frame().T
        roi = (true["net_margin"] / true["spend"] - 1).rename("true")
        joined = frame.set_index(by).join(roi) if by else frame.assign(true=roi.to_numpy())
        yield level, joined.dropna(subset=["roi"])


def accuracy(situation: str, worlds: int) -> None:
    rows: dict[str, list[pd.DataFrame]] = {level: [] for level in LEVELS}
    failed: dict[str, int] = {}
    flagged = refused = 0
    ranks = []
    for seed in range(JUDGING, JUDGING + worlds):
        made = experiment(situation, seed)
        effects = measured(made)
        for level, frame in compared(made, effects):
            rows[level].append(frame)
            if level == "by_cell" and len(frame) > 4:
                ranks.append(frame["true"].corr(frame["roi"], method="spearman"))
        gates = effects.checks[(effects.checks["scope"] == "overall") & ~effects.checks["passed"]]["gate"].tolist()
        for gate in gates:
            failed[gate] = failed.get(gate, 0) + 1
        flagged += bool(gates)
        refused += effects.overall["verdict"].iloc[0] == "refused"
    print(f"\n{situation}: {worlds} worlds, flagged {flagged}, overall verdict refused {refused}; gates that failed: "
          + (", ".join(f"{gate} {n}" for gate, n in sorted(failed.items())) or "none"))  # fmt: skip
    if situation in SAFE:
        print(f"  {'':10}{'n':>6}{'bias':>8}{'rmse':>8}{'in 80%':>8}{'in 95%':>8}")
        for level, parts in rows.items():
            frame = pd.concat(parts)
            off = frame["roi"] - frame["true"]
            inside = [((frame[f"roi_lo_{p}"] <= frame["true"]) & (frame["true"] <= frame[f"roi_hi_{p}"])).mean()
                      for p in (80, 95)]  # fmt: skip
            print(f"  {level:10}{len(frame):>6}{off.mean():>+8.3f}{np.sqrt((off**2).mean()):>8.3f}{inside[0]:>8.1%}"
                  f"{inside[1]:>8.1%}   {GOALS[level]}", flush=True)  # fmt: skip
        if situation != "no_effect":
            print(f"  rank correlation of cells with the truth {np.mean(ranks):.2f}   >= .75")


def budget(worlds: int) -> None:
    """Sales -> effects -> curves -> recommended budget, in worlds of 200 dealers."""
    rows = []
    for seed in range(JUDGING, JUDGING + worlds):
        made = experiment("base", seed, dealers=200)
        curves = fit_response(measured(made))
        cells = curves.cells
        own = made.truth.groupby(["type", "region"])
        true = np.stack([(own.get_group(key)["net_margin"].to_numpy()[:, None]
                          * response(own.get_group(key)["dose"].to_numpy()[:, None], GRID)).sum(axis=0)
                         for key in zip(cells["type"], cells["region"], strict=True)])  # fmt: skip
        spend, free = cells["spend"].to_numpy(), cells["has_curve"].to_numpy()
        total = float(spend.sum())
        plan = optimise(curves, total)
        got = _worth(true, plan.frame["spend"].to_numpy() / spend)
        current = _worth(true, np.ones(len(spend)))
        best = _optimum(true[free], spend[free], float(spend[free].sum())) + _worth(true[~free], np.ones((~free).sum()))
        rows.append({"regret": 1 - got / best, "keeping": 1 - current / best, "better": got > current,
                     "promised": plan.gain / current, "realised": got / current - 1,
                     "covered": plan.gain_lo_80 <= got - current <= plan.gain_hi_80,
                     "curves": free.mean()})  # fmt: skip
    told = pd.DataFrame(rows).astype(float)
    print(f"\nbudget: {worlds} worlds, {told['curves'].mean():.0%} of cells have a curve")
    for name, goal in (("regret", "<= 2 % on average"), ("keeping", "(keeping the current plan)"),
                       ("better", ">= 95 %"), ("promised", ""), ("realised", ""), ("covered", ">= 75 %")):  # fmt: skip
        print(f"  {name:12}{told[name].mean():>8.1%}   {goal}")
    print(f"  {'worst':12}{told['regret'].max():>8.1%}   <= 5 %", flush=True)


def _worth(true: np.ndarray, multiplier: np.ndarray) -> float:
    return float(sum(np.interp(m, GRID, row) for m, row in zip(multiplier, true, strict=True)))


def _optimum(true: np.ndarray, spend: np.ndarray, total: float) -> float:
    """The best margin for this money; a cell that loses by more spending stays at its lower bound."""
    gain, money = np.diff(true, axis=1).ravel(), np.outer(spend, np.diff(GRID)).ravel()
    order = np.argsort(-gain / money)
    rest = total - GRID[0] * spend.sum()
    filled = np.clip(rest - (np.cumsum(money[order]) - money[order]), 0, money[order]) / money[order]
    return float(true[:, 0].sum() + (gain[order] * filled).sum())


def speed() -> None:
    made = experiment("base", JUDGING, dealers=500, weeks=156, products=20, categories=4, regions=7)
    start = time.process_time()
    measured(made)
    print(f"\n500 dealers x 156 weeks x 20 products, {len(made.promotions)} executions, 100 bootstrap and 100 placebo "
          f"replicates: {time.process_time() - start:.1f} CPU s   <= 60")  # fmt: skip


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    for situation in SITUATIONS:
        accuracy(situation, worlds if situation in SAFE else max(worlds // 3, 3))
    budget(max(worlds // 2, 3))
    speed()


if __name__ == "__main__":
    main()
