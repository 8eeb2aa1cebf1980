"""Effects of promotions as if measured, for tests of what is decided from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.promotions.effects import REFUSED, PromotionEffects


def effects_of(executions: pd.DataFrame, errors: np.ndarray) -> PromotionEffects:
    """PromotionEffects with sums by cell over the executions that were not refused."""
    ex = executions.reset_index(drop=True)
    rows = []
    for (kind, region), part in ex.groupby(["type", "region"]):
        seen = part[part["verdict"] != REFUSED]
        rows.append({
            "type": kind, "region": region, "n_executions": len(seen), "n_refused": len(part) - len(seen),
            **{name: seen[name].sum() if len(seen) else np.nan for name in ("spend", "net_margin", "net_revenue")},
        })  # fmt: skip
    columns = ["type", "region", "n_executions", "n_refused", "spend", "net_margin", "net_revenue"]
    none = pd.DataFrame()
    return PromotionEffects(ex, none, pd.DataFrame(rows, columns=columns), none, none, none, none, errors)


def world(
    seed: int = 0, types: int = 3, regions: int = 3, each: int = 12, noise: float = 0.5, k: float = 0.3,
    worth: np.ndarray | None = None,
) -> PromotionEffects:  # fmt: skip
    """Executions that earn worth (types, regions) for each unit of spend at intensity k, saturating at twice that."""
    rng = np.random.default_rng(seed)
    cell = np.repeat(np.arange(types * regions), each)
    kind, region = cell // regions, cell % regions
    worth = np.exp(rng.normal(0.3, 0.4, (types, regions))) if worth is None else worth
    baseline = rng.lognormal(9, 0.4, len(cell))
    x = k * np.exp(rng.uniform(-0.55, 0.55, len(cell)))
    spend = baseline * x
    net = baseline * worth[kind, region] * 2 * k * x / (x + k)
    scale = noise * spend

    def errors(count: int) -> np.ndarray:
        return scale[:, None] * (rng.normal(size=(len(cell), count)) + 0.1 * rng.normal(size=(1, count)))

    net = net + errors(1)[:, 0]
    ex = pd.DataFrame({
        "promo_id": "p", "execution_id": [f"e{i}" for i in range(len(cell))], "dealer_id": "d",
        "type": [f"t{i}" for i in kind], "region": [f"r{i}" for i in region], "spend": spend,
        "baseline_margin": baseline, "net_margin": net, "net_revenue": net * 4, "verdict": "cannot_tell",
    })  # fmt: skip
    return effects_of(ex, errors(100))


def refuse(effects: PromotionEffects, rows: np.ndarray) -> PromotionEffects:
    """The same with some executions refused: nothing measured, errors NaN."""
    ex, errors = effects.executions.copy(), effects.errors.copy()
    ex.loc[rows, "verdict"] = REFUSED
    ex.loc[rows, ["net_margin", "net_revenue"]] = np.nan
    errors[rows] = np.nan
    return effects_of(ex, errors)
