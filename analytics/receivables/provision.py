"""Expected credit loss by a provision matrix: what the past lost, applied to what is open.

Source: IFRS 9, B5.5.35 (a matrix of historical loss rates by days past due, adjusted by forward-looking information).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.frames import require

HORIZON = 365  # days past due after which what is still open counts as never paid [convention of this project]
LATELY = 180  # days of invoices that the past is compared with [convention of this project]
ALL = 100_000  # days: as far back as the data go
FEWEST = 100  # invoices old enough to be judged that loss rates need [convention of this project]


def loss_rates(reached: Sequence[float], never_paid: float) -> list[float]:
    """Loss rate of each bucket = never paid / ever reached the bucket.

    reached: value that ever reached each bucket, in order of age; never_paid: value that was lost in the end. Of sales
    of 100, of which 50, 23, 8 and 2 reached the later buckets and 2 were lost: 2, 4, 8.7, 25, 100 %. NaN for a bucket
    that nothing ever reached: the past says nothing about it.
    """
    return [never_paid / value if value > 0 else float("nan") for value in reached]


def matrix(balances: pd.DataFrame, *, factor: float = 1.0) -> pd.DataFrame:
    """The provision of each bucket = balance × loss rate × factor.

    balances: one row a bucket: balance (money), loss_rate (fraction, may be missing). factor: the forward-looking
    adjustment, 1 = as the past; an adjusted rate is never more than 1. Returns the rows with adjusted_rate and
    provision (money; 0 where nothing is open, NaN where something is open and no rate is known).
    """
    require(balances, ("balance", "loss_rate"), what="provision matrix")
    adjusted = (balances["loss_rate"] * factor).clip(upper=1.0)
    provision = (balances["balance"] * adjusted).mask(balances["balance"] == 0, 0.0)
    return balances.assign(adjusted_rate=adjusted, provision=provision)


def enough(invoices: int) -> bool:
    """Loss rates can be told from so many invoices that were old enough."""
    return invoices >= FEWEST
