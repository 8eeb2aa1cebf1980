"""Which dealers should change their tier by their score: rarely, one tier a time, and with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from analytics.frames import require
from analytics.segmentation.scorecard import BY_ID

SLACK = 3.0  # points beyond a cut that a move takes [convention of this project]
REASONS = 3  # criteria that are named
FEWEST = 3  # dealers in a tier whose median says what is usual there; with fewer, all dealers' does


def ladder(
    scores: pd.DataFrame, current: pd.Series, cuts: Mapping[str, float], last: str
) -> tuple[Mapping[str, float], str]:
    """The cuts to use and the tier below them: those given, or where none are, cuts that keep every tier as large as it
    is now: the tiers in order of their median score, each with as many of the best scores as it has dealers.

    scores: as of scorecard.score; current: tier by dealer_id. Fewer than two tiers have no cuts: ({}, "").
    """
    if cuts:
        return cuts, last
    held = scores["dealer_id"].map(current.astype(object).where(current.notna())).rename("tier")
    known = scores.assign(tier=held).dropna(subset=["tier", "score"])
    order = known.groupby("tier")["score"].median().sort_values(ascending=False, kind="stable").index
    if len(order) < 2:
        return {}, ""
    best = known["score"].sort_values(ascending=False).to_numpy()
    upto = known.groupby("tier").size().reindex(order).cumsum().to_numpy()[:-1]
    found = {str(tier): float(best[n - 1] + best[n]) / 2 for tier, n in zip(order, upto, strict=False)}
    return found, str(order[-1])


def tiers(
    scores: pd.DataFrame,
    current: pd.Series,
    *,
    cuts: Mapping[str, float],
    last: str,
    previous_scores: pd.DataFrame | None = None,
    slack: float = SLACK,
) -> pd.DataFrame:
    """The tier proposed for each dealer of `scores`.

    scores: as of scorecard.score. current: tier by dealer_id; a missing or blank one is unknown. cuts: tier -> lowest
    score, falling (none: nobody is proposed another tier); last: the tier below them. previous_scores: those of the
    period before, by the same ruler.

    A move to the next tier is proposed when the score lies more than `slack` points beyond the cut between the two
    and, where previous scores are given, that of the period before lay beyond the cut as well (an unknown one did
    not). So a score that swings about a cut by less than the slack, or for one period, moves nobody.

    Columns: dealer_id, tier (current, missing = unknown), proposed, score, move (`up`, `down`, `none`; `new`: a dealer
    without a tier, placed by the cuts alone), reasons: of a move, the REASONS criteria at most that raised the score
    most above the usual in its current tier (or lowered it below, going down or new in the last tier), largest effect
    first: weight × (points − median of the points in the tier; of all dealers for a new one). Else (`unknown_tier`,)
    for a tier that has no cut, which is left alone, (`no_score`,) without a score, or ().
    Raises ValueError for cuts that do not fall, `last` among them, negative slack, a dealer with two tiers.
    """
    require(scores, ("dealer_id", "score"), what="tiers")
    steps = [*cuts, last]
    if last in cuts or any(upper <= lower for upper, lower in pairwise(cuts.values())):
        raise ValueError(f"tiers: {dict(cuts)} and then {last} is no ladder of falling cuts")
    if slack < 0 or not current.index.is_unique:
        raise ValueError("tiers: slack is zero or more, and a dealer has one tier")
    held = scores["dealer_id"].map(
        current.astype(object).where(current.notna() & current.astype(str).str.strip().ne(""))
    )
    before = None
    if previous_scores is not None:
        require(previous_scores, ("dealer_id", "score"), what="previous scores")
        before = scores["dealer_id"].map(previous_scores.set_index("dealer_id")["score"])
    effects = _effects(scores, held)
    rows = []
    for row, (dealer, value, given) in enumerate(zip(scores["dealer_id"], scores["score"], held, strict=True)):
        tier = None if pd.isna(given) else given
        earlier = value if before is None else before.iloc[row]
        move, proposed = "none", tier
        reasons: tuple[str, ...] = ()
        if not cuts:
            pass
        elif tier is not None and tier not in steps:
            reasons = ("unknown_tier",)
        elif pd.isna(value):
            reasons = ("no_score",)
        elif tier is None:
            move, proposed = "new", next((name for name, cut in cuts.items() if value >= cut), last)
        else:
            move = _move(steps.index(tier), list(cuts.values()), value, earlier, slack)
            proposed = steps[steps.index(tier) + {"up": -1, "none": 0, "down": 1}[move]]
        if move != "none":
            up = move == "up" or (move == "new" and proposed != last)
            reasons = _reasons(effects.iloc[row], 1 if up else -1)
        rows.append((dealer, tier, proposed, value, move, reasons))
    return pd.DataFrame(rows, columns=["dealer_id", "tier", "proposed", "score", "move", "reasons"])


def _move(place: int, cuts: list[float], score: float, before: float, slack: float) -> str:
    """Where a dealer at `place` on the ladder (0 = best) goes; a score at the cut belongs above it."""
    if place > 0 and score > cuts[place - 1] + slack and before >= cuts[place - 1]:
        return "up"
    if place < len(cuts) and score < cuts[place] - slack and before < cuts[place]:
        return "down"
    return "none"


def _effects(scores: pd.DataFrame, held: pd.Series) -> pd.DataFrame:
    """Points of the score by which each criterion sets a dealer apart from its tier; columns: criteria."""
    named = [id for id in BY_ID if f"{id}_points" in scores.columns]
    points = pd.DataFrame({id: scores[f"{id}_points"] for id in named}, index=scores.index)
    weights = pd.DataFrame({id: scores[f"{id}_weight"] for id in named}, index=scores.index)
    usual = pd.DataFrame({id: points[id].groupby(held).transform("median") for id in named}, index=scores.index)
    few = held.groupby(held).transform("size").fillna(0) < FEWEST
    everybody = pd.DataFrame({id: points[id].median() for id in named}, index=scores.index)
    return weights * (points - usual.where(~few, everybody))


def _reasons(effects: pd.Series, sign: int) -> tuple[str, ...]:
    towards = effects.astype(float) * sign
    return tuple(towards[towards > 1e-9].sort_values(ascending=False, kind="stable").index[:REASONS])
