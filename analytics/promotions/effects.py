"""PromotionEffects: what was measured about promotions, from one execution to all of them, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import scipy  # its parts load at their first use: pages that read stored results open without them

MEASURES = ("units", "revenue", "margin")
PARTS = ("baseline", "gross", "anticipation", "dip", "cannibalisation", "net")
SUMMED = tuple(f"{part}_{measure}" for part in PARTS for measure in MEASURES)
MIN_EXECUTIONS = 8  # below which a group says nothing [METHODS: executions per cell]
PROFIT, LOSS, CANNOT_TELL, REFUSED = "profit", "loss", "cannot_tell", "refused"


@dataclass(frozen=True)
class PromotionEffects:
    """Effects by execution and by group. Money in the currency of the sales, rates as fractions, ROI = net margin /
    spend - 1.

    executions: one row an execution: execution_id, promo_id, dealer_id, region, category, type, start_week, end_week,
    spend, <part>_<measure> for the parts baseline (promoted products, promotion weeks), gross (the same, above the
    baseline), anticipation (category, week before), dip (category, the weeks after; carry-over counts here, positive),
    cannibalisation (other products of the category, promotion weeks) and net (their sum) and the measures units,
    revenue and margin; halo_margin (the dealer's other categories in the promotion weeks, no part of net), roi with
    its bands roi_lo_80 ..., lift (gross / baseline units), breakeven_lift (spend / baseline margin), efficiency (net /
    gross margin), naive_roi (before and after, without a comparison), controls (median of clean comparable dealers in
    its weeks), pre_weeks (clean weeks before it), verdict (profit, loss, cannot_tell, refused) and reason (a code).
    by_type (type), by_cell (type, region), by_promo (promo_id), overall (one row): the same sums over the executions
    that could be measured, n_executions (measured) and n_refused.
    checks: gate, scope, count, threshold, passed, reason: one row a gate and scope.
    weekly: promo_id, week, actual_<measure>, baseline_<measure>, baseline_lo_80, baseline_hi_80 (margin): the category
    at the dealers of a promotion, from 12 weeks before it to 12 after.
    errors: (executions, replicates) what the net margin of each execution may be off by, rows as in `executions`; NaN
    where it was refused. A sum of rows has the band of the sum.
    """

    executions: pd.DataFrame
    by_type: pd.DataFrame
    by_cell: pd.DataFrame
    by_promo: pd.DataFrame
    overall: pd.DataFrame
    checks: pd.DataFrame
    weekly: pd.DataFrame
    errors: np.ndarray
    levels: tuple[float, ...] = (0.80, 0.95)
    info: dict[str, Any] = field(default_factory=dict)


def summarise(
    executions: pd.DataFrame, errors: np.ndarray, by: Sequence[str], levels: Sequence[float] = (0.80, 0.95)
) -> pd.DataFrame:
    """Sums, ROI with bands and verdict by group (one row over everything when `by` is empty).

    executions, errors: as in PromotionEffects, in the same order; any subset of the rows. Executions without an
    estimate count in n_refused alone, and their spend is no part of the group's.
    """
    measured = executions["net_margin"].notna().to_numpy()
    codes = executions.groupby(list(by), sort=True).ngroup().to_numpy() if by else np.zeros(len(executions), dtype=int)
    groups = int(codes.max()) + 1 if len(codes) else (0 if by else 1)
    first = [int(np.argmax(codes == g)) for g in range(groups)] if by else []
    frame = executions[list(by)].iloc[first].reset_index(drop=True) if by else pd.DataFrame(index=range(1))
    weights = [*SUMMED, "halo_margin", "naive_margin", "spend"]
    for column in weights:
        values = np.where(measured, executions[column].to_numpy(float), 0.0)
        total = np.bincount(codes, np.nan_to_num(values), groups)
        counted = np.bincount(codes, measured, groups)
        frame[column] = np.where(counted > 0, total, np.nan)
    frame["n_executions"] = np.bincount(codes, measured, groups).astype(int)
    frame["n_refused"] = np.bincount(codes, ~measured, groups).astype(int)
    reasons = executions["reason"].where(~measured, "")
    most = [reasons[(codes == g) & ~measured].mode() for g in range(groups)]
    frame["reason"] = [m.iloc[0] if len(m) and n == 0 else "" for m, n in zip(most, frame["n_executions"], strict=True)]
    summed = np.zeros((groups, errors.shape[1]))
    np.add.at(summed, codes[measured], errors[measured])
    frame = judge(band(frame, summed, levels))
    few = (frame["n_executions"] < MIN_EXECUTIONS) & (frame["verdict"] != REFUSED)
    frame.loc[few, ["verdict", "reason"]] = [CANNOT_TELL, "few_executions"]
    return frame


def band(frame: pd.DataFrame, errors: np.ndarray, levels: Sequence[float]) -> pd.DataFrame:
    """Add the rates of summed money: roi with its bands, lift, breakeven_lift, efficiency and naive_roi.

    errors: (rows, replicates) of net_margin. The bands are normal, as wide as the replicates are spread.
    """
    spend = frame["spend"].where(frame["spend"] > 0)
    wide = pd.Series(np.sqrt((errors**2).mean(axis=1)) if errors.shape[1] else np.nan, index=frame.index) / spend
    columns: dict[str, pd.Series] = {"roi": frame["net_margin"] / spend - 1}
    for level in levels:
        half = scipy.special.ndtri(0.5 + level / 2) * wide
        columns[f"roi_lo_{level * 100:.0f}"] = columns["roi"] - half
        columns[f"roi_hi_{level * 100:.0f}"] = columns["roi"] + half
    columns["lift"] = frame["gross_units"] / frame["baseline_units"].where(frame["baseline_units"] > 0)
    columns["breakeven_lift"] = spend / frame["baseline_margin"].where(frame["baseline_margin"] > 0)
    columns["efficiency"] = frame["net_margin"] / frame["gross_margin"].where(frame["gross_margin"] > 0)
    columns["naive_roi"] = frame["naive_margin"] / spend - 1
    return frame.assign(**columns)


def judge(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the verdict: profit or loss where the lowest band leaves no doubt, cannot_tell with the reason
    `band_spans_zero` where it holds break-even, refused where there is no estimate."""
    low = min(str(column) for column in frame if str(column).startswith("roi_lo_"))
    high = low.replace("lo", "hi")
    verdict = np.select(
        [frame["roi"].isna(), frame[low] > 0, frame[high] < 0], [REFUSED, PROFIT, LOSS], default=CANNOT_TELL
    )
    reason = frame["reason"].mask((verdict == CANNOT_TELL) & (frame["reason"] == ""), "band_spans_zero")
    return frame.assign(verdict=verdict, reason=reason)


def forbid(groups: pd.DataFrame, checks: pd.DataFrame, *, overall: bool) -> None:
    """A failed gate of everything or of a type (where groups have the column `type`) takes away the verdict of its
    groups, in place."""
    failed = checks[~checks["passed"] & checks["gate"].isin(("lead_test", "overlap", "controls", "history"))]
    for gate, scope in zip(failed["gate"], failed["scope"], strict=True):
        if overall and scope != "overall":
            continue
        rows = pd.Series(True, index=groups.index)
        if scope != "overall":
            if "type" not in groups:
                continue
            rows = groups["type"] == scope
        groups.loc[rows, ["verdict", "reason"]] = [REFUSED, gate]
    if overall and not checks.loc[checks["gate"] == "diversion", "passed"].all():
        groups.loc[groups["verdict"] != REFUSED, ["verdict", "reason"]] = [CANNOT_TELL, "diversion"]
