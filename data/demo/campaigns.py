"""What promotions cost and were expected to bring: fact_promotion_cost with its lines, and fact_promotion_plan."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from data.demo.books import Books
from data.demo.products import CATEGORIES
from data.demo.promotions import MECHANICS
from data.demo.regions import REGION_IDS
from data.demo.writer import insert_frame

FEE_SD = 0.15  # of what was paid against what the agreement should cost
PLAN_OPTIMISM = 1.15  # planned uplift over the true average
_FEES = {"display": ("陈列费", "Display fee"), "tasting": ("品鉴费", "Tasting fee"),
         "gift-box": ("礼盒物料", "Gift boxes")}  # fmt: skip
_ANY_FEE, _BONUS, _DISCOUNT = ("执行费", "Fee of execution"), ("赠品", "Free goods"), ("折扣", "Discount")


def spend(books: Books) -> tuple[np.ndarray, np.ndarray]:
    """(X,) money planned and spent by execution: fees, invoice discounts and free goods."""
    world = books.world
    actions, rng = world.promotions, world.random("fees")
    execution, dealer = np.arange(len(actions.dealer)), actions.dealer
    kinds = actions.actions["promotion_type"].to_numpy()[actions.action]
    region = world.dealers.region[dealer]
    share = np.where(actions.promoted, world.dealers.product_share[dealer], 0).sum(axis=1)
    own = world.goods.category[None, :] == actions.category[:, None]
    share = share / np.where(own, world.dealers.product_share[dealer], 0).sum(axis=1)
    expected = np.array([world.demand.plan[d, c, s:e].sum() for d, c, s, e in
                         zip(dealer, actions.category, actions.start, actions.end, strict=True)])  # fmt: skip
    expected = expected * share / (1 - world.dealers.discount[dealer])  # list value without the action
    rate = np.array([MECHANICS[k].fee * MECHANICS[k].spread[r] for k, r in zip(kinds, region, strict=True)])
    agreed = expected * rate
    paid = agreed * np.exp(rng.normal(0, FEE_SD, len(execution)))
    lift = np.array([MECHANICS[k].lift for k in kinds])
    depth = np.array([_given_away(k) for k in kinds])
    planned = agreed + expected * (1 + lift) * depth
    return np.round(np.maximum(planned, 50), -1), np.round(paid + books.given + 20, 2)


def write(con: duckdb.DuckDBPyConnection, books: Books, planned: np.ndarray, spent: np.ndarray) -> None:
    """Write executions with their cost, and the plan of each action and region."""
    world = books.world
    actions, timeline = world.promotions, world.timeline
    ids = actions.actions["promotion_id"].to_numpy()[actions.action]
    product = np.array(world.goods.product_id)
    region = np.array(REGION_IDS)[world.dealers.region[actions.dealer]]
    frame = pd.DataFrame({
        "execution_id": execution_ids(books), "promotion_id": ids,
        "dealer_id": np.array(world.dealers.dealer_id)[actions.dealer], "region_id": region,
        "category": np.array([c.zh for c in CATEGORIES])[actions.category],
        "product_ids": ["|".join(product[row]) for row in actions.promoted],
        "start_date": timeline.monday[actions.start], "end_date": timeline.monday[actions.end - 1] + 6,
        "planned_cost": planned, "cost_amount": spent,
    })  # fmt: skip
    insert_frame(con, "fact_promotion_cost", frame)
    kinds = actions.actions["promotion_type"].to_numpy()[actions.action]
    frame["uplift"] = [MECHANICS[k].lift * PLAN_OPTIMISM for k in kinds]
    rate = np.array([MECHANICS[k].fee + (1 + MECHANICS[k].lift) * _given_away(k) for k in kinds])
    frame["extra"] = planned / rate * frame["uplift"]
    plans = frame.groupby(["promotion_id", "region_id"], as_index=False).agg(
        planned_cost=("planned_cost", "sum"), planned_uplift=("uplift", "mean"), planned_net_amount=("extra", "sum")
    )
    plans["planned_net_amount"] = plans["planned_net_amount"].round(-2)
    insert_frame(con, "fact_promotion_plan", plans)
    insert_frame(con, "fact_promotion_cost_line", cost_lines(frame, kinds, actions.end - actions.start, books))


def cost_lines(frame: pd.DataFrame, kinds: np.ndarray, weeks: np.ndarray, books: Books) -> pd.DataFrame:
    """The lines of each execution (rows as in `frame`): what was given with the goods, and the fee, which is the rest;
    they add up to planned_cost and cost_amount."""
    planned, spent = frame["planned_cost"].to_numpy(), frame["cost_amount"].to_numpy()
    depth, lift = (np.array([of(k) for k in kinds]) for of in (_given_away, lambda k: MECHANICS[k].lift))
    rate = np.array([MECHANICS[k].fee for k in kinds]) + (1 + lift) * depth
    units = books.given_units
    price = np.round(np.divide(books.given, units, out=np.zeros(len(units)), where=units > 0), 4)
    hoped = np.minimum(planned * (1 + lift) * depth / rate, planned - 1)
    expected = np.floor(np.divide(hoped, price, out=np.zeros(len(units)), where=price > 0))
    keys = frame[["execution_id", "promotion_id", "dealer_id"]]
    given = [_BONUS if MECHANICS[k].bonus > 0 else _DISCOUNT for k in kinds]
    goods = keys.assign(item=[g[0] for g in given], item_en=[g[1] for g in given], planned_unit_price=price,
                        planned_quantity=expected, unit_price=price, quantity=units)  # fmt: skip
    weekly = np.where((depth == 0) & (weeks == 4), weeks, 1)  # a fourth of a cent is an exact price
    named = [_FEES.get(k, _ANY_FEE) for k in kinds]
    fee = keys.assign(item=[n[0] for n in named], item_en=[n[1] for n in named],
                      planned_unit_price=(planned - price * expected) / weekly, planned_quantity=weekly,
                      unit_price=(spent - price * units) / weekly, quantity=weekly)  # fmt: skip
    lines = pd.concat([fee, goods[units > 0]]).sort_values("execution_id", kind="stable", ignore_index=True)
    lines[["planned_unit_price", "unit_price"]] = lines[["planned_unit_price", "unit_price"]].round(4)
    lines.insert(0, "line_id", lines["execution_id"] + "-" + (lines.groupby("execution_id").cumcount() + 1).astype(str))
    return lines


def _given_away(kind: str) -> float:
    """Share of the list value of what is sold that discounts and free goods (at a usual cost) take."""
    return MECHANICS[kind].depth + 0.62 * MECHANICS[kind].bonus


def execution_ids(books: Books) -> list[str]:
    """Ids of the executions, in order."""
    return [f"EX{i + 1:06d}" for i in range(len(books.world.promotions.dealer))]
