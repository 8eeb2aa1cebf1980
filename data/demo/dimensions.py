"""The dimensions of the demo company."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from data.demo.dealers import CHANNELS, Dealers
from data.demo.names import dealer_names
from data.demo.products import CATEGORIES
from data.demo.regions import REGION_IDS
from data.demo.world import World
from data.demo.writer import insert_frame
from data.warehouse import ids

CREDIT_MARGIN = 1.9  # credit limit over what a dealer usually owes
NO_LIMIT_SHARE = 0.04
CHILD_SHARE = 0.14  # of the smallest dealers are supplied through a bigger one


def write(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Write all dimensions and make their ids ENUMs, so that the facts need no rewriting."""
    regions = world.places.frame.copy()
    manager = {region: world.people.manager(i) for i, region in enumerate(REGION_IDS)}
    regions["manager_id"] = regions["region_id"].map(manager)
    insert_frame(con, "dim_region", regions)
    insert_frame(con, "dim_employee", world.people.frame)
    names = ["channel_id", "channel_name", "name_en"]
    insert_frame(con, "dim_channel", pd.DataFrame([c[:3] for c in CHANNELS], columns=names))
    products = world.goods.frame.copy()
    products["owner_id"] = [world.people.product_manager(c) for c in world.goods.category]
    insert_frame(con, "dim_product", products)
    insert_frame(con, "dim_dealer", dealer_frame(world))
    insert_frame(con, "dim_promotion", promotion_frame(world))
    ids.tighten(con)


def dealer_frame(world: World) -> pd.DataFrame:
    """dim_dealer. The first dealer of the gap story bears the name that the story is known by."""
    dealers, timeline, rng = world.dealers, world.timeline, world.random("dealer frame")
    names = dealer_names(dealers.count, rng)
    hengda = int(world.who.gap[0])
    names[0], names[hengda] = names[hengda], names[0]
    term = dealers.term
    last_year = np.maximum(timeline.weeks - 78, 0)
    weekly = world.demand.plan[:, :, last_year : timeline.weeks - 26].sum(axis=1).mean(axis=1) * 1.13
    limit = np.ceil(weekly * (term + 24) / 7 * CREDIT_MARGIN * rng.uniform(0.75, 1.35, dealers.count) / 10_000) * 10_000
    limit = np.where(rng.random(dealers.count) < NO_LIMIT_SHARE, np.nan, np.maximum(limit, 20_000))
    opened = np.datetime64(timeline.start) - rng.integers(200, 4000, dealers.count)
    opened[world.who.new] = timeline.monday[world.who.new_from] - rng.integers(0, 5, len(world.who.new))
    closed = np.full(dealers.count, np.datetime64("NaT"), dtype="datetime64[D]")
    ended = world.who.lost[rng.random(len(world.who.lost)) < 0.6]
    from_week = dict(zip(world.who.lost, world.who.lost_from, strict=True))
    for dealer in ended:
        closed[dealer] = min(timeline.monday[from_week[dealer]] + 20, np.datetime64(timeline.end))
    ids_ = np.array(dealers.dealer_id)
    return pd.DataFrame({
        "dealer_id": ids_, "dealer_name": [n[0] for n in names], "name_en": [n[1] for n in names],
        "region_id": np.array(world.places.city_id)[dealers.city],
        "territory_id": np.array(world.places.province_id)[dealers.province],
        "channel_id": np.array([c[0] for c in CHANNELS])[dealers.channel],
        "employee_id": np.array(world.people.employee_id)[world.people.of_dealer],
        "tier": dealers.tier, "credit_limit": limit, "payment_term_days": term,
        "parent_id": _parents(dealers, ids_, rng), "opened_date": opened, "closed_date": closed,
    })  # fmt: skip


def _parents(dealers: Dealers, ids_: np.ndarray, rng: np.random.Generator) -> list[str | None]:
    """Some of the smallest dealers name a big dealer of their province as the one above them."""
    parents: list[str | None] = [None] * dealers.count
    for child in np.flatnonzero((dealers.segment == 3) & (rng.random(dealers.count) < CHILD_SHARE)):
        above = np.flatnonzero((dealers.province == dealers.province[child]) & (dealers.segment == 0))
        if len(above):
            parents[child] = str(ids_[rng.choice(above)])
    return parents


def promotion_frame(world: World) -> pd.DataFrame:
    """dim_promotion: one row an action."""
    actions, timeline = world.promotions.actions, world.timeline
    start = actions["start"].to_numpy(dtype=int)
    last = start + actions["weeks"].to_numpy(dtype=int) - 1
    return pd.DataFrame({
        "promotion_id": actions["promotion_id"], "promotion_name": actions["promotion_name"],
        "name_en": actions["name_en"], "promotion_type": actions["promotion_type"],
        "start_date": timeline.monday[start], "end_date": timeline.monday[last] + 6,
        "category": [CATEGORIES[c].zh for c in actions["category"]],
        "owner_id": [world.people.product_manager(c) for c in actions["category"]],
    })  # fmt: skip
