"""Promotions: which actions run where and when, who takes part, and what each one truly does.

An action (dim_promotion) runs in some big regions; an execution (fact_promotion_cost) is one dealer in it. Effects are
shares of what the dealer would have bought of a product in a week without the action, so that the counterfactual is
known: `orders` adds them to demand, `truth` sums them by execution.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.calendar import spring_festivals
from data.demo.dealers import SEGMENTS, Dealers
from data.demo.products import CATEGORIES, Range
from data.demo.regions import BIG_REGIONS, REGION_IDS
from data.demo.timeline import Timeline

BEFORE, AFTER = 1, 8  # weeks around an execution in which no other one of the dealer and category may run
COMPONENTS = ("gross", "anticipation", "dip", "carry_over", "cannibalisation")
GROSS = 0


@dataclass(frozen=True)
class Mechanic:
    """A type of promotion. Shares of dip, anticipation, ... are parts of the gross effect."""

    lift: float  # extra quantity in the promotion weeks, share of the baseline
    anticipation: float  # held back in the week before, share of the gross effect
    dip: float  # missing in the weeks after
    carry_over: float  # kept in the weeks after
    cannibalisation: float  # taken from the category's other products
    depth: float  # off the list price of promoted products, on the invoice
    bonus: float  # free units a unit bought
    fee: float  # paid to the dealer, share of the expected list value of promoted products
    spread: tuple[float, ...]  # of the fee over regions, in their order: what makes some of them pay


MECHANICS: dict[str, Mechanic] = {
    "price-off": Mechanic(0.62, 0.08, 0.30, 0.0, 0.12, 0.11, 0.0, 0.010, (1, 1, 1, 1, 1, 1, 1)),
    "second-case-discount": Mechanic(0.60, 0.08, 0.36, 0.0, 0.14, 0.14, 0.0, 0.010, (1, 1, 1, 1, 1, 1, 1)),
    "buy-n-get-one": Mechanic(0.56, 0.05, 0.22, 0.0, 0.10, 0.0, 0.1, 0.046, (1, 1, 1, 1, 1, 1, 1)),
    "display": Mechanic(0.30, 0.0, 0.08, 0.04, 0.12, 0.0, 0.0, 0.084, (1.05, 1.6, 0.80, 1.2, 1.3, 1.1, 0.9)),
    "tasting": Mechanic(0.36, 0.0, 0.04, 0.22, 0.10, 0.0, 0.0, 0.112, (1.1, 1.4, 0.95, 1.0, 0.80, 1.7, 1.0)),
    "gift-box": Mechanic(0.75, 0.04, 0.16, 0.0, 0.10, 0.0, 0.0, 0.138, (1.0, 1.1, 0.95, 1.1, 1.2, 1.0, 0.9)),
}
PROFILE = (1.0, 0.92, 0.84, 0.78)  # of the lift over the promotion weeks
DIP_PROFILE = np.array([0.40, 0.28, 0.18, 0.09, 0.05])  # over the weeks after
CARRY_PROFILE = np.array([0.35, 0.25, 0.20, 0.12, 0.08])

# type, names, category, start (month, day; or weeks before the festival), weeks, promoted products, regions, owner
_CALENDAR: tuple[tuple[str, str, str, int, tuple[int, int] | int, int, int, str], ...] = (
    ("gift-box", "春节礼盒", "Spring Festival gift box", 5, 5, 4, 5, "North East Central South Southwest"),
    ("gift-box", "果汁年货礼盒", "Juice New Year gift box", 2, 5, 4, 5, "Northeast East Central Southwest Northwest"),
    ("display", "春季陈列", "Spring display contract", 1, (3, 9), 4, 5, "North Northeast East Central South Northwest"),
    ("buy-n-get-one", "能量买十送一", "Energy buy 10 get 1", 4, (4, 7), 4, 5,
     "North East Central South Southwest Northwest"),
    ("price-off", "五一特价", "May Day price-off", 0, (4, 20), 3, 5, "North Northeast East Central Northwest"),
    ("tasting", "餐饮品鉴", "Restaurant tasting", 2, (5, 6), 4, 5, "East Central South Southwest Northwest"),
    ("price-off", "夏季特价", "Summer price-off", 3, (5, 12), 3, 5, "North East Central South Southwest"),
    ("buy-n-get-one", "暑期搭赠", "Summer bonus pack", 1, (7, 6), 4, 5,
     "North Northeast East South Southwest Northwest"),
    ("display", "夏季冰柜陈列", "Summer cooler display", 0, (7, 20), 4, 5, "Northeast East Central South Southwest"),
    ("second-case-discount", "第二件特惠", "Second case discount", 2, (8, 17), 2, 5,
     "North Northeast East Central South"),
    ("tasting", "开学品鉴", "Back-to-school tasting", 4, (9, 1), 4, 5, "North Northeast East South Northwest"),
    ("buy-n-get-one", "中秋国庆搭赠", "Mid-autumn bonus pack", 3, (9, 12), 3, 5,
     "North Northeast Central Southwest Northwest"),
    ("display", "暖冬陈列", "Winter display contract", 5, (9, 22), 4, 5, "North Northeast Southwest Northwest"),
)  # fmt: skip


@dataclass(frozen=True)
class Promotions:
    """Actions (frame), executions (arrays over X) and their effects (one row an execution × product × week)."""

    actions: pd.DataFrame  # promotion_id, promotion_type, names, category (position), start, weeks, depth, bonus
    action: np.ndarray  # (X,) position in `actions`
    dealer: np.ndarray  # (X,)
    start: np.ndarray  # (X,) first week
    end: np.ndarray  # (X,) week after the last one
    lift: np.ndarray  # (X,) extra quantity in the first promotion week, share of the baseline
    promoted: np.ndarray  # (X, P) bool
    effect: pd.DataFrame  # execution, dealer, product, week, component, share; sorted by week

    @property
    def category(self) -> np.ndarray:
        return self.actions["category"].to_numpy()[self.action]


def _actions(goods: Range, timeline: Timeline) -> pd.DataFrame:
    """The actions of all years that start and end inside the data, at least 8 weeks after its start."""
    years = range(timeline.start.year, timeline.end.year + 1)
    festivals = {day.year: day for day in spring_festivals(years)}
    rows = []
    for year in years:
        for number, (kind, zh, en, category, when, weeks, products, regions) in enumerate(_CALENDAR):
            day = festivals[year] - dt.timedelta(weeks=when) if isinstance(when, int) else dt.date(year, *when)
            start = timeline.week_of(day)
            if start < 8 or start + weeks >= timeline.weeks:
                continue
            lasting = goods.availability[:, start - 8 : start + weeks + AFTER].min(axis=1) >= 1
            own = np.flatnonzero((goods.category == category) & lasting)
            best = own[np.argsort(-goods.weight[own], kind="stable")][:products]
            rows.append((f"PR{year % 100:02d}{number + 1:02d}", f"{year}年{zh}", f"{en} {year}", kind, category, start,
                         weeks, regions.split(), np.sort(best)))  # fmt: skip
    return pd.DataFrame(rows, columns=["promotion_id", "promotion_name", "name_en", "promotion_type", "category",
                                       "start", "weeks", "regions", "products"])  # fmt: skip


def promotions(
    dealers: Dealers, goods: Range, here: np.ndarray, apart: np.ndarray, timeline: Timeline, rng: np.random.Generator
) -> Promotions:
    """Draw who takes part: growing dealers first, deal hunters above all. `apart`: dealers who never do (D, bool)."""
    actions = _actions(goods, timeline)
    carried = dealers.product_share > 0
    busy = np.full((dealers.count, len(CATEGORIES)), -99)  # last week of the dealer's latest window
    growing = dealers.growth - np.array([s.growth for s in SEGMENTS])[dealers.segment]
    parts: list[tuple[np.ndarray, ...]] = []
    for number, row in actions.iterrows():
        start, end = row["start"], row["start"] + row["weeks"]
        in_region = np.isin(np.array(REGION_IDS)[dealers.region], row["regions"])
        stays = here[:, max(start - 12, 0) : end + AFTER].min(axis=1) > 0
        free = busy[:, row["category"]] < start - BEFORE
        sells = carried[:, row["products"]].sum(axis=1) >= 1
        chance = np.clip(dealers.promotion * (1 + 12 * growing) * 1.05, 0.0, 0.95)
        joins = np.flatnonzero((rng.random(dealers.count) < chance) & in_region & stays & free & sells & ~apart)
        busy[joins, row["category"]] = end + AFTER - 1
        parts.append((np.full(len(joins), number), joins, np.full(len(joins), start), np.full(len(joins), end)))
    action, dealer, start, end = (np.concatenate([p[i] for p in parts]).astype(int) for i in range(4))
    kinds = actions["promotion_type"].to_numpy()[action]
    response = np.array([r[3] for r in BIG_REGIONS])
    fits = np.exp(rng.normal(0, 0.12, (len(MECHANICS), len(BIG_REGIONS))))  # some mechanics suit some regions
    kind_number = np.array([list(MECHANICS).index(k) for k in kinds], dtype=int)
    region = dealers.region[dealer]
    lift = np.array([MECHANICS[k].lift for k in kinds]) * response[region] * fits[kind_number, region]
    lift = lift * np.array([s.response for s in SEGMENTS])[dealers.segment[dealer]]
    lift = lift * np.exp(rng.normal(-0.02, 0.2, len(lift)))
    chosen = np.zeros((len(actions), len(goods.product_id)), dtype=bool)
    for number, row in actions.iterrows():
        chosen[number, row["products"]] = True
    promoted = chosen[action] & carried[dealer]
    effect = _effects(kinds, dealer, start, end, lift, promoted, dealers, goods, timeline)
    return Promotions(actions, action, dealer, start, end, lift, promoted, effect)


def _effects(
    kinds: np.ndarray, dealer: np.ndarray, start: np.ndarray, end: np.ndarray, lift: np.ndarray, promoted: np.ndarray,
    dealers: Dealers, goods: Range, timeline: Timeline,
) -> pd.DataFrame:  # fmt: skip
    """One entry an execution × product × week: the share of the baseline that each component adds or takes."""

    def of(name: str) -> np.ndarray:
        return np.array([getattr(MECHANICS[k], name) for k in kinds])

    category = np.array([goods.category[p.argmax()] for p in promoted], dtype=int)
    share = dealers.product_share[dealer]
    inside = np.where(promoted, share, 0.0).sum(axis=1)
    rest = (share > 0) & (goods.category[None, :] == category[:, None]) & ~promoted
    outside = np.where(rest, share, 0.0).sum(axis=1)
    ratio = np.divide(inside, outside, out=np.zeros_like(inside), where=outside > 0)
    length = end - start
    gross = lift * np.array([sum(PROFILE[:n]) for n in range(5)])[length]  # in weeks of baseline
    pieces: list[tuple[np.ndarray, int, np.ndarray, np.ndarray, int]] = []
    for late, profile in enumerate(PROFILE):
        on = length > late
        pieces.append((on, GROSS, start + late, lift * profile, 1))
        taken = np.minimum(lift * profile * of("cannibalisation") * ratio, 0.5)
        pieces.append((on & (outside > 0), 4, start + late, -taken, 0))
    every = np.ones(len(kinds), dtype=bool)
    pieces.append((of("anticipation") > 0, 1, start - 1, -np.minimum(gross * of("anticipation"), 0.6), 1))
    for late, (dip, carry) in enumerate(zip(DIP_PROFILE, CARRY_PROFILE, strict=True)):
        pieces.append((every, 2, end + late, -np.minimum(gross * of("dip") * dip, 0.6), 1))
        pieces.append((of("carry_over") > 0, 3, end + late, gross * of("carry_over") * carry, 1))
    frames = []
    for on, component, week, amount, own in pieces:
        execution, product = np.nonzero((promoted if own else rest) & on[:, None])
        frames.append(pd.DataFrame({
            "execution": execution.astype(np.int32), "dealer": dealer[execution].astype(np.int32),
            "product": product.astype(np.int16), "week": week[execution].astype(np.int16),
            "component": np.int8(component), "share": amount[execution].astype(np.float32),
        }))  # fmt: skip
    effect = pd.concat(frames, ignore_index=True)
    return effect[effect["week"] < timeline.weeks].sort_values("week", kind="stable").reset_index(drop=True)
