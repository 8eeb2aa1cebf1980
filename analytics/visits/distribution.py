"""Distribution (铺货率): in how many outlets a product stands, how fast a launch gets there, and at what price.

All of it rests on shelf checks: rows of outlet_id, product_id, check_date, is_present, and where known outlet_weight
(the outlet's category sales) and shelf_price. The universe is the outlets in which a product was looked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.frames import require

WINDOW = 90  # days up to the day in which the last check of an outlet and product counts [convention of this project]
LAUNCH_TARGET = 0.80  # numeric distribution one month after a launch [practice of Chinese channel management]
LAUNCH_MONTH = 30  # days


def last_checks(checks: pd.DataFrame, day: dt.date, window: int = WINDOW) -> pd.DataFrame:
    """The last check of each outlet and product in the `window` days up to the day, the day included."""
    require(checks, ("outlet_id", "product_id", "check_date", "is_present"), what="shelf checks")
    when = pd.to_datetime(checks["check_date"])
    end = pd.Timestamp(day)
    inside = checks[(when <= end) & (when > end - pd.Timedelta(days=window))]
    return inside.sort_values("check_date", kind="stable").drop_duplicates(["outlet_id", "product_id"], keep="last")


def distribution(last: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Numeric and weighted distribution over the last checks, one row a group (one in all without `by`).

    Columns: those of `by`, outlets (distinct, the universe), checked and carrying (outlet by product), numeric =
    carrying / checked, weighted = the same with each outlet counted by outlet_weight, over the checks that have one
    (NaN where none has). Worked example 10: one of ten outlets with half the market: numeric 0.10, weighted 0.50.
    """
    require(last, (*by, "outlet_id", "is_present"), what="last checks")
    present = last["is_present"].astype(bool)
    weight = last["outlet_weight"].astype(float) if "outlet_weight" in last else pd.Series(np.nan, index=last.index)
    rows = last[[*by, "outlet_id"]].assign(
        present=present.astype(float), weight=weight.fillna(0.0), carried=weight.where(present, 0.0).fillna(0.0)
    )
    if not by:
        rows = rows.assign(_all=0)
    groups = rows.groupby(list(by) or ["_all"], observed=True, sort=True, dropna=False)
    found = groups.agg(
        outlets=("outlet_id", "nunique"), checked=("present", "size"), carrying=("present", "sum"),
        weight=("weight", "sum"), carried=("carried", "sum"),
    )  # fmt: skip
    found["carrying"] = found["carrying"].astype(int)
    found["numeric"] = found["carrying"] / found["checked"]
    found["weighted"] = found["carried"] / found["weight"].where(found["weight"] > 0)
    found = found.drop(columns=["weight", "carried"])
    return found.reset_index(drop=not by)


def launches(checks: pd.DataFrame, launched: pd.DataFrame, day: dt.date, window: int = WINDOW) -> pd.DataFrame:
    """How the distribution of launched products grew, up to the day.

    launched: product_id, launched_date. Returns one row a product and month (30 days) after its launch in which it was
    checked: product_id, month (1 = the first 30 days), outlets, numeric, weighted: the last check of each outlet since
    the launch, within the `window` days up to the end of that month, counts.
    """
    require(checks, ("outlet_id", "product_id", "check_date", "is_present"), what="shelf checks")
    require(launched, ("product_id", "launched_date"), what="launched products")
    dated = checks.drop(columns="launched_date", errors="ignore")
    dated = dated.merge(launched[["product_id", "launched_date"]], on="product_id")
    start, when = pd.to_datetime(dated["launched_date"]), pd.to_datetime(dated["check_date"])
    dated["month"] = (when - start).dt.days // LAUNCH_MONTH + 1
    dated = dated[(when >= start) & (when <= pd.Timestamp(day))]
    parts = []
    for (product, month), rows in dated.groupby(["product_id", "month"], observed=True):
        end = pd.Timestamp(rows["launched_date"].iloc[0]) + pd.Timedelta(days=LAUNCH_MONTH * int(month) - 1)
        last = last_checks(dated[dated["product_id"] == product], end.date(), window)
        parts.append(distribution(last).assign(product_id=product, month=int(month)))
    columns = ["product_id", "month", "outlets", "numeric", "weighted"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def shelf_prices(last: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Shelf prices against the list price of the day, one row a group (one in all without `by`).

    last: last checks with shelf_price and list_price; rows that lack either are left out. Columns: those of `by`,
    prices (count), gap (median of shelf / list - 1), low and high (its 10th and 90th percentile), below and above
    (shares of prices under and over list).
    """
    require(last, (*by, "shelf_price", "list_price"), what="last checks")
    shelf, listed = last["shelf_price"].astype(float), last["list_price"].astype(float)
    known = (shelf > 0) & (listed > 0)
    rows = last.loc[known, list(by)].assign(gap=shelf[known] / listed[known] - 1)
    rows = rows.assign(below=shelf[known] < listed[known], above=shelf[known] > listed[known])
    if not by:
        rows = rows.assign(_all=0)
    groups = rows.groupby(list(by) or ["_all"], observed=True, sort=True, dropna=False)
    found = groups.agg(prices=("gap", "size"), gap=("gap", "median"), below=("below", "mean"), above=("above", "mean"))
    spread = groups["gap"].quantile([0.1, 0.9]).unstack()
    found["low"], found["high"] = (spread[0.1], spread[0.9]) if len(found) else (np.nan, np.nan)
    return found[["prices", "gap", "low", "high", "below", "above"]].reset_index(drop=not by)
