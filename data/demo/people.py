"""The sales force: a director, a manager a big region, and sales people who own the dealers of an area."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.dealers import Dealers
from data.demo.names import people_names
from data.demo.products import CATEGORIES
from data.demo.regions import REGION_IDS, Geography
from data.demo.timeline import Timeline

DEALERS_A_REP = 11.5
_PRODUCT_MANAGERS = len(CATEGORIES) // 2


@dataclass(frozen=True)
class People:
    """Employees as arrays over E: director, managers (one a big region, in their order), reps, product managers."""

    employee_id: tuple[str, ...]
    reps: np.ndarray  # positions of the sales people
    of_dealer: np.ndarray  # (D,) position of the dealer's owner
    diligence: np.ndarray  # (E,) share of planned visits that are kept
    effort: np.ndarray  # (E,) working time relative to the average
    frame: pd.DataFrame  # dim_employee

    def manager(self, region: int) -> str:
        """Employee id of a big region's manager."""
        return self.employee_id[1 + region]

    def product_manager(self, category: int) -> str:
        """Employee id of a category's product manager."""
        return self.employee_id[int(self.reps[-1]) + 1 + category % _PRODUCT_MANAGERS]


def people(dealers: Dealers, places: Geography, timeline: Timeline, rng: np.random.Generator) -> People:
    """Hire about one sales person for `DEALERS_A_REP` dealers and hand out the dealers by area, in order."""
    regions = len(REGION_IDS)
    of_dealer = np.empty(dealers.count, dtype=int)
    homes: list[int] = []  # province of each rep
    for region in range(regions):
        own = np.flatnonzero(dealers.region == region)  # sorted by province and city
        count = max(1, round(len(own) / DEALERS_A_REP))
        part = np.arange(len(own)) * count // max(len(own), 1)
        of_dealer[own] = 1 + regions + len(homes) + part
        homes += [int(np.bincount(dealers.province[own[part == k]]).argmax()) for k in range(count)]
    reps = 1 + regions + np.arange(len(homes))
    total = 1 + regions + len(homes) + _PRODUCT_MANAGERS
    ids = tuple(f"E{i + 1:04d}" for i in range(total))
    names = people_names(total, rng)
    role = ["Sales director", *["Region manager"] * regions, *["Sales representative"] * len(homes),
            *["Product manager"] * _PRODUCT_MANAGERS]  # fmt: skip
    home_ids = [None, *REGION_IDS, *(places.province_id[p] for p in homes), *[None] * _PRODUCT_MANAGERS]
    managers = [ids[1 + places.province_region[p]] for p in homes]
    boss = [None, *[ids[0]] * regions, *managers, *[ids[0]] * _PRODUCT_MANAGERS]
    hired = [timeline.start - dt.timedelta(days=int(days)) for days in rng.integers(60, 3000, total)]
    frame = pd.DataFrame({
        "employee_id": ids, "employee_name": [n[0] for n in names], "name_en": [n[1] for n in names], "role": role,
        "region_id": home_ids, "manager_id": boss, "hired_date": hired, "left_date": None,
    })  # fmt: skip
    diligence = np.clip(rng.normal(0.82, 0.07, total), 0.6, 0.96)
    return People(ids, reps, of_dealer, diligence, np.exp(rng.normal(0, 0.25, total)), frame)
