"""What was known of each dealer on a day, for the chance that it will not order again soon: features and the rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.segmentation.rfm import Array, Days

# name: (sign of the effect on the risk that a fit must keep to, 0 where both make sense; code of the driver)
FEATURES: dict[str, tuple[int, str]] = {
    "recency": (1, "recency"),  # days since the last order
    "rate": (-1, "frequency"),  # orders a day since the first, smoothed
    "orders_30": (-1, "recency"), "orders_60": (-1, "recency"),  # orders lately
    "orders_90": (-1, "frequency"), "orders_180": (-1, "frequency"), "orders_365": (-1, "frequency"),
    "single": (1, "single"),  # one order ever
    "overdue": (1, "overdue"),  # days since the last order over the usual gap
    "overdue_longest": (1, "overdue"),  # over the longest gap so far
    "falling": (1, "falling"),  # orders of the last 90 days against the pace of the year before them
    "value_falling": (1, "falling"),  # the last order against the average one
    "order_value": (-1, "size"), "sales_365": (-1, "size"),
    "order_lines": (-1, "breadth"), "lines_365": (-1, "breadth"),
    "irregular": (0, "irregular"),  # coefficient of variation of the gaps
    "returns": (0, "returns"), "return_share": (0, "returns"),
    "last_year": (-1, "season"),  # ordered in the same days a year ago; 0 where that is not known
}  # fmt: skip
YEAR = 365
PRIOR_GAP = 60.0  # days, one gap of which smooths a dealer's own rate and usual gap
LEEWAY = 5.0  # days that nobody counts as late
MOST = 20.0  # times the usual gap, the largest value of the rule


@dataclass(frozen=True)
class Known:
    """What was known at the end of a day; arrays (dealers,), features (dealers, FEATURES).

    bought: had an order by then (the others have features of 0); returned: had nothing but returns; repeats: order
    days after the first; tenure, recency: days since the first and the last order; rule: see `rule`.
    """

    bought: Array
    returned: Array
    repeats: Array
    tenure: Array
    recency: Array
    rule: Array
    features: Array


def known(days: Days, cut: int, horizon: int) -> Known:
    """State and features of all dealers of `days` from rows up to and with the day `cut` (days since 1970).

    An order day counts once, however many documents it has.
    """
    n, upto = len(days.dealers), days.day <= cut
    start = int(days.day.min())
    code, day, sold, back, lines = (v[upto] for v in (days.code, days.day, days.sold, days.returned, days.lines))
    sale = lines > 0
    in_year, own = day > cut - YEAR, code[sale]
    order_day, value, breadth = day[sale], sold[sale], lines[sale]

    def total(of: Array, weight: Array | None = None, where: Array | None = None) -> Array:
        chosen = slice(None) if where is None else where
        return np.bincount(of[chosen], None if weight is None else weight[chosen], minlength=n).astype(float)

    orders = total(own)
    bought = orders > 0
    first, last, last_value = np.full(n, float(cut)), np.full(n, float(cut)), np.zeros(n)
    last[own], last_value[own] = order_day, value  # sorted by day: the last one stays
    first[own[::-1]] = order_day[::-1]
    repeats, tenure, recency, active = np.maximum(orders - 1, 0), cut - first, cut - last, last - first
    again = np.flatnonzero(own[1:] == own[:-1]) + 1
    gap, longest = (order_day[again] - order_day[again - 1]).astype(float), np.zeros(n)
    np.maximum.at(longest, own[again], gap)
    mean_gap = active / np.maximum(repeats, 1)
    spread = np.sqrt(np.maximum(total(own[again], gap**2) / np.maximum(repeats, 1) - mean_gap**2, 0))
    usual = (active + PRIOR_GAP) / (repeats + 1)
    counts = {w: total(own, where=order_day > cut - w) for w in (30, 60, 90, 180, YEAR)}
    year = sale & in_year
    sales, breadth_year = total(code, sold, year), total(code, lines, year)
    returns, number = total(code, back, in_year), np.maximum(orders, 1)
    order_value = total(own, value) / number
    before = np.clip(tenure - 90, 0, YEAR - 90)  # days of the pace before the last 90
    pace = (counts[YEAR] - counts[90] + 0.5) / (before + 45)
    falling = np.where(before > 30, np.log(pace * 90) - np.log(counts[90] + 0.5), 0.0)
    season = np.zeros(n)
    if start <= cut - YEAR:  # a dealer that was not there yet tells nothing
        there = bought & (first <= cut - YEAR)
        window = (order_day > cut - YEAR) & (order_day <= cut - YEAR + horizon)
        came = (total(own, where=window) > 0)[there]
        season[there] = came - came.mean() if there.any() else 0.0
    columns = {
        "recency": np.log1p(recency), "rate": np.log((repeats + 1) / (tenure + PRIOR_GAP)),
        **{f"orders_{w}": np.log1p(count) for w, count in counts.items()},
        "single": repeats == 0, "overdue": np.log((recency + LEEWAY) / usual),
        "overdue_longest": np.log((recency + LEEWAY) / (longest + PRIOR_GAP / 2)), "falling": falling,
        "value_falling": np.log1p(order_value) - np.log1p(last_value), "order_value": np.log1p(order_value),
        "sales_365": np.log1p(sales), "order_lines": np.log1p(total(own, breadth) / number),
        "lines_365": np.log1p(breadth_year), "irregular": spread / (mean_gap + 10),
        "returns": returns > 0,
        "return_share": returns / np.maximum(sales + returns, 1e-9), "last_year": season,
    }  # fmt: skip
    features = np.column_stack([columns[name] for name in FEATURES]).astype(float)
    features[~bought] = 0.0
    return Known(bought, ~bought & (total(code) > 0), repeats, tenure, recency, rule(recency, usual, bought), features)


def rule(recency: Array, usual: Array, bought: Array) -> Array:
    """The plain rule: days since the last order over the dealer's own usual gap, MOST at the most.

    The usual gap is the mean of the dealer's gaps and one of PRIOR_GAP days, so that one order has a gap as well. A
    dealer without an order gets 1, neither early nor late.
    """
    return np.where(bought, np.minimum(recency / np.maximum(usual, 1.0), MOST), 1.0)


def silent(days: Days, cut: int, horizon: int) -> Array:
    """The label, (dealers,): no order in the `horizon` days after the day `cut`."""
    came = (days.lines > 0) & (days.day > cut) & (days.day <= cut + horizon)
    return np.bincount(days.code[came], minlength=len(days.dealers)) == 0
