"""Where a dealer stands between two periods."""

from __future__ import annotations

import pandas as pd

from analytics.frames import require

STATUSES = ("lost", "kept", "resumed", "returning", "new")


def status(dealers: pd.DataFrame) -> pd.Series:
    """The status of each dealer, missing for one that bought in neither period.

    dealers: flags `active` (bought in the period), `active_before` (in the compared one), `new` (first ever in the
    period), `returning` (back after a long gap). Returns one of STATUSES: `lost` (before, not now), `new`, `returning`,
    `kept` (in both), `resumed` (now, not before, away for less than the gap). The first that fits in the order new,
    returning, kept, resumed, so that each dealer counts once. Raises ValueError when a column is missing.
    """
    require(dealers, ("active", "active_before", "new", "returning"), what="lifecycle")
    flags = dealers[["active", "active_before", "new", "returning"]].fillna(0).astype(bool)
    now, before = flags["active"], flags["active_before"]
    found = pd.Series(None, index=dealers.index, dtype="object")
    found[before & ~now] = "lost"
    found[now] = "resumed"
    found[now & before] = "kept"
    found[now & flags["returning"]] = "returning"
    found[now & flags["new"]] = "new"
    return found
