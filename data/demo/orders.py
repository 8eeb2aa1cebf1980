"""Order lines of a chunk of weeks: what was wanted becomes documents with dates, prices, gifts and returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.diversion import destination
from data.demo.products import CAP, CATEGORIES, FLOOR
from data.demo.promotions import COMPONENTS, GROSS, MECHANICS
from data.demo.world import World

PICK = 0.92  # chance that a carried product is on the order of the week
CELL_SD, WEEK_SD = 0.20, 0.08  # chance in a product, and in a dealer × category, of a week
LINE_DISCOUNT_SD = 0.005
RETURN_SHARE = 0.015  # of the lines, later
BREACH_MONTHS, BREACH_SHARE = 9, 0.12  # price breaches: since when, share of the lines
SALE, RETURN, GIFT, ALLOWANCE = 0, 1, 2, 3
LINE_TYPES = ("sale", "return", "gift", "allowance")

Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Wanted:
    """Quantities of a chunk: arrays (D, P, weeks of the chunk)."""

    span: range
    baseline: np.ndarray  # units that would have been ordered without promotions
    units: np.ndarray  # whole units ordered
    consumed: np.ndarray  # expected units without loading: what the dealer's customers want
    execution: np.ndarray  # int32, execution that promotes the cell, -1 = none
    effects: tuple[np.ndarray, ...]  # execution, component, dealer, product, week, units of each effect


def wanted(world: World, span: range, rng: np.random.Generator) -> Wanted:
    """Turn money a category and week into whole units a product."""
    goods, dealers, demand = world.goods, world.dealers, world.demand
    window = slice(span.start, span.stop)
    share = dealers.product_share[:, :, None] * goods.availability[None, :, window]
    within = np.add.reduceat(share, np.arange(0, len(goods.category), 8), axis=1)
    share = np.divide(share, within[:, goods.category], out=np.zeros_like(share), where=share > 0)
    net_price = goods.list_price[:, year_position(world, span)][None] * (1 - dealers.discount)[:, None, None]
    mean = demand.real[:, goods.category, window] * share / net_price
    ordering = (demand.orders[:, window] > 0) * demand.load_per_order[:, None]
    shape = mean.shape
    chance = np.exp(rng.normal(-(CELL_SD**2) / 2, CELL_SD, shape)) * (rng.random(shape) < PICK) / PICK
    week = np.exp(rng.normal(-(WEEK_SD**2) / 2, WEEK_SD, (shape[0], len(CATEGORIES), shape[2])))
    baseline = mean * ordering[:, None, :] * chance * week[:, goods.category]
    effect = world.promotions.effect
    weeks = effect["week"].to_numpy()
    part = effect.iloc[np.searchsorted(weeks, span.start) : np.searchsorted(weeks, span.stop)]
    d, p, w = (part[c].to_numpy().astype(np.int64) for c in ("dealer", "product", "week"))
    w -= span.start
    change = baseline[d, p, w] * part["share"].to_numpy()
    total = baseline.copy()
    np.add.at(total, (d, p, w), change)
    execution = np.full(shape, -1, dtype=np.int32)
    on = part["component"].to_numpy() == GROSS
    execution[d[on], p[on], w[on]] = part["execution"].to_numpy()[on]
    units = np.floor(np.maximum(total, 0) + rng.random(shape)).astype(np.int64)
    units[total <= 0] = 0
    effects = (part["execution"].to_numpy(), part["component"].to_numpy(), d, p, w, change)
    return Wanted(span, baseline, units, mean / demand.loading[:, None, window], execution, effects)


def year_position(world: World, span: range) -> np.ndarray:
    """(weeks of the chunk,) column of the price list."""
    years = world.timeline.monday[span.start : span.stop].astype("datetime64[Y]").astype(int) + 1970
    return world.goods.year_position(years)


def sum_effects(world: World, chunk: Wanted, truth: np.ndarray) -> None:
    """Add the chunk to `truth` (X, components + 2, 3): units, list value, margin of each component, then of the
    baseline of promoted products and of the category's other products in the promotion weeks."""
    execution, component, d, p, w, change = chunk.effects
    inside = world.timeline.complete[w + chunk.span.start]
    price, cost = _prices(world, chunk.span, p, w)
    base = chunk.baseline[d, p, w]
    for measure, factor in enumerate((1.0, price, price - cost)):
        np.add.at(truth[:, :, measure], (execution[inside], component[inside]), (change * factor)[inside])
        for column, kind in ((len(COMPONENTS), GROSS), (len(COMPONENTS) + 1, COMPONENTS.index("cannibalisation"))):
            on = inside & (component == kind)
            np.add.at(truth[:, column, measure], execution[on], (base * factor)[on])


def _prices(world: World, span: range, p: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    year = year_position(world, span)[w]
    return world.goods.list_price[p, year], world.goods.unit_cost[p, year]


def sale_lines(world: World, chunk: Wanted, rng: np.random.Generator) -> Columns:
    """Sale and gift lines of the chunk; `document` numbers the documents of the chunk from 0, in no order."""
    timeline = world.timeline
    d, p, w = np.nonzero(chunk.units)
    quantity = chunk.units[d, p, w]
    week = w + chunk.span.start
    orders = world.demand.orders[d, week].astype(np.int64)
    slot = (rng.random(len(d)) * orders).astype(np.int64)
    split = (orders > 1) & (rng.random(len(d)) < 0.50) & (quantity > 3)
    first = np.where(split, (quantity * rng.uniform(0.35, 0.65, len(d))).astype(np.int64), quantity)
    cells = np.concatenate([np.arange(len(d)), np.flatnonzero(split)])
    quantity = np.concatenate([first, (quantity - first)[split]])
    slot = np.concatenate([slot, ((slot + 1) % np.maximum(orders, 1))[split]])
    d, p, w, week = d[cells], p[cells], w[cells], week[cells]
    key = (d * len(chunk.span) + w) * 3 + slot
    keys, document = np.unique(key, return_inverse=True)
    owner, order_week = keys // 3 // len(chunk.span), keys // 3 % len(chunk.span) + chunk.span.start
    days = timeline.selling_days[order_week]
    number = world.demand.orders[owner, order_week]
    place = (keys % 3 + rng.random(len(keys))) / np.maximum(number, 1)
    billed = (place * days).astype(int)  # even over the selling days, so that paces by selling days are fair
    shipped = np.maximum(billed - (rng.random(len(keys)) < 0.35), 0)
    ordered = np.maximum(shipped - 1 - (rng.random(len(keys)) < 0.4), 0)
    goes_to = destination(world, owner, order_week, rng)
    execution = chunk.execution[d, p, w]
    action = np.where(execution >= 0, world.promotions.action[execution], -1)
    price, cost = _prices(world, chunk.span, p, w)
    rate, base = _discounts(world, d, week, action, rng)
    lines: Columns = {
        "type": np.full(len(d), SALE, dtype=np.int8), "document": document, "dealer": d, "product": p, "week": week,
        "quantity": quantity, "price": price, "cost": cost, "rate": rate, "action": action, "execution": execution,
        "given": (rate - base) * quantity * price,
    }  # fmt: skip
    kinds = world.promotions.actions["promotion_type"]
    bonus = np.append(np.array([MECHANICS[k].bonus for k in kinds]), 0.0)[action]
    free = np.floor(quantity * bonus + rng.random(len(d)) * (bonus > 0)).astype(np.int64)
    gift = np.flatnonzero(free > 0)
    extra = {name: values[gift] for name, values in lines.items()}
    extra |= {"type": np.full(len(gift), GIFT, dtype=np.int8), "quantity": free[gift], "rate": np.ones(len(gift)),
              "given": free[gift] * cost[gift]}  # fmt: skip
    lines = {name: np.concatenate([values, extra[name]]) for name, values in lines.items()}
    document = lines["document"]
    for name, position in (("order_date", ordered), ("ship_date", shipped), ("invoice_date", billed)):
        lines[name] = timeline.selling_day[order_week, position][document]
    lines["city"] = goes_to[document]
    lines["amount"] = np.zeros(len(document))
    return lines


def _discounts(
    world: World, d: np.ndarray, week: np.ndarray, action: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Discount rate of each line, and the rate without the promotion. Negative = a surcharge."""
    base = world.dealers.discount[d] + rng.normal(0, LINE_DISCOUNT_SD, len(d))
    breaching = (rng.random(len(d)) < BREACH_SHARE) & (action < 0)
    breaching &= week >= world.timeline.weeks - round(BREACH_MONTHS * 4.35)
    deep, high = 1 - FLOOR + rng.uniform(0.02, 0.07, len(d)), 1 - CAP - rng.uniform(0.02, 0.07, len(d))
    base = np.where(breaching & np.isin(d, world.who.undercutters), deep, base)
    base = np.where(breaching & np.isin(d, world.who.overpricers), high, base)
    kinds = world.promotions.actions["promotion_type"]
    depth = np.append(np.array([MECHANICS[k].depth for k in kinds]), 0.0)[action]
    return base + depth, base


def return_lines(world: World, sold: Columns, span: range, first_document: int, rng: np.random.Generator) -> Columns:
    """Goods of earlier lines that come back in this chunk: a document a dealer, on one selling day."""
    count = len(sold["dealer"])
    owners, document = np.unique(sold["dealer"], return_inverse=True)
    open_weeks = np.flatnonzero(world.timeline.selling_days[span.start : span.stop] > 0) + span.start
    if not count or not len(open_weeks):
        return {name: values[:0] for name, values in sold.items()}
    week = open_weeks[rng.integers(0, len(open_weeks), len(owners))]
    day = (rng.random(len(owners)) * world.timeline.selling_days[week]).astype(int)
    date = world.timeline.selling_day[week, day][document]
    back = np.maximum((sold["quantity"] * rng.uniform(0.1, 0.7, count)).astype(np.int64), 1)
    return sold | {
        "type": np.full(count, RETURN, dtype=np.int8), "document": first_document + document,
        "quantity": -np.minimum(back, sold["quantity"]), "order_date": date, "ship_date": date, "invoice_date": date,
        "week": week[document], "action": np.full(count, -1), "execution": np.full(count, -1), "given": np.zeros(count),
    }  # fmt: skip


def allowance_lines(world: World, span: range, first_document: int, rng: np.random.Generator) -> Columns:
    """Money given back without goods: a few dealers a month, up to about a percent of what they buy."""
    open_weeks = np.flatnonzero(world.timeline.selling_days[span.start : span.stop] > 0) + span.start
    month = world.demand.real[:, :, span.start : span.stop].sum(axis=(1, 2))
    d = np.flatnonzero((rng.random(world.dealers.count) < 0.04) & (month > 0))[: None if len(open_weeks) else 0]
    week = open_weeks[rng.integers(0, len(open_weeks), len(d))] if len(d) else np.zeros(0, dtype=int)
    date = world.timeline.selling_day[week, np.maximum(world.timeline.selling_days[week] - 1, 0)]
    none = np.full(len(d), -1)
    return {
        "type": np.full(len(d), ALLOWANCE, dtype=np.int8), "document": first_document + np.arange(len(d)), "dealer": d,
        "product": none, "week": week, "quantity": np.zeros(len(d), dtype=np.int64), "price": np.zeros(len(d)),
        "cost": np.zeros(len(d)), "rate": np.zeros(len(d)), "given": np.zeros(len(d)), "action": none,
        "execution": none,
        "order_date": date, "ship_date": date, "invoice_date": date, "city": world.dealers.city[d],
        "amount": -np.round(month[d] * rng.uniform(0.003, 0.012, len(d)), 2),
    }  # fmt: skip
