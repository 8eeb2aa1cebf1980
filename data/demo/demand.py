"""What dealers want: expected net sales by dealer, category and week, as planned and as it happened.

`plan` is what the company may expect when it sets targets (size, growth, season, festival, who is a customer);
`real` adds what nobody planned: the stories, slow shocks, loading, and the effect of visits. Promotions come on top
(`promotions`), and orders draw from it (`orders`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.dealers import Dealers
from data.demo.products import CATEGORIES
from data.demo.regions import BIG_REGIONS, REGION_IDS
from data.demo.stories import GAP_REGION, GAP_SIZE, Stories, gap_fall, loading_factor, presence
from data.demo.timeline import Timeline, season

HALF_YEAR_NET = 1_158_000.0  # net sales of an average dealer in the half-year of the stories
BASE_GROWTH = -0.070
REGION_GROWTH = {"North": 0.030, "Northeast": -0.015, "East": 0.020, "Central": 0.015, "South": 0.010,
                 "Southwest": 0.000, "Northwest": 0.040}  # fmt: skip
SHOCK_SD, SHOCK_MEMORY = 0.06, 0.85  # slow shocks of a dealer in a category
REGION_SHOCK_SD = 0.03  # weekly, common to a region and category
VISIT_EFFECT = 0.03  # a visit raises orders by this share in each of the `VISIT_WEEKS` weeks after it
VISIT_WEEKS = 4


@dataclass(frozen=True)
class Demand:
    """Expected net sales (dealers, categories, weeks), and the rhythm of orders (dealers, weeks)."""

    plan: np.ndarray  # float32, money a week
    real: np.ndarray  # float32, money a week
    loading: np.ndarray  # (D, weeks) float32: the part of sell-in that loading multiplies, 1 = none
    orders: np.ndarray  # (D, weeks) uint8: number of orders
    load_per_order: np.ndarray  # (D,) float32: weeks of need that an order covers


def visit_factor(visits: np.ndarray) -> np.ndarray:
    """(D, weeks) effect of visits on orders: `VISIT_EFFECT` in each of the `VISIT_WEEKS` weeks after each visit."""
    recent = np.zeros(visits.shape, dtype=np.float32)
    for lag in range(1, VISIT_WEEKS + 1):
        recent[:, lag:] += visits[:, :-lag]
    return (1 + VISIT_EFFECT) ** recent


def demand(dealers: Dealers, who: Stories, visits: np.ndarray, timeline: Timeline, rng: np.random.Generator) -> Demand:
    """Compose the expected sales and scale each region to its share of the half-year of the stories."""
    weeks, years = timeline.horizon, timeline.years_from_end
    seasons = np.stack([season(c.amplitude, c.peak, c.festival, timeline) for c in CATEGORIES])
    growth_c = np.array([c.growth for c in CATEGORIES])
    growth_r = np.array([REGION_GROWTH[r] for r in REGION_IDS])
    yearly = (1 + BASE_GROWTH) * (1 + dealers.growth)[:, None] * (1 + growth_r[dealers.region])[:, None]
    log_growth = np.log(yearly * (1 + growth_c)[None, :]).astype(np.float32)
    level = (dealers.size[:, None] * dealers.category_share).astype(np.float32)
    plan = np.exp(log_growth[:, :, None] * years.astype(np.float32))
    plan *= level[:, :, None]
    plan *= seasons.astype(np.float32)[None, :, :]
    here = presence(who, dealers.count, weeks)
    known = here.copy()  # whoever leaves in the half-year of the stories was still planned for
    half = timeline.week_of(timeline.half_start)
    for group in (who.stopped, who.lost):
        left_late = group[here[group, half] > 0]
        known[left_late] = 1
    fall = gap_fall(who, timeline)
    loading = np.ones((dealers.count, weeks), dtype=np.float32)
    loading[who.loaders] = loading_factor(timeline)
    scale = _scale(plan, here, fall, loading, dealers, who, timeline)
    plan *= scale[:, None, None]
    real = plan * (here * loading * visit_factor(visits))[:, None, :]
    real[who.gap] *= fall[:, None, :]
    plan *= known[:, None, :]
    _shock(real, dealers, rng)
    orders, load = _rhythm(dealers, timeline, rng)
    return Demand(plan, real, loading, orders, load)


def _scale(
    plan: np.ndarray, here: np.ndarray, fall: np.ndarray, loading: np.ndarray, dealers: Dealers, who: Stories,
    timeline: Timeline,
) -> np.ndarray:  # fmt: skip
    """(D,) money a unit of relative size, so that regions and gap dealers have their shares of the half-year."""
    inside = np.flatnonzero((timeline.month_start >= np.datetime64(timeline.half_start))
                            & (timeline.month_start <= np.datetime64(timeline.end)))  # fmt: skip
    share = timeline.month_share[:, inside].sum(axis=1).astype(np.float32)
    normal = np.einsum("dcw,dw,w->d", plan, here * loading, share, optimize=True)
    scale = np.ones(dealers.count, dtype=np.float32)
    south = dealers.region == REGION_IDS.index(GAP_REGION)
    south[who.gap] = False
    sizes = np.array(GAP_SIZE[: len(who.gap)])
    scale[who.gap] = sizes * normal[south].sum() / (1 - sizes.sum()) / np.maximum(normal[who.gap], 1e-9)
    half = np.einsum("dcw,dw,w->d", plan, here * loading * scale[:, None], share, optimize=True)
    half[who.gap] *= np.einsum("gcw,gw,w->g", plan[who.gap], fall, share) / np.einsum("gcw,w->g", plan[who.gap], share)
    for number, (_, _, portion, _) in enumerate(BIG_REGIONS):
        region = dealers.region == number
        scale[region] *= HALF_YEAR_NET * dealers.count * portion / half[region].sum()
    return scale


def _shock(real: np.ndarray, dealers: Dealers, rng: np.random.Generator) -> None:
    """Multiply slow shocks a dealer and category, and weekly shocks a region and category, into `real`."""
    count, categories, weeks = real.shape
    common = np.exp(rng.normal(0, REGION_SHOCK_SD, (weeks, len(BIG_REGIONS), categories))).astype(np.float32)
    state = rng.normal(0, SHOCK_SD, (count, categories)).astype(np.float32)
    innovation = SHOCK_SD * np.sqrt(1 - SHOCK_MEMORY**2)
    for week in range(weeks):
        real[:, :, week] *= np.exp(state) * common[week][dealers.region]
        state = SHOCK_MEMORY * state + rng.normal(0, innovation, (count, categories)).astype(np.float32)


def _rhythm(dealers: Dealers, timeline: Timeline, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Orders a week, regular with jitter. Who orders less than weekly buys the need of several weeks at once."""
    pace = dealers.cadence[:, None] * rng.uniform(0.7, 1.3, (dealers.count, timeline.horizon))
    count = np.cumsum(pace, axis=1) + rng.random((dealers.count, 1))
    whole = np.floor(count).astype(np.int64)
    orders = np.diff(whole, axis=1, prepend=np.floor(count[:, :1] - pace[:, :1]).astype(np.int64))
    weekly = dealers.cadence >= 1
    orders[weekly] = np.maximum(orders[weekly], 1)
    orders[:, timeline.selling_days == 0] = 0
    load = np.where(weekly, 1.0, 1 / np.minimum(dealers.cadence, 1)).astype(np.float32)
    return np.clip(orders, 0, 3).astype(np.uint8), load
