"""Who is visited how often for what the dealer is worth, and whom to call next.

A dealer's norm is what the company itself does: the median visits a month of the dealers in the same value class.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analytics.frames import require

# Conventions of this project.
UNDER, OVER = 0.5, 2.0  # visited less than half, more than twice as often as the norm of the class
LEAST_INTERVAL, MOST_INTERVAL = 7.0, 91.0  # days between two visits: weekly at most, every dealer once a quarter
MOST_URGENT = 3.0  # a visit further overdue than three intervals is no more urgent
MONTH = 365.25 / 12  # days


def frequency(dealers: pd.DataFrame, months: float) -> pd.DataFrame:
    """Visits a month against the norm of the dealer's value class.

    dealers: dealer_id, employee_id (who owns it; may be missing), value_class, sales (net, >= 0), visits (done in
    `months` months), known (bool: a customer during all of them; only these make the norm and are judged). Adds
    per_month, norm (median of the class), ratio to it, of the owner's dealers sales_share and visit_share, and served:
    `under` (ratio below UNDER, and the visit share is the smaller one), `over` (ratio above OVER, and the visit share
    is the larger one), `norm`; empty when not judged. Both must agree: a class is wide, and its largest dealer may well
    be visited more often than the median one.
    """
    require(dealers, ("dealer_id", "employee_id", "value_class", "sales", "visits", "known"), what="dealers")
    frame = dealers.copy()
    known = frame["known"].astype(bool)
    frame["per_month"] = frame["visits"].astype(float) / months
    norm = frame[known].groupby("value_class")["per_month"].median()
    frame["norm"] = frame["value_class"].map(norm).astype(float)
    frame["ratio"] = frame["per_month"] / frame["norm"].where(frame["norm"] > 0)
    judged = known & frame["ratio"].notna()
    for share, column in (("sales_share", "sales"), ("visit_share", "visits")):
        whole = frame.groupby("employee_id", dropna=False)[column].transform("sum").astype(float)
        frame[share] = frame[column].astype(float) / whole.where((whole > 0) & frame["employee_id"].notna())
    more, less = frame["visit_share"] > frame["sales_share"], frame["visit_share"] < frame["sales_share"]
    alone = frame[["visit_share", "sales_share"]].isna().any(axis=1)  # no owner: the class alone decides
    under, over = (frame["ratio"] < UNDER) & (less | alone), (frame["ratio"] > OVER) & (more | alone)
    frame["served"] = np.select([~judged, under, over], ["", "under", "over"], default="norm")
    return frame


def calls(dealers: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Dealers whose next visit is due by the end of next week, most pressing first.

    dealers: dealer_id, employee_id, monthly_sales, norm (visits a month), last_visit (missing = none known),
    last_order, usual_gap (days between orders). Adds days (since the last visit, on the day), interval (days between
    two visits by the norm, within LEAST_INTERVAL and MOST_INTERVAL), overdue (days until the end of next week /
    interval, at most MOST_URGENT), urgency = monthly_sales × overdue (the rank), silent_days (days since the last
    order where that is more than twice the usual gap, else missing).
    """
    require(dealers, ("dealer_id", "employee_id", "monthly_sales", "norm", "last_visit", "last_order", "usual_gap"),
            what="dealers")  # fmt: skip
    frame, today = dealers.copy(), pd.Timestamp(day)
    friday = today + pd.Timedelta(days=11 - today.weekday())  # of next week
    last = pd.to_datetime(frame["last_visit"])
    frame["days"] = (today - last).dt.days
    frame["interval"] = (MONTH / frame["norm"].where(frame["norm"] > 0)).clip(LEAST_INTERVAL, MOST_INTERVAL)
    frame["interval"] = frame["interval"].fillna(MOST_INTERVAL)
    waited = (friday - last).dt.days / frame["interval"]
    frame["overdue"] = waited.fillna(MOST_URGENT).clip(upper=MOST_URGENT)
    frame["urgency"] = frame["monthly_sales"].astype(float) * frame["overdue"]
    quiet = (today - pd.to_datetime(frame["last_order"])).dt.days
    frame["silent_days"] = quiet.where(quiet > 2 * frame["usual_gap"])
    due = frame[(frame["overdue"] >= 1) & (frame["monthly_sales"] > 0)]
    return due.sort_values(["urgency", "dealer_id"], ascending=[False, True], ignore_index=True)
