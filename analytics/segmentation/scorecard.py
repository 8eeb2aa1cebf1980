"""A weighted score of each dealer, with every part in sight.

Each criterion gives 0 to 100 points, linear between a low and a high bound (in logarithms where a criterion spans
orders of magnitude); the score is their mean by weight. Additive scoring with clipped linear value functions
[Keeney and Raiffa, Decisions with Multiple Objectives; the bounds and the slack of tiers are conventions of this
project]. Only what a dealer does in business is scored: traits of the people behind it have no criterion.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.frames import require


@dataclass(frozen=True)
class Criterion:
    """One thing that is scored: the column of its value, whether more is better (+1) or worse (−1), and its scale."""

    id: str
    column: str
    direction: Literal[1, -1]
    log: bool = False  # points are linear in the logarithm; a value of zero or less lies below every bound


CRITERIA: tuple[Criterion, ...] = (
    Criterion("sales", "net_sales", 1, log=True),  # money
    Criterion("growth", "growth", 1),  # fraction
    Criterion("margin", "gross_margin_rate", 1),  # fraction
    Criterion("payment", "days_late", -1),  # days past due, weighted by amount
    Criterion("coverage", "range_coverage", 1),  # products bought / products on sale
    Criterion("price_discipline", "price_breach_share", -1),  # fraction
    Criterion("promotion", "promotion_execution", 1),  # share of executions within plan
)
BY_ID: dict[str, Criterion] = {criterion.id: criterion for criterion in CRITERIA}
LOW, HIGH = 0.1, 0.9  # quantiles that bound a criterion: a tenth on either side may be outliers
FLAT = 50.0  # points of everybody where the ruler has no length
LEAST_KNOWN = 0.5  # share of the weight that must be known for a score
_NEAR = 1e-9  # sums of fractions are equal within this


def bounds_of(features: pd.DataFrame) -> pd.DataFrame:
    """The ruler of each criterion: DataFrame[criterion, low, high], in the unit of its column, low <= high.

    The quantiles LOW and HIGH over the dealers with a value (above zero for a logarithm). Where those coincide although
    dealers differ (nearly all have no breach, say), the smallest and the largest value, so that the few still stand
    out. NaN where nobody has a value.
    """
    rows = []
    for criterion in CRITERIA:
        values = _values(features, criterion).dropna()
        known = values[values > 0] if criterion.log else values
        low, high = float(known.quantile(LOW)), float(known.quantile(HIGH))
        if len(known) and _flat(low, high):
            low, high = float(known.min()), float(known.max())
        rows.append((criterion.id, low, high))
    return pd.DataFrame(rows, columns=["criterion", "low", "high"])


def score(features: pd.DataFrame, weights: Mapping[str, float], *, bounds: pd.DataFrame | None = None) -> pd.DataFrame:
    """The score of each dealer and its parts, one row a dealer in the order given.

    features: dealer_id (column or index) and the columns of CRITERIA; one that is absent, NaN or infinite is unknown.
    weights: criterion -> weight of zero or more, in any unit; those left out weigh nothing. bounds: a ruler as of
    bounds_of, that of another period for instance; without it the ruler of these dealers.

    Columns: dealer_id, score (0–100; NaN where less than LEAST_KNOWN of the weight is known), rank (1 = best, ties
    share it), known (share of the weight), then of each criterion `_value`, `_points` (0–100, FLAT for all where the
    bounds coincide), `_weight` (what it weighs for this dealer: over the known ones these add up to 1) and `_share`
    (weight × points: these add up to the score; NaN without one). Raises ValueError for an unknown criterion, weights
    that are negative or all zero, a dealer given twice, bounds that are upside down.
    """
    weight, ruler = _checked(weights), _ruler(bounds_of(features) if bounds is None else bounds)
    dealers = pd.Index(features["dealer_id"] if "dealer_id" in features.columns else features.index, name="dealer_id")
    if "dealer_id" not in features.columns and features.index.name != "dealer_id":
        raise ValueError("score: the frame lacks dealer_id")
    if not dealers.is_unique:
        raise ValueError("score: a dealer is given twice")
    values = {c.id: _values(features, c).to_numpy() for c in CRITERIA}
    points = {c.id: _points(c, values[c.id], *ruler[c.id]) for c in CRITERIA}
    known = {id: np.where(np.isnan(points[id]), 0.0, weight[id]) for id in points}
    total = np.sum(list(known.values()), axis=0)
    enough = total >= LEAST_KNOWN - _NEAR
    scaled = {id: np.divide(known[id], total, out=np.full(len(dealers), np.nan), where=total > 0) for id in known}
    parts: dict[str, np.ndarray] = {}
    for id in points:
        own = np.where(np.isnan(points[id]), np.nan, scaled[id])
        parts |= {f"{id}_value": values[id], f"{id}_points": points[id], f"{id}_weight": own,
                  f"{id}_share": np.where(enough, own * points[id], np.nan)}  # fmt: skip
    sums = np.nansum([parts[f"{id}_share"] for id in points], axis=0)
    result = pd.DataFrame({"dealer_id": dealers, "score": np.where(enough, sums, np.nan)})
    result["rank"] = result["score"].round(9).rank(ascending=False, method="min")
    return pd.concat([result.assign(known=total), pd.DataFrame(parts)], axis=1)


def what_would(dealer: pd.Series, goal: float, weights: Mapping[str, float], bounds: pd.DataFrame) -> pd.DataFrame:
    """What would bring a dealer to a score of `goal`, by one criterion alone, the others as they are.

    dealer: its row of `score`, made with the same weights and bounds. goal: 0–100, else ValueError. One row a
    criterion that weighs something: criterion, value (now), points (now), needed (the value that gives the goal; that
    of now where the goal is reached already; NaN where not even the best bound would do, or where the value is
    unknown), to_gain (points of the criterion that are missing), reachable, gain (score won at the best bound).
    The fewest points to gain come first, what is unreachable last.
    """
    if not 0 <= goal <= 100:
        raise ValueError(f"what_would: {goal} is no score")
    weight, ruler = _checked(weights), _ruler(bounds)
    total = sum(weight[c.id] for c in CRITERIA if not math.isnan(dealer[f"{c.id}_points"]))
    rows = []
    for criterion in CRITERIA:
        if not weight[criterion.id]:
            continue
        low, high = ruler[criterion.id]
        value, points = float(dealer[f"{criterion.id}_value"]), float(dealer[f"{criterion.id}_points"])
        own = weight[criterion.id] / total if total else math.nan
        missing = (
            max(goal - float(dealer["score"]), 0.0) / own if not math.isnan(dealer["score"] + points) else math.nan
        )
        best = points if _flat(low, high) else 100.0
        reachable = bool(points + missing <= best + _NEAR)
        needed = math.nan
        if reachable:
            needed = value if not missing else _value(criterion, min(points + missing, 100.0), low, high)
        gain = own * (best - points) if not math.isnan(dealer["score"]) else math.nan
        rows.append((criterion.id, value, points, needed, missing, reachable, gain))
    found = pd.DataFrame(rows, columns=["criterion", "value", "points", "needed", "to_gain", "reachable", "gain"])
    order = found.assign(last=~found["reachable"]).sort_values(["last", "to_gain"], kind="stable").index
    return found.loc[order].reset_index(drop=True)


def _checked(weights: Mapping[str, float]) -> dict[str, float]:
    """The weight of every criterion as a share of all."""
    if unknown := sorted(set(weights) - set(BY_ID)):
        raise ValueError(f"score: no criterion is called {', '.join(unknown)}")
    if wrong := sorted(id for id, weight in weights.items() if not 0 <= weight < math.inf):
        raise ValueError(f"score: the weight of {', '.join(wrong)} is not a number of zero or more")
    total = sum(weights.values())
    if not total:
        raise ValueError("score: nothing has a weight")
    return {id: weights.get(id, 0.0) / total for id in BY_ID}


def _ruler(bounds: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Low and high of every criterion; NaN for one that the bounds leave out."""
    require(bounds, ("criterion", "low", "high"), what="bounds")
    given = {row.criterion: (float(row.low), float(row.high)) for row in bounds.itertuples()}
    for id, (low, high) in given.items():
        if id not in BY_ID or low > high or (BY_ID[id].log and low <= 0):
            raise ValueError(f"bounds: {low} to {high} is no ruler of {id}")
    return {id: given.get(id, (math.nan, math.nan)) for id in BY_ID}


def _values(features: pd.DataFrame, criterion: Criterion) -> pd.Series:
    if criterion.column not in features.columns:
        return pd.Series(np.nan, index=features.index)
    values = pd.to_numeric(features[criterion.column]).astype(float)
    return values.where(np.isfinite(values))


def _flat(low: float, high: float) -> bool:
    return high - low <= _NEAR * max(abs(low), abs(high))


def _points(criterion: Criterion, values: np.ndarray, low: float, high: float) -> np.ndarray:
    """0–100 along the ruler, NaN where the value or the ruler is unknown."""
    if math.isnan(low) or math.isnan(high):
        return np.full(len(values), np.nan)
    if _flat(low, high):
        return np.where(np.isnan(values), np.nan, FLAT)
    if criterion.log:
        values = np.log(np.maximum(values, low))  # NaN stays NaN
        low, high = math.log(low), math.log(high)
    points = 100 * np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(points if criterion.direction > 0 else 100 - points)


def _value(criterion: Criterion, points: float, low: float, high: float) -> float:
    """The value that has so many points: the inverse of _points."""
    share = (points if criterion.direction > 0 else 100 - points) / 100
    if criterion.log:
        return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    return low + share * (high - low)
