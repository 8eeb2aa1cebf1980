"""How far does attainment swing by itself? What makes a ranking of large and small territories fair."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.frames import require

CLASS = 10  # dealers that a size class has at least; fewer in all: no swing is estimated
CLASSES = 4  # at most: dealers of a class are alike in size
NORMAL = 1.4826  # median absolute deviation of a normal distribution -> its standard deviation
RANGE = 1.96  # standard deviations that hold 95 %


def usual_swing(dealers: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """The range of attainment that is usual for a territory of its size and number of dealers.

    dealers: one row a dealer, `dealer_id`, `actual`, `target` (money). members: `group`, `dealer_id`, `target`: the
    target that each dealer carries within a group (territory, sales person, channel). Returned: index `group`, `low`,
    `high` (fractions of target) and `dealers` (with a target, count); empty when there are fewer than CLASS dealers
    with a target. Raises ValueError for missing columns.

    A dealer swings around the attainment of all dealers together by what is usual among dealers of its size: 1.4826
    times the median absolute deviation within a quarter of the dealers by target, which a few broken dealers do not
    widen (Hampel 1974). In a group these swings partly cancel out: the swing of a group is the root of the sum of the
    squared swings of its dealers, each weighted with its share of the group's target. The range is 1.96 times that on
    either side, as in a funnel plot (Spiegelhalter 2005, Statistics in Medicine 24: 1185-1202): with dealers that move
    independently, 19 of 20 groups lie inside when nothing but their dealers' usual ups and downs tells them apart.
    """
    require(dealers, ("dealer_id", "actual", "target"), what="usual_swing")
    require(members, ("group", "dealer_id", "target"), what="usual_swing")
    carried = dealers[dealers["target"] > 0].set_index("dealer_id")
    if len(carried) < CLASS:
        return pd.DataFrame({"low": [], "high": [], "dealers": []}, index=pd.Index([], name="group"), dtype="float64")
    centre = carried["actual"].fillna(0).sum() / carried["target"].sum()
    off = carried["actual"].fillna(0) / carried["target"] - centre
    size = carried["target"].rank(method="first")
    classes = min(CLASSES, len(carried) // CLASS)
    spread = off.groupby(np.ceil(size / len(carried) * classes)).transform(_spread)
    own = members[members["target"] > 0]
    own = own.assign(swing=own["dealer_id"].map(spread) * own["target"]).dropna(subset=["group", "swing"])
    grouped = own.groupby("group")
    swing = np.sqrt((own["swing"] ** 2).groupby(own["group"]).sum()) / grouped["target"].sum()
    low = (centre - RANGE * swing).clip(lower=0)
    return pd.DataFrame({"low": low, "high": centre + RANGE * swing, "dealers": grouped["dealer_id"].nunique()})


def _spread(off: pd.Series) -> float:
    return float(NORMAL * (off - off.median()).abs().median())
