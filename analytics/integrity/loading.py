"""Stock loading (压货): goods pushed to dealers before a quarter ends, beyond what they sell on and usually keep.

loading = sell-in − (sell-out + what brings the stock from where it was to its usual level). Where the dealer's books
balance this is the stock at the quarter end above the usual. The usual level: the dealer's own days of cover against
the network's in the same month (the median over its earlier months), so that a season is no suspicion.
[practice of Chinese channel management; thresholds are own conventions]
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from analytics.frames import require

FLOWS = ("dealer_id", "month", "sell_in", "sell_in_last", "sell_in_first", "order_days", "sell_out", "stock")
PUSH_DAYS = 14  # the last days of a quarter, and the first after it
FULL_STOCK = 1.4  # cover at the quarter end against the usual
PUSH = 1.25  # share of the quarter's sell-in in its last days against the network's
HISTORY = 12  # months before the quarter that tell what is usual
ORDER_DAYS = 6  # in the quarter: who orders less often has stock that comes in lumps
NETWORK = 8  # dealers who report; with fewer, the dealer's own history alone says what is usual

Verdict = Literal["suspected", "full", "normal", "cannot_tell"]


def judged(flows: pd.DataFrame, quarters: pd.DatetimeIndex, last_day: pd.Timestamp) -> pd.DataFrame:
    """Each dealer at each quarter end.

    flows: FLOWS, one row a dealer and month (first day), money at one price; sell_in_last and sell_in_first: of the
    last and first PUSH_DAYS days of the month; order_days: days with an order; a missing stock or sell_out was not
    reported. quarters: last months of the quarters (first days); last_day: the data end there.

    Columns: dealer_id, quarter_end, sell_in, sell_out, opening, closing, usual_stock, loading, cover, usual_cover
    (days), push_share, network_share (fractions of the quarter's sell-in), push (their ratio), payback (sell-in a day
    in the first PUSH_DAYS after the quarter / in its days before the push, against the network's median, less 1; NaN
    where the data end), verdict (`suspected`, `full`: too much stock without the push, `normal`, `cannot_tell`),
    reason (of the last: `no_reports`, `short_history`, `few_orders`).
    """
    require(flows, FLOWS, what="flows of stock")
    wide = _by_month(flows)
    stock, sell_out, sell_in = wide["stock"], wide["sell_out"], wide["sell_in"].fillna(0.0)
    last, first, orders = (wide[name].fillna(0.0) for name in ("sell_in_last", "sell_in_first", "order_days"))
    days = pd.Series(stock.columns.days_in_month, index=stock.columns, dtype=float)
    quarter, bought_in, ordered = (_three_months(frame) for frame in (sell_out, sell_in, orders))
    rate = quarter.where(quarter > 0) / days.rolling(3).sum()
    cover = stock / rate
    network = cover.median() if len(cover) >= NETWORK else pd.Series(1.0, index=cover.columns)
    relative = cover / network
    parts = []
    for month in quarters.intersection(stock.columns):
        start = month - pd.DateOffset(months=3)
        earlier = relative.loc[:, relative.columns <= start]
        usual = earlier.median(axis=1) * network[month]
        bought = bought_in[month]
        share = last[month] / bought.where(bought > 0)
        frequent = ordered[month] >= ORDER_DAYS
        normal = share[frequent].median() if frequent.sum() >= NETWORK else PUSH_DAYS / _three_months_of(days, month)
        after = month + pd.DateOffset(months=1)
        part = pd.DataFrame({
            "quarter_end": month + pd.offsets.MonthEnd(0), "sell_in": bought, "sell_out": quarter[month],
            "opening": stock.get(start, np.nan), "closing": stock[month],
            "usual_stock": usual * rate[month], "cover": cover[month], "usual_cover": usual, "push_share": share,
            "network_share": normal, "push": share / normal, "frequent": frequent, "known": earlier.notna().sum(axis=1),
        })  # fmt: skip
        part["loading"] = part["sell_in"] - (part["sell_out"] + part["usual_stock"] - part["opening"])
        before = (bought - last[month]) / (_three_months_of(days, month) - PUSH_DAYS)
        seen = after in first and after + pd.Timedelta(days=PUSH_DAYS - 1) <= last_day
        kept = first[after] / PUSH_DAYS / before.where(before > 0) if seen else before * np.nan
        part["payback"] = kept / kept[frequent].median() - 1
        parts.append(part.rename_axis("dealer_id").reset_index())
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*_COLUMNS, "known", "frequent"])
    return _verdicts(frame)


_COLUMNS = ("dealer_id", "quarter_end", "sell_in", "sell_out", "opening", "closing", "usual_stock", "loading", "cover",
            "usual_cover", "push_share", "network_share", "push", "payback")  # fmt: skip


def _by_month(flows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Each figure as dealers × months, without a month missing."""
    months = pd.to_datetime(flows["month"])
    span = pd.date_range(months.min(), months.max(), freq="MS") if len(flows) else pd.DatetimeIndex([])
    known = flows.assign(month=months)
    return {
        name: known.pivot(index="dealer_id", columns="month", values=name).astype(float).reindex(columns=span)
        for name in FLOWS[2:]
    }


def _three_months(frame: pd.DataFrame) -> pd.DataFrame:
    """Sum of each month and the two before; missing where one of them is."""
    return frame + frame.shift(1, axis=1) + frame.shift(2, axis=1)


def _three_months_of(days: pd.Series, month: pd.Timestamp) -> float:
    return float(sum((month - pd.DateOffset(months=back)).days_in_month for back in range(3)))


def _verdicts(frame: pd.DataFrame) -> pd.DataFrame:
    """The verdict of each row, and why there is none."""
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[~frame["frequent"].astype(bool)] = "few_orders"
    reason[frame["known"] < HISTORY] = "short_history"
    reason[frame["loading"].isna() | frame["cover"].isna()] = "no_reports"
    full = frame["cover"] >= FULL_STOCK * frame["usual_cover"]
    verdict = pd.Series("normal", index=frame.index, dtype="object")
    verdict[full] = "full"
    verdict[full & (frame["push"] >= PUSH)] = "suspected"
    verdict[reason.notna()] = "cannot_tell"
    return frame[list(_COLUMNS)].assign(verdict=verdict, reason=reason)
