"""Rankings of many rows on a card: the ones that matter, and one row for all others."""

from __future__ import annotations

import pandas as pd

from dashboard.i18n import ngettext

MOST_ROWS = 12  # of a ranking on a card; the table has all


def shortened(
    frame: pd.DataFrame,
    sums: tuple[str, ...] = ("actual", "target", "last_year"),
    order: tuple[str, ...] = ("gap", "change", "actual"),
    most: int = MOST_ROWS,
) -> pd.DataFrame:
    """At most so many rows: those with the largest values of the first column of `order` that has any, in their order,
    and one for all others with the sums of `sums`. frame: with `name`."""
    if len(frame) <= most:
        return frame
    column = next((c for c in order if c in frame and frame[c].notna().any()), order[-1])
    kept = frame[column].abs().nlargest(most - 1).index
    rest = frame.drop(index=kept)
    others: dict[str, float | str | None] = {column: total(rest[column]) for column in sums}
    others["name"] = ngettext("{n} other", "{n} others", len(rest))
    return pd.concat([frame.loc[frame.index.isin(kept)], pd.DataFrame([others])], ignore_index=True)


def total(values: pd.Series) -> float | None:
    """The sum of what is known; None when nothing is."""
    return None if values.isna().all() else float(values.sum())
