"""The dealers' scorecard: a weighted score with its parts, the tier that it speaks for, and what would move it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from analytics.questions import segments_base as base
from analytics.questions.answer import Answer, Note, answer, question
from analytics.segmentation import scorecard as method
from analytics.segmentation.tiers import SLACK, ladder, tiers
from data.company import Company
from data.scope import Scope, ScopeError
from data.words import N_

DEFINITIONS = ("dealer_score", "net_sales", "like_growth", "gross_margin_rate", "days_late", "range_coverage",
               "price_breach_share", "promotion_execution")  # fmt: skip
FRAMES = ("dealers", "criteria", "ways")
UNKNOWN = N_("{n} of the criteria cannot be told of most dealers: the weights of the others count for more.")


def weights_of(company: Company, text: str) -> Mapping[str, float]:
    """The weights of the settings, with those that a reader tries: `growth=30;payment=10`. Raises ScopeError."""
    weights = company.settings.score_weights | base.tried_of("weights", text, method.BY_ID)
    if not all(0 <= weight < float("inf") for weight in weights.values()) or not any(weights.values()):
        raise ScopeError("weights: none is below zero, and one at least is above")
    return weights


@question("dealers.scorecard", reads=("dealer_appeal",), headquarters=True)
def scorecard(company: Company, scope: Scope, weights: str = "") -> Answer:
    """The score of each dealer (0-100) over the year up to the as-of day, its parts, and the tier that it speaks for.

    weights: to try, `growth=30;payment=10`; the others are those of the settings. Points are given among all dealers
    of the company that bought within a year, so a filter changes no score.

    Frame `dealers`: dealer_id, score, rank (among all of the company), known (share of the weight), tier, proposed,
    move (`up`, `down`, `none`, `new`), reasons (list of criteria), `<criterion>_value`, `_points`, `_share` (points of
    the score; they add up to it), appeal (what is objected to), appeal_about, appeal_state, appeal_answer, appeal_at,
    names, region_id, owner_id with names; best first. Frame `criteria`: criterion, weight (share), low, high (values
    that give 0 and 100 points, or 100 and 0), median (of the dealers in scope), known (share of dealers).
    Frame `ways`, for a scope of one dealer: what would bring it to the next tier by one criterion alone: see
    segmentation.scorecard.what_would.
    Values: day, dealers, scored, moves (up and down), up, down, goal (score of the next tier; NaN in the best),
    next_tier, cuts (tier -> least score; none for a company without tiers), lowest (the tier below them), appeals
    (open ones).
    """
    wanted = weights_of(company, weights)
    stored = base.by_day(company, scope)
    day = base.day_of(stored, scope.as_of)
    if day is None:
        return base.unready("dealers.scorecard", company, scope, FRAMES, DEFINITIONS)
    dealers = _active(stored[day])
    bounds = method.bounds_of(dealers)
    scores = method.score(dealers, wanted, bounds=bounds)
    held = dealers.set_index("dealer_id")["tier"]
    cuts, last = ladder(scores, held, company.settings.tier_cuts, company.settings.lowest_tier)
    proposed = tiers(scores, held, cuts=cuts, last=last, previous_scores=_before(stored, day, wanted, bounds))
    frame = scores.merge(proposed.drop(columns="score"), on="dealer_id")
    frame["reasons"] = [list(reasons) for reasons in frame["reasons"]]
    seen = base.profiles(company, scope)
    there = frame["dealer_id"].isin(seen.loc[~seen["closed"], "dealer_id"])
    frame = frame[there].merge(_appeals(company), on="dealer_id", how="left")
    frame = frame.sort_values(["score", "dealer_id"], ascending=[False, True], ignore_index=True)
    criteria = _criteria(frame, wanted, bounds)
    goal, following = _goal(frame, cuts, last)
    ways = pd.DataFrame()
    if len(frame) == 1 and goal == goal:
        ways = method.what_would(frame.iloc[0], goal, wanted, bounds)
    moves = frame["move"].value_counts()
    values = {"day": day, "dealers": len(frame), "scored": int(frame["score"].notna().sum()),
              "moves": int(moves.get("up", 0) + moves.get("down", 0)), "up": int(moves.get("up", 0)),
              "down": int(moves.get("down", 0)), "goal": goal, "next_tier": following,
              "cuts": dict(cuts), "lowest": last,
              "appeals": int((frame["appeal_state"] == "open").sum()),
              "weights": weights}  # fmt: skip
    frames = {"dealers": base.people(company, seen, frame), "criteria": criteria, "ways": ways}
    return answer("dealers.scorecard", company, scope, frames, definitions=DEFINITIONS, values=values,
                  notes=base.notes_of(scope) + _notes(criteria))  # fmt: skip


def _active(dealers: pd.DataFrame) -> pd.DataFrame:
    """Those that bought within a year: only what is done is scored."""
    return dealers[dealers["orders"] > 0].reset_index(drop=True)


def _before(stored: Mapping[dt.date, pd.DataFrame], day: dt.date, weights: Mapping[str, float],
            bounds: pd.DataFrame) -> pd.DataFrame | None:  # fmt: skip
    """Scores of the quarter before by the same ruler and the criteria known then; None where there is none."""
    earlier = [d for d in stored if d <= day - dt.timedelta(80)]
    return method.score(_active(stored[earlier[-1]]), weights, bounds=bounds) if earlier else None


def _appeals(company: Company) -> pd.DataFrame:
    """The standing appeal of each dealer."""
    recorded = company.records("dealer_appeal")
    recorded["dealer_id"] = recorded["subject"].str.removeprefix("dealer:")
    names = {"text": "appeal", "about": "appeal_about", "state": "appeal_state", "answer": "appeal_answer",
             "at": "appeal_at"}  # fmt: skip
    return recorded.rename(columns=names)[["dealer_id", *names.values()]]


def _criteria(frame: pd.DataFrame, weights: Mapping[str, float], bounds: pd.DataFrame) -> pd.DataFrame:
    total = sum(weights.values())
    rows = [{"criterion": c.id, "weight": weights.get(c.id, 0.0) / total, "median": frame[f"{c.id}_value"].median(),
             "known": frame[f"{c.id}_value"].notna().mean(), "direction": c.direction}
            for c in method.CRITERIA]  # fmt: skip
    return pd.DataFrame(rows).merge(bounds, on="criterion")


def _goal(frame: pd.DataFrame, cuts: Mapping[str, float], last: str) -> tuple[float, str]:
    """Of one dealer: the score that speaks for the next tier, and its name."""
    if len(frame) != 1 or not cuts:
        return float("nan"), ""
    steps = [*cuts, last]
    tier = frame["tier"].iloc[0]
    place = steps.index(tier) if tier in steps else len(steps) - 1
    return (min(cuts[steps[place - 1]] + SLACK, 100.0), steps[place - 1]) if place else (float("nan"), "")


def _notes(criteria: pd.DataFrame) -> tuple[Note, ...]:
    """Criteria that weigh something and are unknown of most dealers."""
    lacking = criteria[(criteria["weight"] > 0) & (criteria["known"] < 0.5)]
    return (Note(UNKNOWN, {"n": len(lacking)}),) if len(lacking) else ()
