"""Targets: what was planned for dealers, areas, people and the company, to the end of the fiscal year.

The plan of a dealer and month follows from what could be expected (`demand.plan`), lifted so that each region ends
the half-year of the stories where it should. All levels add up, but for one planted gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from data.demo.books import Books
from data.demo.products import CATEGORIES
from data.demo.regions import REGION_IDS
from data.demo.writer import insert_frame

# Attainment of net sales in the half-year of the stories, by region.
ATTAINMENT = {"North": 1.020, "Northeast": 0.905, "East": 0.988, "Central": 0.990, "South": 0.892, "Southwest": 0.955,
              "Northwest": 1.050}  # fmt: skip
DRIFT = (-0.008, -0.004, 0.000, 0.000, 0.004, 0.006)  # how the plan grows steeper over the six months
EARLIER = 1.005  # attainment of earlier half-years, more or less
DEALER_SD = 0.05
MARGIN_AMBITION = 0.007  # points of margin rate above what is reached
GAP_REGION, GAP = "Central", 0.024  # the region's target exceeds what was handed down, this fiscal year


@dataclass(frozen=True)
class Plan:
    """Target of net sales (D, categories, months to the end of the fiscal year) and what was not handed down."""

    net: np.ndarray
    undistributed: np.ndarray  # (regions, months)


def plan(books: Books) -> Plan:
    """Derive the plan from expectation and outcome."""
    world = books.world
    timeline, rng = world.timeline, world.random("targets")
    share = timeline.month_share.astype(np.float32)
    expected = np.stack([world.demand.plan[:, c, :] @ share for c in range(len(CATEGORIES))], axis=1).astype(float)
    months = timeline.month_start
    story = (months >= np.datetime64(timeline.half_start)) & (months <= np.datetime64(timeline.end))
    drift = np.ones(len(months))
    position = np.flatnonzero(months >= np.datetime64(timeline.half_start))
    drift[position] = 1 + np.array(DRIFT)[np.minimum(np.arange(len(position)), len(DRIFT) - 1)]
    expected *= drift
    expected *= np.exp(rng.normal(0, DEALER_SD, (len(expected), 1, 1)))
    first = int(np.flatnonzero(story)[0])
    actual = books.net
    for number, region in enumerate(REGION_IDS):
        own = world.dealers.region == number
        reached = actual[own][:, :, story[: books.months]].sum()
        expected[own, :, first:] *= reached / ATTAINMENT[region] / expected[own][:, :, story].sum()
        for start in range(first - 6, -6, -6):  # earlier half-years
            half = slice(max(start, 0), start + 6)
            ambition = EARLIER + rng.normal(0, 0.012)
            expected[own, :, half] *= actual[own][:, :, half].sum() / ambition / expected[own][:, :, half].sum()
    expected = np.round(expected, -2)
    undistributed = np.zeros((len(REGION_IDS), len(months)))
    gap = REGION_IDS.index(GAP_REGION)
    handed_down = expected[world.dealers.region == gap][:, :, first:].sum(axis=(0, 1))
    undistributed[gap, first:] = np.round(handed_down * GAP, -3)
    return Plan(expected, undistributed)


def write(con: duckdb.DuckDBPyConnection, books: Books, targets: Plan) -> None:
    """Write fact_target: by dealer, sales person, region, province × category, and for the company."""
    world, places = books.world, books.world.places

    def grouped(keys: np.ndarray, size: int) -> np.ndarray:
        total = np.zeros((size, *targets.net.shape[1:]))
        np.add.at(total, keys, targets.net)
        return total

    by_dealer = targets.net.sum(axis=1)
    by_province = grouped(world.dealers.province, len(places.province_id))
    by_rep = grouped(world.people.of_dealer, len(world.people.employee_id)).sum(axis=1)[world.people.reps]
    by_region = grouped(world.dealers.region, len(REGION_IDS)).sum(axis=1) + targets.undistributed
    sold = np.zeros(len(REGION_IDS))
    np.add.at(sold, world.dealers.region, books.net.sum(axis=(1, 2)))
    margin_rate = books.margin.sum(axis=1) / sold
    margin = np.round(by_region * (margin_rate + MARGIN_AMBITION)[:, None], -2)
    months = world.timeline.month_start
    reps = np.array(world.people.employee_id)[world.people.reps]
    names = np.array([c.zh for c in CATEGORIES])
    province = np.array(places.province_id)
    frames = [
        _long(by_dealer, months, dealer_id=np.array(world.dealers.dealer_id)),
        _long(by_rep, months, employee_id=reps),
        _long(by_region, months, region_id=np.array(REGION_IDS)),
        _long(margin, months, "gross_margin", region_id=np.array(REGION_IDS)),
        _long(by_region.sum(axis=0, keepdims=True), months),
        _long(margin.sum(axis=0, keepdims=True), months, "gross_margin"),
        _long(by_province.reshape(-1, len(months)), months, region_id=np.repeat(province, len(names)),
              category=np.tile(names, len(province))),
    ]  # fmt: skip
    frame = pd.concat(frames, ignore_index=True).sort_values("period_start", kind="stable")
    insert_frame(con, "fact_target", frame[frame["target_value"] > 0])


def _long(values: np.ndarray, months: np.ndarray, measure: str = "net_sales", **scope: np.ndarray) -> pd.DataFrame:
    """(rows, months) to one row each, with the scope columns given."""
    rows, columns = values.shape
    ends = (months.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    frame = pd.DataFrame({name: np.repeat(ids, columns) for name, ids in scope.items()}, index=range(rows * columns))
    frame["period_start"], frame["period_end"] = np.tile(months, rows), np.tile(ends, rows)
    frame["scenario"], frame["measure"], frame["target_value"] = "plan", measure, values.reshape(-1)
    return frame
