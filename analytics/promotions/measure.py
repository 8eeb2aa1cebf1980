"""measure: what promotions brought, against what would have been sold without them.

Multiplicative imputation on dealer x category x week (after Gardner 2021 and Borusyak, Jaravel and Spiess 2024, on a
mean that multiplies): weeks from one before a promotion to eight after it are hidden, the baseline is fitted on the
rest, and the difference is split by week and product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from analytics.promotions import gates
from analytics.promotions.effects import (
    MEASURES,
    REFUSED,
    PromotionEffects,
    band,
    forbid,
    judge,
    summarise,
)
from analytics.promotions.executions import Executions, place
from analytics.promotions.imputation import Imputed, impute, replicate
from analytics.promotions.panel import Matrix, Panel, panel

Report = Callable[[int, int], None]
NAIVE = 8  # weeks before, of the before-and-after comparison
SHARE_MEMORY = 26.0  # weeks over which what a dealer buys within a category counts less
AROUND = 12  # weeks shown before and after a promotion


def measure(
    sales: pd.DataFrame,
    promotions: pd.DataFrame,
    dealers: pd.DataFrame,
    products: pd.DataFrame,
    *,
    window: tuple[int, int] = (-1, 8),
    levels: Sequence[float] = (0.80, 0.95),
    seed: int = 0,
    progress: Report | None = None,
    bootstrap: int = 100,
    placebo: int = 100,
) -> PromotionEffects:
    """Measure the net effect of each execution and of groups of them, with bands, verdicts and gates.

    sales: week (Mondays, or whole numbers), dealer_id, product_id, units, revenue (at list price); a week without a
    row after a dealer's first sale counts as zero; where there is a column cost (of the goods sold, money), it stands
    in place of units x unit_cost. promotions: promo_id, execution_id, dealer_id, region, category,
    product_ids ("A|B", empty = all of the category), type, start_week, end_week (exclusive), spend (all that the
    promotion gives away). dealers: dealer_id, region. products: product_id, category, unit_cost. window: weeks before
    the start and after the end in which effects may lie. Margin = revenue - units x unit_cost. progress: called with
    (done, of). bootstrap, placebo: replicates of the noise, and placebo windows a dealer and category.

    The same seed gives the same numbers. Thin data are refused with a reason, never raised; ValueError only for
    missing columns.
    """
    report = progress or (lambda done, of: None)
    with threadpool_limits(1):
        shaped = panel(sales, dealers, products)
        at = place(promotions, shaped, window)
        imputed = impute(shaped, at, placebo=placebo, seed=seed, report=report)
        table = gates.reasons(shaped, at, imputed.fit.usable)
        measured = (table["reason"] == "").to_numpy()
        errors, leads, variance = replicate(shaped, at, imputed, bootstrap, seed, report)
        errors[~measured] = np.nan
        executions = _executions(shaped, at, imputed, table, products)
        executions = judge(band(executions, errors, levels))
        executions.loc[at.overlaps & measured, ["verdict", "reason"]] = [REFUSED, "overlap"]
        rows = gates.counted(table.join(executions[["spend", "type", "region"]]), shaped.shape[1], at.overlaps)
        rows += gates.lead_test(imputed, shaped, at, leads, measured)
        found, diverted = gates.diversion(shaped, at, imputed)
        checks = pd.DataFrame([*rows, found])
        groups = {name: summarise(executions, errors, by, levels)
                  for name, by in (("by_type", ["type"]), ("by_cell", ["type", "region"]), ("by_promo", ["promo_id"]),
                                   ("overall", []))}  # fmt: skip
        groups["overall"]["diverted_margin"] = diverted
        weekly = _weekly(shaped, at, imputed, variance)
    report(10, 10)
    info = {"dealers": shaped.unit["dealer_id"].nunique(), "weeks": shaped.shape[1], "memory": imputed.shock.memory,
            "share": imputed.shock.share, "inflation": imputed.inflation, "noise": _typical(imputed)}  # fmt: skip
    for name, own in groups.items():
        forbid(own, checks, overall=name == "overall")
    return PromotionEffects(executions, groups["by_type"], groups["by_cell"], groups["by_promo"], groups["overall"],
                            checks, weekly, errors, tuple(levels), info)  # fmt: skip


def _typical(imputed: Imputed) -> float:
    usable = imputed.fit.usable
    return float(np.sqrt(np.median(imputed.fit.noise[usable]) * imputed.inflation)) if usable.any() else float("nan")


# ------------------------------------------------------------------ executions


def _executions(
    shaped: Panel, at: Executions, imputed: Imputed, table: pd.DataFrame, products: pd.DataFrame
) -> pd.DataFrame:
    """The parts of each execution's effect."""
    width = shaped.shape[1]
    frame = at.frame[["execution_id", "promo_id", "dealer_id", "region", "category", "type", "start_week", "end_week"]]
    frame = frame.assign(spend=pd.to_numeric(at.frame["spend"], errors="coerce"))
    clean = shaped.there & ~at.hidden
    own = np.maximum(at.unit, 0)
    weeks = np.arange(width)
    mine = (at.owner[own] == np.arange(len(own))[:, None]) & (at.unit >= 0)[:, None]
    during = mine & (weeks >= at.start[:, None]) & (weeks < at.end[:, None])
    before, after = mine & (weeks < at.start[:, None]), mine & (weeks >= at.end[:, None])
    middle = (at.start + at.end) / 2
    near = np.exp(-np.abs(weeks - middle[:, None]) / SHARE_MEMORY) * clean[own]
    columns: dict[str, Matrix] = {}
    for place_, m in enumerate(MEASURES):
        normal = imputed.expected[m][own]
        above = shaped.amount[m][own] - normal
        promoted = at.promoted[:, place_]
        part = np.clip(_share(shaped, at, m, near, promoted, own, clean), 0, 1)
        base = normal * part
        columns[f"baseline_{m}"] = (base * during).sum(axis=1)
        columns[f"gross_{m}"] = ((promoted - base) * during).sum(axis=1)
        columns[f"anticipation_{m}"] = (above * before).sum(axis=1)
        columns[f"dip_{m}"] = (above * after).sum(axis=1)
        columns[f"cannibalisation_{m}"] = (above * during).sum(axis=1) - columns[f"gross_{m}"]
        columns[f"net_{m}"] = (above * mine).sum(axis=1)
    columns["halo_margin"] = _halo(shaped, at, imputed, clean)
    columns["naive_margin"] = _naive(shaped, at)
    frame = frame.assign(**columns, controls=table["controls"], pre_weeks=table["pre_weeks"], reason=table["reason"])
    estimates = [*columns]
    frame.loc[frame["reason"] != "", estimates] = np.nan
    return frame


def _share(
    shaped: Panel, at: Executions, measure: str, near: Matrix, promoted: Matrix, own: Matrix, clean: Matrix
) -> Matrix:
    """(X, T) share of promoted products in the category without promotion: the dealer's own, moved as it moves with
    the dealers who do not take part."""
    amount = shaped.amount[measure]
    weight = near * amount[own]
    total = weight.sum(axis=1)
    dealer = np.divide((near * promoted).sum(axis=1), total, out=np.zeros(len(own)), where=total > 0)
    product, names = pd.factorize(shaped.pairs.get_level_values(1))
    by_product = np.zeros((len(names), shaped.shape[1]))
    np.add.at(by_product, product, shaped.product[measure] * clean[shaped.product_unit])
    branch = shaped.unit["branch"].to_numpy()
    by_branch = np.zeros((int(branch.max()) + 1 if len(branch) else 1, shaped.shape[1]))
    np.add.at(by_branch, branch, amount * clean)
    chosen = np.zeros((len(own), len(names)), dtype=np.float32)
    named = at.frame["product_ids"].fillna("").astype(str).str.split("|").explode().str.strip()
    code = pd.Index(names).get_indexer(named)
    chosen[named.index.to_numpy()[code >= 0], code[code >= 0]] = 1
    whole = ~chosen.any(axis=1)
    set_sum = chosen @ by_product
    of = by_branch[branch[own]] if len(branch) else np.ones_like(set_sum)
    set_sum[whole] = of[whole]
    others = np.divide(set_sum, of, out=np.zeros_like(set_sum), where=of > 0)
    usual = np.divide((weight * others).sum(axis=1), total, out=np.zeros(len(own)), where=total > 0)
    moved = np.divide(others, usual[:, None], out=np.ones_like(others), where=usual[:, None] > 0)
    return np.asarray(dealer[:, None] * np.clip(moved, 0.2, 5))


def _halo(shaped: Panel, at: Executions, imputed: Imputed, clean: Matrix) -> Matrix:
    """(X,) margin above the baseline of the dealer's other categories in the promotion weeks, where those are clean."""
    above = (shaped.amount["margin"] - imputed.expected["margin"]) * clean
    dealer = pd.factorize(shaped.unit["dealer_id"])[0]
    total = np.zeros((dealer.max() + 1 if len(dealer) else 1, shaped.shape[1]))
    np.add.at(total, dealer, above)
    result = np.zeros(len(at.unit))
    for x, unit in enumerate(at.unit):
        if unit >= 0:
            span = slice(max(at.start[x], 0), max(at.end[x], 0))
            result[x] = (total[dealer[unit], span] - above[unit, span]).sum()
    return result


def _naive(shaped: Panel, at: Executions) -> Matrix:
    """(X,) margin of the promotion weeks above as many average weeks of the eight before: what a glance would say."""
    result = np.full(len(at.unit), np.nan)
    amount = shaped.amount["margin"]
    for x, unit in enumerate(at.unit):
        start, end = max(at.start[x], 0), min(at.end[x], shaped.shape[1])
        if unit >= 0 and end > start and start - 1 > 0:
            usual = amount[unit, max(start - 1 - NAIVE, 0) : start - 1].mean()
            result[x] = amount[unit, start:end].sum() - usual * (end - start)
    return result


# ------------------------------------------------------------------ weeks of a promotion


def _weekly(shaped: Panel, at: Executions, imputed: Imputed, variance: Matrix) -> pd.DataFrame:
    """Actual and baseline of the category at the dealers of each promotion, with an 80 % band on the margin."""
    codes, names = pd.factorize(at.frame["promo_id"])
    cell = shaped.unit["cell"].to_numpy()
    clean = shaped.there & ~at.hidden
    loose = np.where(clean, 1 - imputed.shock.share, imputed.spread)
    frames = []
    for number, name in enumerate(names):
        rows = np.flatnonzero((codes == number) & (at.unit >= 0))
        if not len(rows):
            continue
        units = np.unique(at.unit[rows])
        span = slice(max(int(at.start[rows].min()) - AROUND, 0), max(int(at.end[rows].max()) + AROUND, 0))
        normal = imputed.expected["margin"][units, span]
        noise = (normal**2 * loose[units, span] * (imputed.fit.noise[units] * imputed.inflation)[:, None]).sum(axis=0)
        together = np.zeros((len(variance), normal.shape[1]))
        np.add.at(together, cell[units], normal)
        half = 1.2815515655446004 * np.sqrt(noise + (together**2 * variance[:, span]).sum(axis=0))
        own = {"promo_id": name, "week": shaped.weeks[span]}
        for m in MEASURES:
            own[f"actual_{m}"] = shaped.amount[m][units, span].sum(axis=0)
            own[f"baseline_{m}"] = imputed.expected[m][units, span].sum(axis=0)
        own["baseline_lo_80"] = own["baseline_margin"] - half
        own["baseline_hi_80"] = own["baseline_margin"] + half
        frames.append(pd.DataFrame(own))
    columns = ["promo_id", "week", *(f"{k}_{m}" for m in MEASURES for k in ("actual", "baseline")),
               "baseline_lo_80", "baseline_hi_80"]  # fmt: skip
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)
