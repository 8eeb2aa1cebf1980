"""PromotionEffects: what was measured about promotions, from one execution to all of them, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

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

    executions, errors: as in PromotionEffects, in the same order; any subset of the rows. Refused executions count in
    n_refused alone.
    """
    raise NotImplementedError
