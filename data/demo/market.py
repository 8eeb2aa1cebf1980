"""The small tables around the sales: openings, complaints, feedback and dealers' financial statements."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from data.demo.books import Books
from data.demo.world import World
from data.demo.writer import insert_frame

_STAGES = (("contacted", 0.10), ("project approved", 0.25), ("shortlisted", 0.50), ("contract drafted", 0.75),
           ("won", 1.0))  # fmt: skip
_PLACES = ("校园超市", "高速服务区", "连锁便利店", "工厂食堂", "酒店宴会", "火车站店")
_COMPLAINTS = (("late delivery", 0.34), ("damaged goods", 0.26), ("price of neighbours", 0.18), ("short expiry", 0.14),
               ("invoice", 0.08))  # fmt: skip
_FEEDBACK = (
    ("competitor", "竞品本月加大买赠力度，终端价格低于我方约一成。"),
    ("competitor", "竞品新增冰柜投放，部分门店陈列被替换。"),
    ("price", "周边有低价货流入，客户要求核查来源。"),
    ("product", "无糖系列动销加快，希望增加小规格。"),
    ("product", "乳饮料保质期偏短，旺季前希望提前排产。"),
    ("delivery", "旺季到货比约定晚两天，影响补货。"),
    ("promotion", "陈列费用结算较慢，客户参与意愿下降。"),
    ("stock", "季末进货较多，库存消化需要时间。"),
)


def write(con: duckdb.DuckDBPyConnection, books: Books) -> None:
    """Write opportunity, complaint, feedback and dealer_financial."""
    world, rng = books.world, books.world.random("market")
    insert_frame(con, "opportunity", _opportunities(world, rng))
    insert_frame(con, "complaint", _complaints(world, rng))
    insert_frame(con, "feedback", _feedback(world, rng))
    insert_frame(con, "dealer_financial", _financials(books, rng))


def _days_before_end(world: World, rng: np.random.Generator, count: int, most: int) -> np.ndarray:
    return np.sort(np.datetime64(world.timeline.end) - rng.integers(0, most, count))


def _opportunities(world: World, rng: np.random.Generator) -> pd.DataFrame:
    count = max(20, world.dealers.count // 7)
    dealer = rng.integers(0, world.dealers.count, count)
    stage = rng.choice(len(_STAGES), count, p=(0.35, 0.25, 0.2, 0.15, 0.05))
    return pd.DataFrame({
        "opportunity_id": [f"OP{i + 1:05d}" for i in range(count)],
        "opportunity_name": [_PLACES[i] for i in rng.integers(0, len(_PLACES), count)],
        "dealer_id": np.array(world.dealers.dealer_id)[dealer],
        "employee_id": np.array(world.people.employee_id)[world.people.of_dealer[dealer]],
        "stage": [_STAGES[s][0] for s in stage], "probability": [_STAGES[s][1] for s in stage],
        "amount": np.round(rng.lognormal(12, 0.7, count), -3),
        "expected_date": np.datetime64(world.timeline.end) + rng.integers(5, 200, count),
    })  # fmt: skip


def _complaints(world: World, rng: np.random.Generator) -> pd.DataFrame:
    count = max(40, world.dealers.count * 3 // 4)
    received = _days_before_end(world, rng, count, 700)
    settled = received + rng.integers(2, 45, count)
    is_open = (settled > np.datetime64(world.timeline.end)) | (rng.random(count) < 0.03)
    topic = rng.choice(len(_COMPLAINTS), count, p=[c[1] for c in _COMPLAINTS])
    return pd.DataFrame({
        "complaint_id": [f"CP{i + 1:05d}" for i in range(count)],
        "dealer_id": np.array(world.dealers.dealer_id)[rng.integers(0, world.dealers.count, count)],
        "product_id": np.array(world.goods.product_id)[rng.integers(0, len(world.goods.product_id), count)],
        "complaint_date": received, "topic": [_COMPLAINTS[t][0] for t in topic],
        "resolved_date": np.where(is_open, np.datetime64("NaT"), settled).astype("datetime64[D]"),
        "amount": np.round(rng.lognormal(8, 0.8, count), 2),
    })  # fmt: skip


def _feedback(world: World, rng: np.random.Generator) -> pd.DataFrame:
    count = max(40, world.dealers.count // 2)
    dealer, said = rng.integers(0, world.dealers.count, count), rng.integers(0, len(_FEEDBACK), count)
    return pd.DataFrame({
        "feedback_id": [f"FB{i + 1:05d}" for i in range(count)],
        "dealer_id": np.array(world.dealers.dealer_id)[dealer],
        "employee_id": np.array(world.people.employee_id)[world.people.of_dealer[dealer]],
        "feedback_date": _days_before_end(world, rng, count, 500),
        "topic": [_FEEDBACK[s][0] for s in said], "content": [_FEEDBACK[s][1] for s in said],
    })  # fmt: skip


def _financials(books: Books, rng: np.random.Generator) -> pd.DataFrame:
    """Two years of statements of the bigger dealers; late payers carry more debt."""
    world = books.world
    bigger = np.flatnonzero(world.dealers.segment <= 1)
    sales = books.net.sum(axis=(1, 2))[bigger] / books.months * 12
    frames = []
    for year in (world.timeline.end.year - 2, world.timeline.end.year - 1):
        revenue = sales / rng.uniform(0.25, 0.6, len(bigger))
        assets = revenue * rng.uniform(0.35, 0.6, len(bigger))
        debt = np.clip(rng.normal(0.5, 0.1, len(bigger)) + 0.2 * np.isin(bigger, world.who.late), 0.15, 0.95)
        frames.append(pd.DataFrame({
            "dealer_id": np.array(world.dealers.dealer_id)[bigger], "period_end": np.datetime64(f"{year}-12-31"),
            "revenue": np.round(revenue, -3),
            "net_profit": np.round(revenue * rng.normal(0.03, 0.015, len(bigger)), -3),
            "total_assets": np.round(assets, -3), "total_debt": np.round(assets * debt, -3),
        }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)
