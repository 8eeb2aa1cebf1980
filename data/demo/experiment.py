"""A panel of dealers with promotions whose effects are known, for judging whoever measures them.

It uses the mechanics and the shapes of the demo company's promotions, without its calendar and its documents: dealers
with levels, trends and passing shocks; seasons by region and category; promotions given to growing dealers in peak
season. Each situation breaks one assumption on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.promotions import AFTER, BEFORE, CARRY_PROFILE, DIP_PROFILE, MECHANICS, PROFILE

SAFE = ("base", "no_selection", "no_effect", "sparse")
UNSAFE = ("passing_shocks", "diversion", "no_controls", "short", "overlapping")
SITUATIONS = SAFE + UNSAFE
LIFT = 1.5  # of the demo company's, so that promotions earn about 0.4 on average
SPEND = 0.36  # of the promoted products' list margin over the promotion, times the type's factor
SHOCK, NOISE = 0.07, 0.14  # sd of passing shocks; of weeks of a product, and half of it of a category
_COST = {"price-off": 1.3, "second-case-discount": 1.5, "buy-n-get-one": 1.1, "display": 0.8, "tasting": 0.9,
         "gift-box": 1.25}  # fmt: skip


@dataclass(frozen=True)
class Experiment:
    """Frames as `analytics.promotions.measure` takes them, and the truth: one row an execution with the parts of the
    net effect (<part>_<measure>), its dose (see `response`), what it took from other dealers (diverted_margin)."""

    sales: pd.DataFrame
    promotions: pd.DataFrame
    dealers: pd.DataFrame
    products: pd.DataFrame
    truth: pd.DataFrame


def experiment(
    situation: str = "base", seed: int = 0, *, dealers: int = 100, weeks: int = 104, products: int = 8,
    categories: int = 2, regions: int = 4,
) -> Experiment:  # fmt: skip
    """Draw one world. The same arguments give the same world. Raises KeyError for an unknown situation."""
    if situation not in SITUATIONS:
        raise KeyError(situation)
    rng = np.random.default_rng([seed, SITUATIONS.index(situation)])
    weeks = 40 if situation == "short" else weeks
    sparse = situation == "sparse"
    region = np.arange(dealers) % regions
    category = np.arange(products) % categories
    price, cost = rng.uniform(40, 160, products).round(2), rng.uniform(0.55, 0.75, products)
    unit_cost = (price * cost).round(2)
    growth = rng.normal(0.04, 0.15, dealers)
    base = _baseline(rng, region, growth, category, categories, weeks, sparse)
    who = _calendar(rng, situation, base, region, growth, category, categories)
    change, parts, spillover = _effects(
        situation, who, base.units, category, region, np.stack([np.ones(products), price, price - unit_cost])
    )
    total = np.maximum(base.units + change, 0)
    units = np.floor(total + rng.random(total.shape)).astype(int)
    d, p, w = np.nonzero(units)
    monday = np.datetime64("2024-01-01") + 7 * np.arange(weeks + 20)
    names = [f"D{i:04d}" for i in range(dealers)], [f"P{i:02d}" for i in range(products)]
    sales = pd.DataFrame({
        "week": monday[w], "dealer_id": np.array(names[0])[d], "product_id": np.array(names[1])[p],
        "units": units[d, p, w], "revenue": (units[d, p, w] * price[p]).round(2),
    })  # fmt: skip
    kinds = np.array(list(MECHANICS))
    promotions = pd.DataFrame({
        "promo_id": [f"PR{n:03d}" for n in who.promo], "execution_id": [f"X{i:05d}" for i in range(len(who.dealer))],
        "dealer_id": np.array(names[0])[who.dealer], "region": [f"R{r}" for r in region[who.dealer]],
        "category": [f"C{c}" for c in who.category],
        "product_ids": ["|".join(np.array(names[1])[row]) for row in who.promoted], "type": kinds[who.kind],
        "start_week": monday[who.start], "end_week": monday[who.end], "spend": who.spend.round(2),
    })  # fmt: skip
    truth = promotions[["execution_id", "promo_id", "type", "region", "spend"]].copy()
    for number, part in enumerate(("gross", "anticipation", "dip", "cannibalisation")):
        for place, factor in enumerate(("units", "revenue", "margin")):
            truth[f"{part}_{factor}"] = parts[:, number, place]
    for factor in ("units", "revenue", "margin"):
        truth[f"net_{factor}"] = truth[[f"{part}_{factor}" for part in
                                        ("gross", "anticipation", "dip", "cannibalisation")]].sum(axis=1)  # fmt: skip
    truth["diverted_margin"], truth["dose"] = spillover, who.dose
    return Experiment(
        sales, promotions,
        pd.DataFrame({"dealer_id": names[0], "region": [f"R{r}" for r in region]}),
        pd.DataFrame({"product_id": names[1], "category": [f"C{c}" for c in category], "list_price": price,
                      "unit_cost": unit_cost}),
        truth,
    )  # fmt: skip


def response(dose: np.ndarray, multiplier: np.ndarray | float) -> np.ndarray:
    """The effect at `multiplier` times the spend, over that at the spend: it saturates at twice the usual effect."""
    return np.asarray(multiplier * (1 + dose) / (1 + multiplier * dose))


@dataclass(frozen=True)
class _Base:
    units: np.ndarray  # (D, P, T) what would have been bought without promotions
    season: np.ndarray  # (R, C, T)
    shock: np.ndarray  # (D, C, T) passing shock, log


def _baseline(
    rng: np.random.Generator, region: np.ndarray, growth: np.ndarray, category: np.ndarray, categories: int,
    weeks: int, sparse: bool,
) -> _Base:  # fmt: skip
    dealers, regions, products = len(region), int(region.max()) + 1, len(category)
    year = np.arange(weeks) / 52
    peak = rng.uniform(0, 1, categories)[None, :, None] + rng.normal(0, 0.04, (regions, categories, 1))
    season = 0.3 * np.cos(2 * np.pi * (year - peak))
    season = season + np.cumsum(rng.normal(0, 0.008, season.shape), axis=2)
    common = rng.normal(0, 0.05, (categories, weeks)) + rng.normal(0, 0.03, season.shape)
    shock = np.empty((dealers, categories, weeks))
    state, memory, sd = rng.normal(0, SHOCK, (dealers, categories)), 0.85, SHOCK
    for week in range(weeks):
        shock[:, :, week] = state
        state = memory * state + rng.normal(0, sd * np.sqrt(1 - memory**2), state.shape)
    size = rng.lognormal(0, 0.7, dealers)
    level = (6 if sparse else 45) * size[:, None] * rng.lognormal(-0.08, 0.4, (dealers, products))
    level[rng.random(level.shape) < (0.35 if sparse else 0.08)] = 0.0
    trend = growth[:, None] * (year - weeks / 104)[None, :]
    log = (season + common)[region] + shock + trend[:, None, :]
    noise = rng.normal(0, NOISE, (dealers, products, weeks)) + rng.normal(0, NOISE / 2, shock.shape)[:, category]
    units = level[:, :, None] * np.exp(log[:, category] + noise)
    if sparse:  # every third week or so, for what is needed until the next order
        pace = rng.uniform(0.3, 0.7, dealers)
        orders = rng.random((dealers, weeks)) < pace[:, None]
        units = units * (orders / pace[:, None])[:, None, :]
    return _Base(units, season, shock)


@dataclass(frozen=True)
class _Executions:
    """Arrays over X executions."""

    promo: np.ndarray
    dealer: np.ndarray
    category: np.ndarray
    kind: np.ndarray
    start: np.ndarray
    end: np.ndarray
    promoted: np.ndarray  # (X, P) bool
    lift: np.ndarray
    dose: np.ndarray  # money put in, relative to the usual
    spend: np.ndarray


def _calendar(
    rng: np.random.Generator, situation: str, base: _Base, region: np.ndarray, growth: np.ndarray,
    category: np.ndarray, categories: int,
) -> _Executions:  # fmt: skip
    """Who takes part when: growing dealers in peak season, unless the situation says otherwise."""
    dealers, _, weeks = base.units.shape
    regions = base.season.shape[0]
    selective = situation not in ("no_selection",)
    gap = 2 if situation == "overlapping" else BEFORE + AFTER
    busy = np.full((dealers, categories), -99)
    rows: list[tuple[int, int, int, int, int, int]] = []
    rounds = max(4, weeks // 6)
    for promo in range(rounds):
        c, kind = int(rng.integers(categories)), int(rng.integers(len(MECHANICS)))
        length = int(rng.integers(2, 5))
        places = rng.permutation(regions)[: int(rng.integers(1, regions + 1))]
        heat = np.exp(4 * base.season[places, c].mean(axis=0)) if selective else np.ones(weeks)
        heat[:10] = 0
        heat[max(weeks - AFTER - length - 1, 11) :] = 0
        start = int(rng.choice(weeks, p=heat / heat.sum()))
        chance = np.full(dealers, 0.30)
        if selective:
            chance = 0.30 * np.exp(4 * (growth - growth.mean()))
        if situation == "passing_shocks":
            chance = 0.35 * np.exp(14 * base.shock[:, c, start - 1])
        if situation == "no_controls":
            chance = np.ones(dealers)
        if situation == "overlapping":
            chance = chance * 1.6
        free = busy[:, c] < start - (0 if situation == "overlapping" else BEFORE)
        sells = base.units[:, category == c].sum(axis=(1, 2)) > 0
        joins = np.flatnonzero((rng.random(dealers) < chance) & np.isin(region, places) & free & sells)
        busy[joins, c] = start + length + (0 if situation == "overlapping" else gap - BEFORE) - 1
        rows += [(promo, int(d), c, kind, start, start + length) for d in joins]
    promo, dealer, cat, kind, start, end = np.array(rows).T
    own = (category[None, :] == cat[:, None]) & (base.units.mean(axis=2)[dealer] > 0)
    half = np.array([rng.permutation(len(category)) < len(category) * 0.5 for _ in range(rounds)])
    promoted = own & half[promo]
    promoted[~promoted.any(axis=1)] = own[~promoted.any(axis=1)]
    kinds = list(MECHANICS.values())
    fits = np.exp(rng.normal(0, 0.25, (len(kinds), regions)))
    lift = np.array([m.lift for m in kinds])[kind] * fits[kind, region[dealer]]
    dose = np.exp(rng.normal(0, 0.35, len(promo)))  # money put in, relative to the usual
    lift = LIFT * lift * np.exp(rng.normal(-0.02, 0.2, len(promo))) * 2 * dose / (1 + dose)
    if situation == "no_effect":
        lift = lift * 0
    return _Executions(promo, dealer, cat, kind, start, end, promoted, lift, dose, dose.copy())


def _effects(
    situation: str, who: _Executions, units: np.ndarray, category: np.ndarray, region: np.ndarray, worth: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the promotions change (D, P, T); parts (X, 4, 3); margin taken from other dealers (X,). Fills in the spend.

    worth: (3, P) what a unit is worth in units, revenue and margin.
    """
    weeks = units.shape[2]
    change, parts, spill = np.zeros_like(units), np.zeros((len(who.dealer), 4, 3)), np.zeros(len(who.dealer))
    rows = zip(who.dealer, who.category, who.kind, who.start, who.end, who.lift, strict=True)
    for x, (d, c, k, s, e, lift) in enumerate(rows):
        kind = list(MECHANICS)[k]
        m = MECHANICS[kind]
        own, rest = np.flatnonzero(who.promoted[x]), np.flatnonzero((category == c) & ~who.promoted[x])
        profile = np.array(PROFILE[: e - s])
        gross = units[d][own, s:e] * lift * profile
        mass = lift * profile.sum()
        late = min(len(DIP_PROFILE), weeks - e)
        shape = np.clip(-mass * m.dip * DIP_PROFILE, -0.6, 0) + mass * m.carry_over * CARRY_PROFILE
        inside, outside = units[d][own].mean(), units[d][rest].sum() / max(units.shape[2] * len(own), 1)
        taken = np.minimum(lift * profile * m.cannibalisation * inside / outside, 0.5) if outside > 0 else 0 * profile
        pieces = (
            (own, s, e, gross),
            (own, s - 1, s, -units[d][own, s - 1 : s] * min(mass * m.anticipation, 0.6)),
            (own, e, e + late, units[d][own, e : e + late] * shape[:late]),
            (rest, s, e, -units[d][rest, s:e] * taken),
        )
        for part, (which, first, last, amount) in enumerate(pieces):
            change[d][which, first:last] += amount
            parts[x, part] += worth[:, which] @ amount.sum(axis=1)
        normal = worth[2, own] @ units[d][own].mean(axis=1) * (e - s)
        who.spend[x] = max(who.spend[x] * SPEND * _COST[kind] * normal, 1.0)
        if situation == "diversion":
            others = np.flatnonzero((region == region[d]) & (np.arange(len(region)) != d))
            there = units[others][:, own, s:e]
            lost = there * min(0.4 * gross.sum() / max(there.sum(), 1e-9), 0.5)
            change[np.ix_(others, own, np.arange(s, e))] -= lost
            spill[x] = (worth[2, own] @ lost.sum(axis=2).T).sum()
    return change, parts, spill
