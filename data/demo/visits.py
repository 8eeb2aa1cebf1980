"""Visits and other working time of the sales people.

`calls` decides who is visited in which week (orders depend on it), `visit_rows` writes the rows of a chunk of weeks
once the orders of these weeks are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.dealers import Dealers
from data.demo.people import People
from data.demo.timeline import Timeline
from data.words import N_

_ORDER_SHARE = 0.55  # of the visits in a week with an order: the order was taken at the visit
_RESULTS = (N_("order taken"), N_("display checked"), N_("account reconciled"), N_("new product shown"),
            N_("nobody there"), N_("promotion agreed"))  # fmt: skip
_OTHER = (("planning", 1.1, 4.0), ("phone", 2.2, 1.5), ("new", 1.6, 2.0))  # activity, a week, hours each


@dataclass(frozen=True)
class Calls:
    """(D, weeks) uint8 each: visits planned, of these done, and done without a plan."""

    planned: np.ndarray
    kept: np.ndarray
    extra: np.ndarray

    @property
    def done(self) -> np.ndarray:
        return self.kept + self.extra


def calls(dealers: Dealers, here: np.ndarray, people: People, timeline: Timeline, rng: np.random.Generator) -> Calls:
    """Plan more visits for bigger dealers; diligence differs by sales person, attention by month.

    Attention varies by chance alone, never with the dealer's sales: within a dealer the effect is identified,
    across dealers size confounds it.
    """
    rate = np.clip(0.42 * (dealers.size / dealers.size.mean()) ** 0.6, 0.05, 1.3)
    month = timeline.monday.astype("datetime64[M]").astype(int)
    month -= month[0]
    attention = np.exp(rng.normal(-0.18, 0.6, (dealers.count, month.max() + 1)))[:, month]
    pace = rate[:, None] * attention * here * (timeline.selling_days > 0)
    total = np.floor(np.cumsum(pace, axis=1) + rng.random((dealers.count, 1)))
    planned = np.diff(total, axis=1, prepend=0).clip(0, 3).astype(np.uint8)
    planned[:, timeline.selling_days == 0] = 0
    keeps = people.diligence[people.of_dealer]
    kept = rng.binomial(planned, keeps[:, None]).astype(np.uint8)
    extra = np.minimum(rng.poisson(0.10 * pace), 2).astype(np.uint8)
    return Calls(planned, kept, extra)


def visit_rows(
    made: Calls,
    orders: pd.DataFrame,
    people: People,
    timeline: Timeline,
    span: range,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """fact_visit of the weeks in `span`, sorted by day, without ids.

    `orders`: dealer, week, order_date, document_id.
    """
    window = slice(span.start, span.stop)
    rows = []
    for matrix, is_planned, is_done in (
        (made.kept, True, True),
        (made.planned - made.kept, True, False),
        (made.extra, False, True),
    ):
        dealer, offset = np.nonzero(matrix[:, window])
        times = matrix[:, window][dealer, offset]
        dealer, week = np.repeat(dealer, times), np.repeat(offset + span.start, times)
        days = np.maximum(timeline.selling_days[week], 1)
        day = timeline.selling_day[week, (rng.random(len(week)) * days).astype(int)]
        rows.append(pd.DataFrame({"dealer": dealer, "week": week, "day": day, "planned": is_planned, "done": is_done}))
    visits = pd.concat(rows, ignore_index=True)
    visits["employee"] = people.of_dealer[visits["dealer"]]
    visits = _take_orders(visits, orders, rng)
    visits["activity"] = "existing"
    visits["hours"] = np.where(visits["done"], np.round(rng.gamma(9, 0.16, len(visits)) * 4) / 4, np.nan)
    visits["result"] = np.array(_RESULTS)[rng.choice(len(_RESULTS), len(visits), p=(0, 0.28, 0.22, 0.24, 0.08, 0.18))]
    visits.loc[visits["document_id"].notna(), "result"] = _RESULTS[0]
    visits.loc[~visits["done"], "result"] = None
    visits = pd.concat([visits, *_other_time(people, timeline, span, rng)], ignore_index=True)
    visits["visit_date"] = visits["day"].where(visits["done"])
    visits["planned_date"] = visits["day"].where(visits["planned"])
    visits = visits[(visits["day"] >= np.datetime64(timeline.start)) & (visits["day"] <= np.datetime64(timeline.end))]
    return visits.sort_values(["day", "employee", "dealer"], kind="stable")


def _take_orders(visits: pd.DataFrame, orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Move some done visits to the day of an order of the same week and note the order taken."""
    first = orders.drop_duplicates(["dealer", "week"])
    visits = visits.merge(first, on=["dealer", "week"], how="left")
    taken = visits["done"] & visits["document_id"].notna() & (rng.random(len(visits)) < _ORDER_SHARE)
    taken[taken] = ~visits.loc[taken].duplicated(["dealer", "week"])  # one visit an order
    visits["day"] = visits["day"].where(~taken, visits["order_date"])
    visits["document_id"] = visits["document_id"].where(taken, None)
    return visits.drop(columns="order_date")


def _other_time(people: People, timeline: Timeline, span: range, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Planning, telephone and prospecting, a row each."""
    window = slice(span.start, span.stop)
    share = (timeline.selling_days[window] / 5)[None, :] * people.effort[people.reps][:, None]
    rows = []
    for activity, often, hours in _OTHER:
        times = rng.poisson(often * share)
        rep, offset = np.nonzero(times)
        repeat = times[rep, offset]
        rep, week = np.repeat(rep, repeat), np.repeat(offset + span.start, repeat)
        days = np.maximum(timeline.selling_days[week], 1)
        planned = (rng.random(len(week)) < 0.5) & (activity == "new")
        rows.append(pd.DataFrame({
            "dealer": -1, "week": week, "day": timeline.selling_day[week, (rng.random(len(week)) * days).astype(int)],
            "planned": planned, "done": (rng.random(len(week)) < 0.85) | ~planned, "employee": people.reps[rep],
            "activity": activity, "hours": np.round(rng.gamma(8, hours / 8, len(week)) * 4) / 4,
        }))  # fmt: skip
        rows[-1]["hours"] = rows[-1]["hours"].clip(0.25, 10).where(rows[-1]["done"])
    return rows
