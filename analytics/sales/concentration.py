"""How much of sales hangs on how few: top-N share, Herfindahl-Hirschman index, ABC classes."""

from __future__ import annotations

import pandas as pd

A_UP_TO, B_UP_TO = 0.80, 0.95  # cumulative shares, convention of the ABC analysis
_NOISE = 1e-9  # of a cumulative sum of shares


def shares(values: pd.Series) -> pd.Series:
    """Share of each value in the sum of the positive ones; 0 for a value that is missing, zero or negative.

    All missing (NaN) when no value is positive.
    """
    positive = values.astype("float64").clip(lower=0.0).fillna(0.0)
    total = positive.sum()
    return positive / total if total > 0 else positive * float("nan")


def top_share(values: pd.Series, n: int) -> float:
    """Share of the n largest in the sum of the positive values; NaN when none is positive."""
    return float(shares(values).nlargest(n).sum(min_count=1))


def hhi(values: pd.Series) -> float:
    """Herfindahl-Hirschman index: the sum of squared shares over positive values; NaN when there are none.

    Between 1/n (all equal) and 1 (one has all); 1/HHI is the number of equal ones that would be as concentrated.
    """
    return float((shares(values) ** 2).sum(min_count=1))


def classes(
    values: pd.Series, a_up_to: float | pd.Series = A_UP_TO, b_up_to: float | pd.Series = B_UP_TO
) -> pd.DataFrame:
    """Rank and ABC class, largest first. a_up_to, b_up_to: cumulative shares, also one a row on the index of values.

    Returns the columns `share`, `cumulative` (up to and with the row) and `class` on the index of `values`, in falling
    order (equal values keep theirs). A row belongs to the class in which its span starts: A below a_up_to of the
    cumulative share, B below b_up_to, C the rest; what is not positive is C.
    """
    share = shares(values)
    order = values.astype("float64").sort_values(ascending=False, kind="stable", na_position="last").index
    share = share.loc[order]
    cumulative = share.cumsum()
    start = cumulative - share
    named = pd.Series("C", index=order)
    a_up_to, b_up_to = (cut.loc[order] if isinstance(cut, pd.Series) else cut for cut in (a_up_to, b_up_to))
    named[(start < b_up_to - _NOISE) & (share > 0)] = "B"
    named[(start < a_up_to - _NOISE) & (share > 0)] = "A"
    return pd.DataFrame({"share": share, "cumulative": cumulative, "class": named})
