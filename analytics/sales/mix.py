"""Mix: what part of the whole each group is, in two periods."""

from __future__ import annotations

import pandas as pd


def share_of_whole(values: pd.Series) -> pd.Series:
    """Each value divided by the sum of all, returns included; NaN when that sum is not positive."""
    total = values.astype("float64").sum()
    return values / total if total > 0 else values * float("nan")
