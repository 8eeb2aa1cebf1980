"""Who moved between groups from one day to another, and whether the dealers moved or the ruler did."""

from __future__ import annotations

import pandas as pd

ABSENT = "absent"  # no group on that day: the dealer had not bought yet, or the rule cannot tell


def moves(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """One row a dealer of either day: dealer_id, before, after (ABSENT where it has none), moved. Index ids."""
    ids = before.index.union(after.index, sort=False)
    frame = pd.DataFrame({"before": before.reindex(ids), "after": after.reindex(ids)}).astype("object")
    frame = frame.where(frame.notna(), ABSENT).rename_axis("dealer_id").reset_index()
    frame["moved"] = frame["before"] != frame["after"]
    return frame


def flows(moved: pd.DataFrame, sales: pd.Series) -> pd.DataFrame:
    """before, after, dealers, net_sales (of the later day): one row a pair of groups, largest first. The dealers of
    all rows add up to those given, and by `before` and by `after` to the groups of either day.

    moved: as `moves` gives it; sales: net sales of each dealer, index ids.
    """
    frame = moved.assign(net_sales=moved["dealer_id"].map(sales).fillna(0.0))
    grouped = frame.groupby(["before", "after"], sort=False)
    result = grouped.agg(dealers=("dealer_id", "size"), net_sales=("net_sales", "sum")).reset_index()
    return result.sort_values(["dealers", "before", "after"], ascending=[False, True, True], ignore_index=True)


def moved_share(before: pd.Series, after: pd.Series) -> float:
    """Share of the dealers with a group on both days whose group differs; NaN without any."""
    both = before.dropna().index.intersection(after.dropna().index)
    return float((before.loc[both] != after.loc[both]).mean()) if len(both) else float("nan")


def agreement(one: pd.Series, other: pd.Series) -> float:
    """Adjusted Rand index of two groupings of the same dealers (Hubert and Arabie 1985); NaN without any. 1: the same
    groups under whatever names, about 0: no more alike than by chance."""
    from sklearn.metrics import adjusted_rand_score

    both = one.dropna().index.intersection(other.dropna().index)
    return float(adjusted_rand_score(one.loc[both], other.loc[both])) if len(both) else float("nan")
