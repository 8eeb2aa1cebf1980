"""Sales out of territory (窜货): what the register of exceptions clears, and whom the rest makes suspect.

A sale is out of territory when its goods went to a region that neither lies in the dealer's territory nor holds it. It
is cleared by an exception of that dealer for that region (or one above it) that was notified no later than the sale,
agreed by the local dealer, and valid on the day: nothing else clears it [practice of Chinese channel management].
"""

from __future__ import annotations

import pandas as pd

from analytics.frames import require
from analytics.integrity.shrinkage import Prior, shrunk

SUSPECT_SHARE = 0.10  # suspected: with 95 % certainty more than this share of the deliveries [own convention]
SALES = ("dealer_id", "place_id", "day")
EXCEPTIONS = ("exception_id", "dealer_id", "region_id", "notified_date", "agreed_by_id", "valid_from", "valid_to")
# Why an exception does not clear a sale: the reason nearest to clearing it wins.
REASONS = ("cleared", "notified_late", "not_agreed", "not_valid", "no_exception")


def agreed(exceptions: pd.DataFrame, path: pd.DataFrame, homes: pd.Series) -> pd.Series:
    """Whether the local dealer agreed: another dealer, who belongs to the region of the exception.

    path: region_id, ancestor_id (each region with itself and all above); homes: territory by dealer_id. A dealer
    whose territory is not known counts as local.
    """
    require(exceptions, EXCEPTIONS, what="territory exceptions")
    related = set(zip(path["region_id"], path["ancestor_id"], strict=True))
    result = []
    for row in exceptions.itertuples():
        who, home = row.agreed_by_id, homes.get(row.agreed_by_id)
        known = isinstance(who, str) and who != row.dealer_id
        near = not isinstance(home, str) or (home, row.region_id) in related or (row.region_id, home) in related
        result.append(known and near)
    return pd.Series(result, index=exceptions.index, dtype=bool)


def judged(away: pd.DataFrame, exceptions: pd.DataFrame, path: pd.DataFrame, homes: pd.Series) -> pd.DataFrame:
    """The sales out of territory with `reason` (REASONS), `cleared` and the `exception_id` that decides.

    away: one row a dealer, place and day (SALES, and any figures); exceptions: EXCEPTIONS, days as Timestamps. Rows
    keep their order; each is judged once. Raises ValueError for missing columns.
    """
    require(away, SALES, what="sales out of territory")
    known = exceptions.assign(agreed=agreed(exceptions, path, homes))
    spread = known.merge(path, left_on="region_id", right_on="ancestor_id", suffixes=("", "_place"))
    sales = away.reset_index(drop=True)
    pairs = sales[list(SALES)].assign(row=sales.index).merge(
        spread, left_on=["dealer_id", "place_id"], right_on=["dealer_id", "region_id_place"]
    )  # fmt: skip
    valid = (pairs["day"] >= pairs["valid_from"]) & (pairs["day"] <= pairs["valid_to"])
    in_time = pairs["notified_date"] <= pairs["day"]
    pairs["rank"] = 3
    pairs.loc[valid, "rank"] = 2
    pairs.loc[valid & pairs["agreed"], "rank"] = 1
    pairs.loc[valid & pairs["agreed"] & in_time, "rank"] = 0
    best = pairs.sort_values(["rank", "exception_id"], kind="stable").drop_duplicates("row").set_index("row")
    rank = best["rank"].reindex(sales.index).fillna(4).astype(int)
    sales["reason"] = [REASONS[position] for position in rank]
    sales["cleared"] = rank == 0
    sales["exception_id"] = best["exception_id"].reindex(sales.index).astype("object")
    return sales


def suspicion(dealers: pd.DataFrame, prior: Prior) -> pd.DataFrame:
    """The dealers with their share and what is known of it, most suspect first.

    dealers: `deliveries` and `suspect_deliveries` (counts of documents: the lines of a document travel together, so
    they are one case). Adds `share` (raw), `shrunk`, `at_least`, `at_most` and `suspected`: with 95 % certainty more
    than SUSPECT_SHARE of the deliveries went out of territory without an exception.
    """
    require(dealers, ("deliveries", "suspect_deliveries"), what="deliveries of dealers")
    known = shrunk(prior, dealers["suspect_deliveries"], dealers["deliveries"])
    frame = pd.concat([dealers, known], axis=1)
    frame["share"] = frame["suspect_deliveries"] / frame["deliveries"].where(frame["deliveries"] > 0)
    frame["suspected"] = frame["at_least"] > SUSPECT_SHARE
    return frame.sort_values(["suspected", "shrunk"], ascending=False, kind="stable", ignore_index=True)
