"""Groups of dealers by rule: growth and share, life cycle, recency and frequency; with what comes next for each dealer.

Each rule takes thresholds, one number for everybody or one a dealer (regions may differ).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from analytics.frames import require

QUADRANTS = ("large_growing", "large_slowing", "small_growing", "small_slowing")
STAGES = ("new", "growing", "mature", "declining", "dormant", "lost")
RFM_GROUPS = ("champions", "loyal", "recent", "passing", "at_risk", "hibernating")
Cut: TypeAlias = "float | pd.Series"


@dataclass(frozen=True)
class Thresholds:
    """Where one group ends and the next begins; a number, or a Series on the index of the dealers.

    a_up_to, b_up_to: cumulative shares of net sales. large: multiple of the mean net sales of all active dealers from
    which a dealer is large. grows: growth from which a dealer grows in the quadrants. growing, declining: growth from
    and down to which a stage is told. new_days: since the first order. dormant_days, lost_days: without an order.
    """

    a_up_to: Cut
    b_up_to: Cut
    large: Cut
    grows: Cut
    growing: Cut
    declining: Cut
    new_days: Cut
    dormant_days: Cut
    lost_days: Cut


def life_cycle(dealers: pd.DataFrame, cuts: Thresholds) -> pd.DataFrame:
    """The stage of each dealer (STAGES), and what it is nearest to.

    dealers: recency and tenure_days (days; missing: a dealer for longer than is known), growth (rate, may be missing).
    The first that fits: lost (no order for more than lost_days), dormant (dormant_days), new (a dealer for less than
    new_days), growing, declining, mature (also where growth cannot be told). Returns segment, next (the stage whose
    threshold is nearest; missing for new and lost, and where growth cannot be told), gap: the distance to it, growth as
    a rate, days as a share of the threshold. Raises ValueError.
    """
    require(dealers, ("recency", "tenure_days", "growth"), what="life cycle")
    quiet, growth = dealers["recency"], dealers["growth"]
    stage = pd.Series("mature", index=dealers.index)
    stage[growth <= cuts.declining] = "declining"
    stage[growth >= cuts.growing] = "growing"
    stage[dealers["tenure_days"] < cuts.new_days] = "new"
    stage[quiet > cuts.dormant_days] = "dormant"
    stage[quiet > cuts.lost_days] = "lost"
    up, down = (growth - cuts.growing).abs(), (growth - cuts.declining).abs()
    bought = stage.isin(["growing", "mature", "declining"]) & growth.notna()
    ahead = pd.Series(pd.NA, index=dealers.index, dtype="object")
    ahead[bought] = np.where(stage[bought] != "mature", "mature", np.where(up <= down, "growing", "declining")[bought])
    ahead[stage == "dormant"] = "lost"
    gap = pd.Series(np.where(stage == "growing", up, np.where(stage == "declining", down, np.minimum(up, down))),
                    index=dealers.index).where(bought)  # fmt: skip
    gap[stage == "dormant"] = ((cuts.lost_days - quiet) / cuts.lost_days)[stage == "dormant"]
    return pd.DataFrame({"segment": stage, "next": ahead, "gap": gap})


def growth_share(dealers: pd.DataFrame, cuts: Thresholds) -> pd.DataFrame:
    """The quadrant of each dealer by size and growth (QUADRANTS; missing where growth cannot be told or nothing was
    bought), after the growth-share matrix of the Boston Consulting Group, 1970, with dealers in place of businesses.

    dealers: net_sales (money), growth (rate). A dealer is large from `large` times the mean of those that bought.
    Returns segment, next (beyond the nearer of the two lines), gap (distance to it: growth as a rate, size as a share
    of the line), size (net sales / mean). Raises ValueError.
    """
    require(dealers, ("net_sales", "growth"), what="growth-share")
    sales, growth = dealers["net_sales"].astype(float), dealers["growth"].astype(float)
    mean = sales[sales > 0].mean()
    size = sales / mean
    known = growth.notna() & (sales > 0)
    large, grows = size >= cuts.large, growth >= cuts.grows
    to_size, to_growth = (size / cuts.large - 1).abs(), (growth - cuts.grows).abs()
    over_size = to_size <= to_growth

    def named(large: pd.Series, grows: pd.Series) -> pd.Series:
        words = np.where(large, "large_", "small_") + np.where(grows, "growing", "slowing").astype(object)
        return pd.Series(words, index=dealers.index, dtype="object").where(known, pd.NA)

    return pd.DataFrame({"segment": named(large, grows), "next": named(large ^ over_size, grows ^ ~over_size),
                         "gap": np.minimum(to_size, to_growth).where(known), "size": size})  # fmt: skip


def recency_frequency(scores: pd.DataFrame) -> pd.DataFrame:
    """The RFM group of each dealer (RFM_GROUPS; missing without scores) from its quintiles.

    scores: r_score, f_score, m_score (1-5, 5 is best). Buys often and much (mean of F and M above 3.5): champions when
    recent (R 4-5), at_risk when long ago (R 1-2), else loyal; middling (2.5 and above) loyal or at_risk; little: recent
    (R 4-5), passing (R 3), hibernating. Returns segment; next and gap are missing: quintiles are relative to others.
    """
    require(scores, ("r_score", "f_score", "m_score"), what="RFM")
    recent, worth = scores["r_score"].astype(float), scores[["f_score", "m_score"]].astype(float).mean(axis=1)
    found = pd.Series(
        np.select([recent.isna() | worth.isna(), (recent >= 4) & (worth > 3.5), (recent >= 3) & (worth >= 2.5),
                   worth >= 2.5, recent >= 4, recent >= 3],
                  [pd.NA, "champions", "loyal", "at_risk", "recent", "passing"], "hibernating"),
        index=scores.index, dtype="object",
    )  # fmt: skip
    return pd.DataFrame({"segment": found, "next": pd.NA, "gap": np.nan}, index=scores.index)
