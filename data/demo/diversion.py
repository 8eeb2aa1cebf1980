"""Goods that go where they should not: destinations of documents, and the register of permitted exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from data.demo.world import World

DIVERSION_WEEKS = 56  # the diverters began so many weeks before the end
CLEARED_SHARE = 0.22  # out-of-territory share of dealers who hold exceptions for all of it
NOISE = 0.015  # of anybody's documents, at most
OTHER_CITY = 0.12  # of the documents go to another city of the own province


def target_provinces(world: World) -> np.ndarray:
    """(diverters + cleared,) province that each of them sells into."""
    rng = world.random("target provinces")
    region = np.concatenate([world.who.diversion_target, (world.dealers.region[world.who.cleared] + 1) % 7])
    return np.array([rng.choice(np.flatnonzero(world.places.province_region == r)) for r in region], dtype=int)


def destination(world: World, owner: np.ndarray, week: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(documents,) city that the goods go to."""
    who, dealers, places = world.who, world.dealers, world.places
    u, pick = rng.random(len(owner)), rng.random(len(owner))
    province = dealers.province[owner]
    noise = world.random("noise").uniform(0, NOISE, dealers.count)
    noise[np.concatenate([who.diverters, who.cleared])] = 0
    rate = np.zeros(dealers.count)
    rate[who.diverters] = who.diversion_share
    rate[who.cleared] = CLEARED_SHARE
    goal = np.full(dealers.count, -1)
    goal[np.concatenate([who.diverters, who.cleared])] = target_provinces(world)
    since = world.timeline.weeks - DIVERSION_WEEKS
    away = (u < rate[owner]) & (week >= since)
    astray = u < noise[owner]
    somewhere = (province + 1 + (pick * 29).astype(int)) % len(places.province_id)
    province = np.where(away, goal[owner], np.where(astray, somewhere, province))
    start = np.searchsorted(places.city_province, np.arange(len(places.province_id)))
    count = np.bincount(places.city_province)
    other = start[province] + (rng.random(len(owner)) * count[province]).astype(int)
    home = (province == dealers.province[owner]) & (u < 1 - OTHER_CITY)
    return np.where(home, dealers.city[owner], other)


def exceptions(world: World) -> pd.DataFrame:
    """territory_exception: valid ones for the cleared dealers (and part of one diverter's sales), and invalid ones."""
    who, timeline = world.who, world.timeline
    rng = world.random("exceptions")
    start = timeline.monday[max(timeline.weeks - DIVERSION_WEEKS, 0)]
    end = np.datetime64(timeline.end) + 90
    goals = target_provinces(world)
    rows: list[tuple[object, ...]] = []

    def local(province: int) -> str:
        there = np.flatnonzero((world.dealers.province == province) & (world.here[:, : timeline.weeks].min(axis=1) > 0))
        anyone = np.flatnonzero(world.dealers.province == province)
        return world.dealers.dealer_id[int(rng.choice(there if len(there) else anyone))]

    def add(dealer: int, province: int, notified: np.datetime64, agreed: str | None, *valid: np.datetime64) -> None:
        rows.append((world.dealers.dealer_id[dealer], world.places.province_id[province], notified, agreed, *valid))

    for number, dealer in enumerate(who.cleared):
        province = int(goals[len(who.diverters) + number])
        add(dealer, province, start - 20, local(province), start - 7, end)
    for number, dealer in enumerate(who.diverters):
        province = int(goals[number])
        if number == 0:  # agreed, but for ten weeks only
            add(dealer, province, start + 60, local(province), start + 70, start + 140)
        elif number == 1:  # notified too late, long after the goods had gone
            add(dealer, province, np.datetime64(timeline.end) - 5, local(province), start, end)
        elif number == 2:  # the local dealer never agreed
            add(dealer, province, start - 10, None, start, end)
        elif number == 3:  # had run out before
            add(dealer, province, start - 300, local(province), start - 290, start - 20)
    columns = ["dealer_id", "region_id", "notified_date", "agreed_by_id", "valid_from", "valid_to"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "exception_id", [f"X{i + 1:04d}" for i in range(len(frame))])
    return frame
