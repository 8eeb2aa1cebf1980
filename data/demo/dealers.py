"""The dealers: where they are, which latent segment they belong to, how large they are and what they carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.products import CATEGORIES, Range
from data.demo.regions import BIG_REGIONS, Geography
from data.demo.timeline import Timeline


@dataclass(frozen=True)
class Segment:
    """A latent group of dealers and what drives it. Recoverable from sales alone."""

    name: str
    share: float  # of the dealers
    size: float  # relative yearly net sales, median
    spread: float  # of the log size
    growth: float  # a year
    cadence: float  # orders a week
    breadth: float  # products carried, of 48
    promotion: float  # chance to take part in an action on offer
    response: float  # to a promotion, relative to others
    discount: float  # off the list price
    late_days: float  # usual delay of payment
    tier: str


SEGMENTS: tuple[Segment, ...] = (
    Segment("anchor", 0.15, 5.20, 0.20, 0.020, 2.90, 43, 0.32, 0.9, 0.080, 0.0, "A"),
    Segment("climber", 0.25, 2.20, 0.22, 0.170, 1.55, 31, 0.44, 1.0, 0.060, 2.0, "B"),
    Segment("deal_hunter", 0.25, 1.60, 0.22, 0.030, 0.75, 21, 0.90, 1.5, 0.050, 7.0, "B"),
    Segment("occasional", 0.35, 0.42, 0.24, -0.060, 0.30, 11, 0.03, 1.0, 0.030, 5.0, "C"),
)
DISCOUNT_SPREAD = 0.006
CHANNELS: tuple[tuple[str, str, str, tuple[float, ...]], ...] = (  # id, names, share by segment
    ("TT", "传统渠道", "Traditional trade", (0.30, 0.55, 0.50, 0.62)),
    ("MT", "现代渠道", "Modern trade", (0.40, 0.14, 0.18, 0.02)),
    ("FS", "餐饮渠道", "Food service", (0.12, 0.18, 0.12, 0.18)),
    ("SP", "特通渠道", "Special channels", (0.08, 0.08, 0.08, 0.15)),
    ("OL", "线上渠道", "Online", (0.10, 0.05, 0.12, 0.03)),
)
TERMS = (0, 7, 15, 30, 45)
TERM_SHARES = {
    "A": (0.00, 0.10, 0.45, 0.35, 0.10),
    "B": (0.10, 0.25, 0.45, 0.18, 0.02),
    "C": (0.50, 0.30, 0.18, 0.02, 0.00),
}


@dataclass(frozen=True)
class Dealers:
    """The dealers as arrays over D."""

    dealer_id: tuple[str, ...]
    segment: np.ndarray
    city: np.ndarray
    province: np.ndarray
    region: np.ndarray
    channel: np.ndarray
    size: np.ndarray  # relative yearly net sales
    growth: np.ndarray  # own growth a year, segment and luck
    cadence: np.ndarray
    promotion: np.ndarray
    discount: np.ndarray
    late_days: np.ndarray
    term: np.ndarray
    category_share: np.ndarray  # (D, C)
    product_share: np.ndarray  # (D, P) share within the category, 0 = not carried

    @property
    def count(self) -> int:
        return len(self.dealer_id)

    @property
    def tier(self) -> np.ndarray:
        return np.array([s.tier for s in SEGMENTS])[self.segment]


def _allot(weights: np.ndarray, count: int) -> np.ndarray:
    """`count` split by weights, largest remainder; every position gets one when there are enough."""
    least = 1 if count >= len(weights) else 0
    exact = weights / weights.sum() * (count - least * len(weights))
    whole = np.floor(exact).astype(int)
    whole[np.argsort(-(exact - whole), kind="stable")[: count - least * len(weights) - whole.sum()]] += 1
    return whole + least


def dealers(count: int, places: Geography, goods: Range, timeline: Timeline, rng: np.random.Generator) -> Dealers:
    """Draw the dealers, sorted by region, province and city."""
    share = np.array([r[2] for r in BIG_REGIONS])
    inside = np.bincount(places.province_region, places.province_weight)
    by_province = _allot((share**0.9)[places.province_region] * places.province_weight / inside[places.province_region],
                         count)  # fmt: skip
    province = np.repeat(np.arange(len(by_province)), by_province)
    city = np.empty(count, dtype=int)
    for p in range(len(by_province)):
        own = np.flatnonzero(places.city_province == p)
        here = np.flatnonzero(province == p)
        city[here] = np.sort(own[rng.choice(len(own), len(here), p=_falling(len(own)))])
    region = places.province_region[province]
    segment = np.empty(count, dtype=int)  # each region holds every segment in proportion
    for r in range(len(BIG_REGIONS)):
        here = np.flatnonzero(region == r)
        sizes = _allot(np.array([s.share for s in SEGMENTS]), len(here))
        segment[here] = rng.permutation(np.repeat(np.arange(len(SEGMENTS)), sizes))

    def of(name: str) -> np.ndarray:
        return np.array([getattr(s, name) for s in SEGMENTS], dtype=float)[segment]

    tier = np.array([s.tier for s in SEGMENTS])[segment]
    channel = np.array([rng.choice(len(CHANNELS), p=[c[3][s] for c in CHANNELS]) for s in segment])
    term = np.array([rng.choice(TERMS, p=TERM_SHARES[t]) for t in tier])
    mix = np.array([c.share for c in CATEGORIES])
    category_share = rng.gamma(60 * mix, size=(count, len(CATEGORIES)))
    category_share /= category_share.sum(axis=1, keepdims=True)
    return Dealers(
        dealer_id=tuple(f"D{i + 1:05d}" for i in range(count)),
        segment=segment,
        city=city,
        province=province,
        region=region,
        channel=channel,
        size=of("size") * np.exp(rng.normal(0, 1, count) * of("spread")),
        growth=of("growth") + rng.normal(0, 0.03, count),
        cadence=of("cadence") * np.exp(rng.normal(0, 0.10, count)),
        promotion=of("promotion"),
        discount=np.clip(of("discount") + rng.normal(0, DISCOUNT_SPREAD, count), 0.01, 0.10),
        late_days=np.maximum(of("late_days") + rng.gamma(2.0, 1.5, count) - 4, -4),
        term=term,
        category_share=category_share,
        product_share=_assortment(of("breadth"), goods, timeline, rng),
    )


def _falling(count: int) -> np.ndarray:
    weights = 1 / np.arange(1, count + 1)
    return np.asarray(weights / weights.sum())


def _assortment(breadth: np.ndarray, goods: Range, timeline: Timeline, rng: np.random.Generator) -> np.ndarray:
    """(D, P) share of each product in its category; every dealer carries a lasting product of each category."""
    count, products = len(breadth), len(goods.product_id)
    wanted = np.clip(np.round(breadth * np.exp(rng.normal(0, 0.07, count))), 6, products).astype(int)
    appeal = np.log(goods.weight) + rng.gumbel(0, 0.5, (count, products))
    lasting = goods.availability.min(axis=1) >= 1
    for c in range(len(CATEGORIES)):  # the best lasting product of each category is always there
        best = np.where(lasting & (goods.category == c), appeal, -np.inf).argmax(axis=1)
        appeal[np.arange(count), best] += 50
    rank = np.argsort(np.argsort(-appeal, axis=1), axis=1)
    carried = rank < wanted[:, None]
    share = np.where(carried, goods.weight * np.exp(rng.normal(0, 0.35, (count, products))), 0.0)
    return np.asarray(share)
