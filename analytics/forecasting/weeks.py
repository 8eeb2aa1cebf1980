"""Months of a forecast told by weeks: what each kind of day brings of its month, and how far weeks stray from that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.forecasting.history import Array
from analytics.frames import require

FEWEST_MONTHS = 6  # whole months from which days are weighed
REMEMBERED = 24  # months whose days count
ROUNDS = 10  # after which weights stand still
STRAYS = 52  # last weeks whose distance from the weights is drawn from
FEWEST_STRAYS = 6


def weeks(
    daily: pd.DataFrame,
    days: pd.DataFrame,
    months: Sequence[pd.Timestamp],
    paths: Array,
    *,
    count: int = 13,
    levels: Sequence[int] = (80, 95),
    seed: int = 0,
) -> pd.DataFrame:
    """The next `count` weeks (Monday to Sunday), from the one that holds the first day without sales on.

    `daily`: `day, y` of the history (money); a day without a row sold nothing; the last row is the last day known.
    `days`: `day, kind, unusual` of every day of history and horizon; days of a kind share a weight, and weeks with an
    unusual day (a festival) stray as such weeks did. `months`: first days of the
    months ahead, the running one included; `paths` (paths, months): what each brings in all, its booked part included.
    Columns: week (its Monday), end, mean, lo-/hi-<level>, to_date (booked of the week). A week's band joins that of
    its months with how far past weeks strayed from the weights. Weeks of a month add up to the paths' mean. Raises
    ValueError with fewer than FEWEST_MONTHS whole months.
    """
    require(daily, ("day", "y"), what="forecasting: weeks")
    require(days, ("day", "kind", "unusual"), what="forecasting: weeks")
    calendar = days.assign(day=pd.to_datetime(days["day"])).set_index("day")
    kinds, unusual = calendar["kind"], calendar["unusual"].astype(bool)
    known = daily.assign(day=pd.to_datetime(daily["day"])).groupby("day")["y"].sum()
    last = known.index.max()
    span = pd.date_range(known.index.min().replace(day=1), last)
    sold = known.reindex(span).fillna(0.0)
    weight = _weights(sold, kinds.reindex(span), last)
    month_of = kinds.index.to_period("M").to_timestamp()
    share = kinds.map(weight).fillna(0.0).groupby(month_of, group_keys=False).apply(lambda part: part / part.sum())
    share = share.replace([np.inf, -np.inf], np.nan).fillna(0.0)
    usual_strays, other_strays = _strays(sold, share, unusual, last)
    ahead = list(months)
    rng = np.random.default_rng(seed)
    first = (last + pd.Timedelta(days=1)).to_period("W").start_time
    left = {month: _left(share, month, last) for month in ahead}
    booked = sold.groupby(sold.index.to_period("M").to_timestamp()).sum()
    rest = np.stack([paths[:, at] - float(booked.get(month, 0.0)) for at, month in enumerate(ahead)], axis=1)
    rows = []
    for number in range(count):
        start = first + pd.Timedelta(weeks=number)
        inside = pd.date_range(start, start + pd.Timedelta(days=6))
        to_come = inside[inside > last]
        parts = np.array([_part(share, to_come, month) / left[month] if left[month] > 0 else 0.0 for month in ahead])
        if to_come[-1].to_period("M").to_timestamp() > ahead[-1]:
            break
        expected = rest @ parts
        pool = other_strays if unusual.reindex(inside).fillna(False).any() else usual_strays
        # at ranks (n + 1)·u, so that few strays cover a new one as often as they should
        at = rng.random(len(paths)) * (len(pool) + 1) - 1
        noise = np.interp(at, np.arange(len(pool)), np.sort(pool)) if len(pool) else np.ones(len(paths))
        so_far = float(sold.reindex(inside).fillna(0.0).sum())
        mean = so_far + float(expected.mean())
        row = {"week": start, "end": inside[-1], "mean": mean, "to_date": so_far}
        draws = so_far + expected * noise
        for level in levels:
            low, high = np.quantile(draws, [0.5 - level / 200, 0.5 + level / 200])
            row[f"lo-{level}"], row[f"hi-{level}"] = min(float(low), mean), max(float(high), mean)
        rows.append(row)
    return pd.DataFrame(rows)


def _weights(sold: pd.Series, kinds: pd.Series, last: pd.Timestamp) -> pd.Series:
    """What a day of each kind brings, as a share of the mean day of its month, over the last whole months."""
    month = sold.index.to_period("M")
    whole = [m for m in month.unique() if m.end_time.normalize() <= last][-REMEMBERED:]
    if len(whole) < FEWEST_MONTHS:
        raise ValueError(f"forecasting: at least {FEWEST_MONTHS} whole months of days are needed")
    total = sold.groupby(month).transform("sum")
    keep = month.isin(whole) & (total > 0).to_numpy()
    sold, kinds, total, month = sold[keep].clip(lower=0.0), kinds[keep], total[keep], month[keep]
    weight = pd.Series(1.0, index=kinds.unique())
    for _ in range(ROUNDS):  # a month with more weak days has a lower mean: weights and levels take turns
        given = kinds.map(weight)
        level = total / given.groupby(month).transform("sum").where(lambda sums: sums > 0)
        weight = (sold / level).groupby(kinds).mean().fillna(0.0)
    return weight


def _strays(sold: pd.Series, share: pd.Series, unusual: pd.Series, last: pd.Timestamp) -> tuple[Array, Array]:
    """Sales of past whole weeks over what their months' totals and the weights give, with mean 1: of usual weeks, and
    of those with an unusual day (of all where there are fewer than FEWEST_STRAYS)."""
    month = sold.index.to_period("M")
    whole = pd.Index([m.end_time.normalize() <= last for m in month])
    given = sold.groupby(month).transform("sum") * share.reindex(sold.index).fillna(0.0)
    week = sold.index.to_period("W")
    table = pd.DataFrame({"sold": sold.to_numpy(), "given": given.to_numpy(), "whole": whole, "week": week,
                          "unusual": unusual.reindex(sold.index).fillna(False).to_numpy(bool)})  # fmt: skip
    sums = table.groupby("week").agg(
        sold=("sold", "sum"), given=("given", "sum"), whole=("whole", "all"), n=("sold", "size"),
        unusual=("unusual", "any"),
    )  # fmt: skip
    usable = sums[sums["whole"] & (sums["n"] == 7) & (sums["given"] > 0)]
    pools = [usable[~usable["unusual"]].tail(STRAYS), usable[usable["unusual"]].tail(STRAYS)]
    found = []
    for pool in pools:
        rows = pool if len(pool) >= FEWEST_STRAYS else usable.tail(STRAYS)
        ratio = (rows["sold"] / rows["given"]).to_numpy(np.float64)
        found.append(ratio / ratio.mean() if len(ratio) and ratio.mean() > 0 else ratio)
    return found[0], found[1]


def _left(share: pd.Series, month: pd.Timestamp, last: pd.Timestamp) -> float:
    """The part of a month's weights that lies after the last day known."""
    inside = share[(share.index.to_period("M").to_timestamp() == month) & (share.index > last)]
    return float(inside.sum())


def _part(share: pd.Series, days: pd.DatetimeIndex, month: pd.Timestamp) -> float:
    return float(share.reindex(days[days.to_period("M").to_timestamp() == month]).fillna(0.0).sum())
