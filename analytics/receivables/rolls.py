"""Roll rates: how much of what was late a month ago has become later still."""

from __future__ import annotations

import pandas as pd

from analytics.frames import require

LAST = 5  # the bucket after which there is none: over 120 days


def roll_rates(moves: pd.DataFrame) -> pd.DataFrame:
    """Where the money of each bucket went within a month, as shares of its value then.

    moves: day, bucket (0 in term ... 5 over 120 days: where the invoices stood a month before the day), then (their
    value then), same, next, further (what of it is open now in the same, the next, a later bucket).
    Returns the rows in order of day and bucket with roll_rate = next / then (of the last bucket, which has no next:
    same / then, what stays), stay_rate, further_rate, paid_rate (the four parts add up to 1), and usual: the median
    roll rate of the same bucket over the months before the last (NaN with fewer than three). A month of 31 days takes
    an invoice that was on the last day of its bucket past the next one: that is `further`. NaN where nothing stood in
    the bucket.
    """
    require(moves, ("day", "bucket", "then", "same", "next", "further"), what="moves")
    frame = moves.sort_values(["day", "bucket"], ignore_index=True)
    base = frame["then"].where(frame["then"] > 0)
    last = frame["bucket"] == LAST
    frame["roll_rate"] = (frame["next"] / base).mask(last, frame["same"] / base)
    frame["stay_rate"] = (frame["same"] / base).mask(last, 0.0 * base)
    frame["further_rate"] = frame["further"] / base
    frame["paid_rate"] = 1 - frame["roll_rate"] - frame["stay_rate"] - frame["further_rate"]
    earlier = frame[frame["day"] < frame["day"].max()] if len(frame) else frame
    known = earlier.dropna(subset=["roll_rate"]).groupby("bucket")["roll_rate"]
    usual = known.median().where(known.count() >= 3)
    frame["usual"] = frame["bucket"].map(usual).astype("float64")
    return frame
