"""How sales people spend their time, against the norm of channel management."""

from __future__ import annotations

import pandas as pd

from analytics.frames import require

# Share of hours by activity [practice of Chinese channel management].
NORM: dict[str, float] = {"new": 0.30, "existing": 0.30, "planning": 0.20, "phone": 0.20}


def allocation(hours: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Shares of hours by activity, and how far they lie from NORM.

    hours: activity (a key of NORM; other rows are left out), hours, and the column `by`. Returns one row a value of
    `by` (one in all without it): hours, one share a activity, deviation = half the sum of the absolute gaps to NORM
    (0 keeps the norm, at most 1; worked example 13: 10/60/10/20 gives 0.30). Without hours there is no row.
    """
    require(hours, ("activity", "hours", *([by] if by else [])), what="hours")
    known = hours[hours["activity"].isin(NORM) & (hours["hours"] > 0)]
    key = known[by] if by else pd.Series("", index=known.index)
    wide = known["hours"].astype(float).groupby([key, known["activity"]], observed=True).sum().unstack(fill_value=0.0)
    wide = wide.reindex(columns=list(NORM), fill_value=0.0)
    total = wide.sum(axis=1)
    shares = wide.div(total, axis=0)
    shares["deviation"] = (shares - pd.Series(NORM)).abs().sum(axis=1) / 2
    shares.insert(0, "hours", total)
    shares.columns.name = None
    return shares.rename_axis(by).reset_index() if by else shares.reset_index(drop=True)
