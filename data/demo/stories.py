"""What happens to whom: the planted stories, told relative to the end of the data.

Roles do not overlap, so that each truth can be recovered by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.dealers import Dealers
from data.demo.regions import REGION_IDS
from data.demo.timeline import Timeline

GAP_REGION = "South"
GAP_LEFT = (0.38, 0.45, 0.40, 0.52, 0.48)  # what the five gap dealers still buy of last year's
GAP_SIZE = (0.054, 0.036, 0.032, 0.028, 0.024)  # their share of the region's sales before
STOPPED_REGION = "Northeast"
LOADING_REGION = "Southwest"
LOADING_LIFT = 1.40  # extra sell-in in the last two weeks of a quarter
LOADING_PAYBACK = 0.25  # less in each of the two weeks after
LOADING_QUARTERS = 4
DIVERSION_SHARE = (0.45, 0.41, 0.37, 0.34, 0.31, 0.28)
LATE_PAYERS = 12  # a small company has fewer: at most one of 25 dealers


@dataclass(frozen=True)
class Stories:
    """Positions of the dealers with a role, and from when (week positions) it holds."""

    gap: np.ndarray
    late: np.ndarray
    late_from: np.ndarray  # datetime64[D]
    late_days: np.ndarray  # delay reached after `LATE_RAMP_DAYS`
    diverters: np.ndarray
    diversion_share: np.ndarray
    diversion_target: np.ndarray  # big region the goods go to
    cleared: np.ndarray  # sell across regions with valid exceptions
    stopped: np.ndarray
    stopped_from: np.ndarray  # week
    lost: np.ndarray
    lost_from: np.ndarray  # week
    new: np.ndarray
    new_from: np.ndarray  # week
    returning: np.ndarray
    away: np.ndarray  # (n, 2) first and last week away
    undercutters: np.ndarray  # buy below the floor
    overpricers: np.ndarray  # pay above the cap
    resale_under: np.ndarray  # sell on below the floor
    resale_over: np.ndarray  # sell on above the cap
    loaders: np.ndarray


LATE_RAMP_DAYS = 150


def stories(dealers: Dealers, timeline: Timeline, rng: np.random.Generator) -> Stories:
    """Cast the roles. A small company casts fewer where a region has too few dealers."""
    free = np.ones(dealers.count, dtype=bool)
    segment, region = dealers.segment, dealers.region

    def cast(count: int, where: np.ndarray) -> np.ndarray:
        pool = np.flatnonzero(free & where)
        chosen = np.sort(rng.choice(pool, min(count, len(pool)), replace=False))
        free[chosen] = False
        return chosen

    def at(name: str) -> np.ndarray:
        return np.asarray(region == REGION_IDS.index(name))

    many = dealers.count / 600
    half, last = timeline.week_of(timeline.half_start), timeline.weeks
    gap = cast(5, at(GAP_REGION) & (segment <= 1))
    late = cast(min(LATE_PAYERS, max(4, dealers.count // 25)), (segment <= 1) & ~at(GAP_REGION) & (dealers.term >= 7))
    diverters = cast(6, (segment == 0) & ~at(GAP_REGION))
    cleared = cast(max(2, round(4 * many)), segment <= 1)
    stopped = cast(4, at(STOPPED_REGION) & (segment > 0))
    small = (segment >= 2) & ~at(GAP_REGION)
    lost = cast(max(4, round(54 * many)), small)
    new = cast(max(4, round(46 * many)), (segment >= 1) & ~at(GAP_REGION))
    returning = cast(max(2, round(8 * many)), segment >= 1)
    undercutters = cast(max(3, round(7 * many)), segment <= 2)
    overpricers = cast(max(2, round(4 * many)), (segment >= 1) & (segment <= 2))
    resale_under = cast(max(3, round(6 * many)), segment <= 2)
    resale_over = cast(max(3, round(6 * many)), segment <= 2)
    loading = np.flatnonzero(at(LOADING_REGION) & (segment <= 2))
    target = np.array([rng.choice([r for r in range(len(REGION_IDS)) if r != region[d]]) for d in diverters], dtype=int)
    recent = rng.random(len(new)) < 0.3  # of the new dealers came in the half-year of the stories
    new_from = np.where(recent, rng.integers(half, max(last - 6, half + 1), len(new)), rng.integers(30, half, len(new)))
    away_weeks = 58 + rng.integers(0, 12, len(returning))
    back = last - rng.integers(8, 30, len(returning))
    return Stories(
        gap=gap,
        late=late,
        late_from=np.datetime64(timeline.end, "D") - rng.integers(170, 290, len(late)),
        late_days=rng.integers(75, 140, len(late)),
        diverters=diverters,
        diversion_share=np.array(DIVERSION_SHARE[: len(diverters)]),
        diversion_target=target,
        cleared=cleared,
        stopped=stopped,
        stopped_from=last - rng.integers(8, 14, len(stopped)),
        lost=lost,
        lost_from=rng.integers(min(30, half - 20), half, len(lost)),
        new=new,
        new_from=new_from,
        returning=returning,
        away=np.stack([np.maximum(back - away_weeks, 4), back], axis=1),
        undercutters=undercutters,
        overpricers=overpricers,
        resale_under=resale_under,
        resale_over=resale_over,
        loaders=loading[rng.random(len(loading)) < 0.9],
    )


def presence(who: Stories, count: int, horizon: int) -> np.ndarray:
    """(D, weeks) 1 while a dealer is a customer, 0 before it came, while it was away and after it left."""
    here = np.ones((count, horizon), dtype=np.float32)
    week = np.arange(horizon)
    for group, first in ((who.stopped, who.stopped_from), (who.lost, who.lost_from)):
        here[group] *= week[None, :] < first[:, None]
    here[who.new] *= week[None, :] >= who.new_from[:, None]
    here[who.returning] *= (week[None, :] < who.away[:, :1]) | (week[None, :] >= who.away[:, 1:])
    return here


def gap_fall(who: Stories, timeline: Timeline) -> np.ndarray:
    """(gap dealers, weeks) what they still buy: 1 until the half-year of the story, then `GAP_LEFT`."""
    since = np.clip((np.arange(timeline.horizon) - timeline.week_of(timeline.half_start) + 2) / 3, 0, 1)
    left = np.array(GAP_LEFT[: len(who.gap)])
    return np.asarray(1 - (1 - left)[:, None] * since[None, :])


def loading_factor(timeline: Timeline) -> np.ndarray:
    """(weeks) sell-in of a loading dealer relative to what it needs, over the last `LOADING_QUARTERS` quarter ends."""
    factor = np.ones(timeline.horizon)
    quarter_end = np.datetime64(timeline.end, "M") + 1
    while int(str(quarter_end - 1)[5:7]) % 3:
        quarter_end -= 1
    for _ in range(LOADING_QUARTERS):
        last = timeline.week_of(quarter_end.astype("datetime64[D]") - 1)
        for week, effect in ((last - 1, LOADING_LIFT), (last, LOADING_LIFT), (last + 1, -LOADING_PAYBACK),
                             (last + 2, -LOADING_PAYBACK)):  # fmt: skip
            if 0 <= week < timeline.horizon:
                factor[week] += effect
        quarter_end -= 3
    return factor
