"""Everything about the demo company that is decided before its first order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from data.demo import dealers as dealers_module
from data.demo.dealers import Dealers
from data.demo.demand import Demand, demand
from data.demo.people import People, people
from data.demo.products import Range, product_range
from data.demo.promotions import Promotions, promotions
from data.demo.regions import Geography, geography
from data.demo.stories import Stories, presence, stories
from data.demo.timeline import Timeline, timeline
from data.demo.visits import Calls, calls
from data.settings import Settings


@dataclass(frozen=True)
class World:
    """The company before its first order. `seed` and a stage name give every stage its own random numbers."""

    seed: int
    timeline: Timeline
    places: Geography
    goods: Range
    dealers: Dealers
    people: People
    who: Stories
    here: np.ndarray  # (D, weeks) 1 while a customer
    calls: Calls
    demand: Demand
    promotions: Promotions
    reports: np.ndarray  # (D,) bool: sends stock and sell-out

    def random(self, stage: str, part: int = 0) -> np.random.Generator:
        """Random numbers of one stage: adding a stage or a chunk changes no other."""
        return generator(self.seed, stage, part)


def generator(seed: int, stage: str, part: int = 0) -> np.random.Generator:
    return np.random.default_rng([seed, part, *stage.encode()])


def world(count: int, months: int, seed: int, end: dt.date, settings: Settings) -> World:
    """Decide who is there, what happens to whom, what they want and which promotions run."""
    weeks = timeline(end, months, settings)
    places, goods = geography(), product_range(weeks)
    network = dealers_module.dealers(count, places, goods, weeks, generator(seed, "dealers"))
    force = people(network, places, weeks, generator(seed, "people"))
    who = stories(network, weeks, generator(seed, "stories"))
    here = presence(who, count, weeks.horizon)
    made = calls(network, here, force, weeks, generator(seed, "visits"))
    wanted = demand(network, who, made.done, weeks, generator(seed, "demand"))
    apart = np.zeros(count, dtype=bool)
    apart[np.concatenate([who.gap, who.new, who.returning, who.lost, who.stopped])] = True
    actions = promotions(network, goods, here, apart, weeks, generator(seed, "promotions"))
    draw = generator(seed, "reports").random(count)
    reports = draw < 0.30
    reports[who.loaders] = draw[who.loaders] < 0.85
    reports[np.concatenate([who.resale_under, who.resale_over])] = True
    return World(seed, weeks, places, goods, network, force, who, here, made, wanted, actions, reports)
