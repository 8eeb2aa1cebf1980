"""Before a promotion runs: the effect to expect first, the cost that follows from it, what would break even, and the
experiment that would tell what history cannot. After it ran: who only bought forward."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
import scipy  # its parts load at their first use: pages that read stored results open without them

from analytics.promotions.effects import REFUSED

LEVEL = 0.80  # of the bands
NOISE_WEEKS = 4  # weeks of a dealer that are looked at together: dealers do not order every week
NOISE_BLOCKS = 13  # blocks of NOISE_WEEKS that are looked at: the last year
MIN_CLEAN = 5  # dealers without a promotion below which a category's noise is not told
FORWARD_LIFT, FORWARD_KEPT = 0.10, 0.10  # bought forward: at least this lift, of which at most this share stayed
BONUS = re.compile(
    r"buy[\s-]*(\w+[\s-]+)?get|bonus|free[\s-]*(unit|case|good)|搭赠|买.{0,3}[送赠]|加送|第二件|second", re.I
)


@dataclass(frozen=True)
class Expectation:
    """What a dealer's week of a promotion brought, averaged over past executions that could be measured.

    lift: extra units in the promotion weeks / baseline; kept: net / gross margin; net: net margin / baseline margin of
    the promotion weeks. Their bands hold one more promotion like those: how far the measurement may be off, and how
    far promotions differ. cost_rate: cost / list value sold in the promotion weeks. baseline_revenue and
    baseline_margin: of promoted products, a dealer and week.
    """

    lift: float
    lift_low: float
    lift_high: float
    kept: float
    net: float
    net_low: float
    net_high: float
    cost_rate: float
    baseline_revenue: float
    baseline_margin: float
    weeks: float
    promotions: int
    executions: int


def expected(executions: pd.DataFrame, errors: np.ndarray, level: float = LEVEL) -> Expectation | None:
    """What past executions let expect of one more promotion; None where none was measured or had a baseline margin.

    executions, errors: as in PromotionEffects, any subset of the rows. The band is that of a new promotion: variance
    of the mean, and the variance between promotions beyond what their own errors explain (DerSimonian and Laird 1986,
    with equal weights); Student's t with one degree of freedom less than promotions.
    """
    kept = (executions["verdict"] != REFUSED).to_numpy() & (executions["baseline_margin"] > 0).to_numpy()
    told, off = executions[kept], errors[kept]
    if told.empty:
        return None
    weeks = (pd.to_datetime(told["end_week"]) - pd.to_datetime(told["start_week"])).dt.days / 7
    base = told["baseline_margin"]
    promo, groups = pd.factorize(told["promo_id"])
    sums = told.groupby(promo)[["baseline_margin", "net_margin", "baseline_units", "gross_units"]].sum()
    by_promo = np.array([off[promo == number].sum(axis=0) for number in range(len(groups))])
    net, lift = _ratio(told["net_margin"], base), _ratio(told["gross_units"], told["baseline_units"])
    own = by_promo / sums["baseline_margin"].to_numpy()[:, None]  # errors of each promotion's rate
    spread = _spread(sums["net_margin"] / sums["baseline_margin"], np.nanvar(own, axis=1))
    spread = math.hypot(spread, float(np.nanstd(off.sum(axis=0) / base.sum())))
    among = _spread(sums["gross_units"] / sums["baseline_units"].where(sums["baseline_units"] > 0), None)
    z = float(scipy.special.stdtrit(max(len(groups) - 1, 1), 0.5 + level / 2))
    sold = told["baseline_revenue"].sum() + told["gross_revenue"].sum()
    return Expectation(
        lift, max(lift - z * among, 0.0), lift + z * among, _ratio(told["net_margin"], told["gross_margin"]),
        net, net - z * spread, net + z * spread, float(told["spend"].sum() / sold) if sold > 0 else float("nan"),
        float(told["baseline_revenue"].sum() / weeks.sum()), float(base.sum() / weeks.sum()),
        float(weeks.mean()), len(groups), len(told),
    )  # fmt: skip


def _ratio(part: pd.Series, whole: pd.Series) -> float:
    total = float(whole.sum())
    return float(part.sum()) / total if total else float("nan")


def _spread(rates: pd.Series, own: np.ndarray | None) -> float:
    """Standard deviation of one more promotion around the mean of these, less what their own errors explain."""
    rates = rates.dropna()
    n = len(rates)
    if n < 2:
        return 0.0
    between = float(rates.var(ddof=1)) - (float(np.nanmean(own)) if own is not None else 0.0)
    return math.sqrt(max(between, 0.0) * (1 + 1 / n))


@dataclass(frozen=True)
class Plan:
    """A planned promotion: effect first (revenue at list price, margin), then the cost that follows from it. roi with
    its band; breakeven: the lift in the promotion weeks at which it pays (infinite: it never does)."""

    lift: float
    baseline_revenue: float
    baseline_margin: float
    extra_revenue: float
    gross_margin: float
    net_margin: float
    net_margin_low: float
    net_margin_high: float
    cost: float
    roi: float
    roi_low: float
    roi_high: float
    breakeven: float

    @property
    def net_return(self) -> float:
        return self.net_margin - self.cost

    @property
    def open(self) -> bool:
        """The answer would be: cannot tell."""
        return self.roi_low < 0 < self.roi_high


def plan(hope: Expectation, dealers: int, weeks: int, *, lift: float | None = None,
         cost_rate: float | None = None, fee: float = 0.0) -> Plan:  # fmt: skip
    """The plan of a promotion of `dealers` dealers over `weeks` weeks.

    lift: another one than history's, with the band of history in proportion; cost_rate: cost / list value sold in the
    promotion weeks, else history's; fee: money on top that does not depend on what is sold.
    """
    cells = dealers * weeks
    revenue, margin = hope.baseline_revenue * cells, hope.baseline_margin * cells
    wanted = hope.lift if lift is None else lift
    scale = wanted / hope.lift if hope.lift > 0 else float("nan")
    rate = hope.cost_rate if cost_rate is None else cost_rate
    cost = rate * revenue * (1 + wanted) + fee
    net, low, high = (scale * margin * part for part in (hope.net, hope.net_low, hope.net_high))
    each = hope.net / hope.lift * margin - rate * revenue if hope.lift > 0 else 0.0  # what a lift of 1 earns
    breakeven = (rate * revenue + fee) / each if each > 0 else float("inf")

    def roi(earned: float) -> float:
        return earned / cost - 1 if cost > 0 else float("nan")

    return Plan(wanted, revenue, margin, revenue * wanted, margin * wanted, net, low, high, cost, roi(net), roi(low),
                roi(high), breakeven)  # fmt: skip


# ------------------------------------------------------------------ an experiment


def detectable(noise: float, dealers: int, weeks: int, power: float = 0.80, level: float = 0.95) -> float:
    """The smallest lift of a category that `dealers` dealers with the promotion against as many without it show, with
    that power, at that level (two-sided): (z + z) · noise · √(NOISE_WEEKS / weeks) · √(2 / dealers).

    noise: as `noise` gives it.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2) + NormalDist().inv_cdf(power)
    return z * noise * math.sqrt(NOISE_WEEKS / weeks) * math.sqrt(2 / dealers)


def needed(noise: float, lift: float, weeks: int, power: float = 0.80, level: float = 0.95) -> int:
    """Dealers a side that show this lift (see detectable)."""
    return max(2, math.ceil((detectable(noise, 1, weeks, power, level) / lift) ** 2 - 1e-9)) if lift > 0 else 0


def noise(sales: pd.DataFrame, products: pd.DataFrame, dealers: pd.DataFrame, promotions: pd.DataFrame) -> pd.DataFrame:
    """category, noise, dealers: how far NOISE_WEEKS weeks of a dealer without a promotion lie off its own level once
    what its peers of the region and category did is taken out; over the last year (standard deviation of the ratio).

    Frames as for `measure`. Dealers with a promotion of the category within that year are left out.
    """
    own = sales.assign(category=sales["product_id"].map(products.set_index("product_id")["category"]))
    last = pd.to_datetime(own["week"]).max()
    first = last - pd.Timedelta(weeks=NOISE_WEEKS * NOISE_BLOCKS - 1)
    own = own[pd.to_datetime(own["week"]) >= first]
    block = (pd.to_datetime(own["week"]) - first).dt.days // (7 * NOISE_WEEKS)
    own = own.assign(
        block=block, dealer_id=own["dealer_id"].astype("object"), category=own["category"].astype("object")
    )
    table = own.groupby(["category", "dealer_id", "block"], observed=True)["revenue"].sum().unstack("block")
    busy = promotions[pd.to_datetime(promotions["end_week"]) > first - pd.Timedelta(weeks=8)]
    promoted = pd.MultiIndex.from_frame(busy[["category", "dealer_id"]].drop_duplicates())
    table = table[~table.index.isin(promoted)].fillna(0.0)
    table = table[(table > 0).mean(axis=1) >= 0.75]  # who hardly buys has no level
    ratio = table.div(table.mean(axis=1), axis=0)
    region = pd.Series(table.index.get_level_values("dealer_id"), index=table.index).map(
        dealers.set_index("dealer_id")["region"]
    )
    peers = [pd.Series(table.index.get_level_values("category"), index=table.index), region]
    size = ratio.groupby(peers).transform("size")
    rest = (ratio - ratio.groupby(peers).transform("mean")).mul(np.sqrt(size / (size - 1).clip(lower=1)), axis=0)
    rest = rest[size > 1]
    found = rest.pow(2).mean(axis=1).groupby(level="category").agg(["mean", "size"])
    found = found[found["size"] >= MIN_CLEAN]
    return pd.DataFrame({"category": found.index, "noise": np.sqrt(found["mean"].to_numpy()),
                         "dealers": found["size"].to_numpy()})  # fmt: skip


# ------------------------------------------------------------------ what to warn of


def price_cut(type: str, name: str = "") -> bool:
    """The promotion gives the same product on top (buy two, get one): a price cut in disguise."""
    return bool(BONUS.search(type) or BONUS.search(name))


def overlapping(executions: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, before: int = 1,
                after: int = 8) -> pd.DataFrame:  # fmt: skip
    """The executions whose weeks, with `before` weeks ahead and `after` weeks behind, meet those of a promotion from
    `start` to `end` (exclusive) with its own."""
    first, last = pd.to_datetime(executions["start_week"]), pd.to_datetime(executions["end_week"])
    margin = pd.Timedelta(weeks=before), pd.Timedelta(weeks=after)
    return executions[(first - margin[0] < end + margin[1]) & (last + margin[1] > start - margin[0])]


def bought_forward(executions: pd.DataFrame) -> pd.Series:
    """Flags the executions in which the dealer bought more in the promotion weeks and, before and after them, as much
    less: nothing stayed. One dealer's figures are rough: a reason to ask, no verdict."""
    gross = executions["gross_units"]
    stayed = gross + executions["anticipation_units"] + executions["dip_units"]
    lifted = gross >= FORWARD_LIFT * executions["baseline_units"].clip(lower=0)
    return (executions["verdict"] != REFUSED) & (gross > 0) & lifted & (stayed <= FORWARD_KEPT * gross)
