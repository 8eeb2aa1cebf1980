"""What each dealer's margin of the next twelve months may be, and whether that beats the last twelve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.frames import require
from analytics.segmentation.rfm import Array, Day, coded, number, numbers

COLUMNS = ("dealer_id", "expected", "naive")
NEEDED = ("dealer_id", "order_date", "net_amount", "margin")
YEAR = 365
HALF = 182  # days of the latest half, whose pace is the trend
YOUNG = 90  # days that smooth the run rate of a dealer of less than a year
QUIET = (30, 60, 90, 180, 365)  # days since the last order between which dealers are alike
PRIOR = 2  # dealers of the mean activity that smooth the activity of a group
TRENDS = (0.0, 0.25, 0.5)  # share of the latest pace in the run rate: a trend is damped
FEWEST = 30  # dealers with margin in the year before a past cut
WARM_UP = 30  # days of history at the day that chances are learned from
CUTS = 3  # past cuts, a quarter apart, to judge on


@dataclass(frozen=True)
class _State:
    """Of each dealer by a day: naive (margin of the year to it), half (of the latest half), tenure, recency (days, NaN
    without an order); arrays (dealers,)."""

    naive: Array
    half: Array
    tenure: Array
    recency: Array

    def run(self, trend: float) -> Array:
        """Yearly pace: of a dealer of less than a year by its own time, smoothed; part of it the latest pace."""
        age = np.minimum(np.nan_to_num(self.tenure) + 1, YEAR)
        yearly = self.naive * (YEAR + YOUNG) / (age + YOUNG)
        latest = np.where(age > HALF, self.half * YEAR / HALF, yearly)
        return np.asarray((1 - trend) * yearly + trend * latest)


def expected_margin(orders: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """Expected margin of each dealer in the 365 days after the as-of day, in the money of `margin`.

    orders: dealer_id, order_date, net_amount, margin (money, returns negative; missing counts as 0). Returns one row a
    dealer: dealer_id; expected; naive (margin of the last 365 days). `expected` is the yearly run rate (a young
    dealer's smoothed, the latest half by a damped share) × the chance to order at all, which is the share that did in
    the year after an earlier day among dealers that were as long silent. It takes the place of `naive` only where
    its error was less at past cuts; what it needs is learned a year before each of them.

    attrs: verdict `ok` or `insufficient_evidence` (less than two years and WARM_UP days, or FEWEST dealers:
    expected = naive); method (`run_rate`, `naive`); n (dealers × cuts); wape and wape_naive (sum of absolute errors
    over the sum of absolute margins at these cuts, on which one of TRENDS was chosen as well); trend (that share).
    Raises ValueError when a column is missing.
    """
    require(orders, NEEDED, what="orders")
    day, today = numbers(orders["order_date"]), number(as_of)
    code, dealers = coded(orders["dealer_id"])
    n, upto = len(dealers), day <= today
    code, day, sale = code[upto], day[upto], orders["net_amount"].to_numpy(float)[upto] > 0
    margin = np.nan_to_num(orders["margin"].to_numpy(float)[upto])
    start = int(day.min()) if len(day) else today

    def year_after(cut: int) -> tuple[Array, Array]:
        inside = (day > cut) & (day <= cut + YEAR)
        return (np.bincount(code[inside], margin[inside], minlength=n),
                np.bincount(code[inside], sale[inside], minlength=n) > 0)  # fmt: skip

    states: dict[int, _State] = {}

    def state(cut: int) -> _State:
        if cut not in states:
            states[cut] = _state(code, day, margin, sale, cut, n)
        return states[cut]

    def expected(cut: int, trend: float) -> Array:
        """What would have been said at `cut`; its chances from the year that ended with it."""
        return state(cut).run(trend) * _activity(state(cut - YEAR), year_after(cut - YEAR)[1], state(cut))

    now = state(today)
    found, attrs = now.naive, {"verdict": "insufficient_evidence", "method": "naive", "n": 0}
    # before a cut a year for its features and its chances, with some history at its start; after it the outcome
    cuts = [cut for cut in (today - YEAR - 91 * k for k in range(CUTS)) if cut - YEAR - WARM_UP >= start]
    cuts = [cut for cut in cuts if (state(cut).naive != 0).sum() >= FEWEST]
    if cuts:
        actual = {cut: year_after(cut)[0] for cut in cuts}
        size = max(sum(float(np.abs(actual[cut][_there(state(cut))]).sum()) for cut in cuts), 1e-9)

        def wape(said: dict[int, Array]) -> float:
            return sum(float(np.abs(said[cut] - actual[cut])[_there(state(cut))].sum()) for cut in cuts) / size

        errors = {trend: wape({cut: expected(cut, trend) for cut in cuts}) for trend in TRENDS}
        trend = min(errors, key=lambda share: errors[share])
        plain = wape({cut: state(cut).naive for cut in cuts})
        better = errors[trend] < plain
        attrs = {
            "verdict": "ok", "method": "run_rate" if better else "naive", "wape": min(errors[trend], plain),
            "wape_naive": plain, "trend": trend if better else 0.0,
            "n": sum(int(_there(state(cut)).sum()) for cut in cuts),
        }  # fmt: skip
        found = expected(today, trend) if better else now.naive
    out = pd.DataFrame({"dealer_id": dealers, "expected": found, "naive": now.naive})[list(COLUMNS)]
    out.attrs.update(attrs)
    return out


def _there(state: _State) -> Array:
    return ~np.isnan(state.recency)


def _state(code: Array, day: Array, margin: Array, sale: Array, cut: int, n: int) -> _State:
    upto = day <= cut
    year, half = upto & (day > cut - YEAR), upto & (day > cut - HALF)
    bought = upto & sale
    first, last = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(first, code[bought], day[bought])
    np.maximum.at(last, code[bought], day[bought])
    return _State(
        np.bincount(code[year], margin[year], minlength=n), np.bincount(code[half], margin[half], minlength=n),
        np.where(np.isfinite(first), cut - first, np.nan), np.where(np.isfinite(last), cut - last, np.nan),
    )  # fmt: skip


def _activity(before: _State, came: Array, now: _State) -> Array:
    """Chance to order within a year: the share that did among dealers as long silent a year before."""
    known = _there(before)
    if not known.any():
        return np.ones(len(now.recency))
    group, groups = np.searchsorted(QUIET, before.recency[known]), len(QUIET) + 1
    hits, size = np.bincount(group, came[known], minlength=groups), np.bincount(group, minlength=groups)
    share = (hits + PRIOR * came[known].mean()) / (size + PRIOR)
    return np.asarray(share[np.searchsorted(QUIET, np.nan_to_num(now.recency, nan=np.inf))])
