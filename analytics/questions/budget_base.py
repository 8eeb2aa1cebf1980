"""What the questions about the budget of promotions share: the curves of a year, and plans as texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd

from analytics.promotions import (
    Allocation,
    Evaluation,
    ResponseCurves,
    a_year,
    current_plan,
    evaluate,
    from_frames,
    only,
    optimise,
)
from analytics.promotions.response import CELL, HOLDS
from analytics.questions import budget_job as job
from analytics.questions import promotions_base
from analytics.questions.answer import Answer, Note, answer
from data.company import Company, NotEntitled
from data.scope import Entitlement, Scope, ScopeError
from data.words import N_

DEFINITIONS = ("promotion_roi", "promotion_cost", "promotion_net", "promotion_marginal")
DAYS = 365.25
LEAST = 0.5  # years: a shorter history tells no year
PENDING = N_("Where the budget of promotions earns most is being computed.")
NOTHING = N_("No promotion could be measured here, so there is no curve to plan with.")
HIDDEN = N_("Budgets are told of whole regions: who sees some dealers or products alone is not shown them.")
ELSEWHERE = N_("No promotion ran in these regions.")


@dataclass(frozen=True, eq=False)
class Budget:
    """Curves in money a year, of the days from `start` to `end` (exclusive); dealers: by region."""

    curves: ResponseCurves
    start: pd.Timestamp
    end: pd.Timestamp
    dealers: Mapping[str, int]

    @cached_property
    def current(self) -> Allocation:
        return current_plan(self.curves)

    @cached_property
    def evaluated(self) -> Evaluation:
        return evaluate(self.curves, self.current)

    @cached_property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Least and most spend of each cell; the current one where there is no curve."""
        low, high = (np.where(self.curves.has_curve, times, 1.0) * self.curves.spend for times in HOLDS)
        return low, high

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """The curves of all cells, and of all regions together under the region "": type, region, ResponseCurves.curve
        but its part beyond what holds."""
        cells = self.curves.cells[self.curves.cells["has_curve"]]
        keys: list[tuple[str, str | None]] = list(cells[CELL].itertuples(index=False, name=None))
        keys += [(kind, None) for kind in cells["type"].unique()]
        parts = [self.curves.curve(*key).assign(type=key[0], region=key[1] or "") for key in keys]
        names = ["type", "region", "multiplier", "spend", "margin", "lo_80", "hi_80", "holds", "tried"]
        return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)


@lru_cache(maxsize=4)
def _whole(company: Company, written: int) -> Budget | None:
    """The budget of everything, as stored; None where nothing is."""
    frames = {name: company.result(f"budget_{name}") for name in job.FRAMES}
    regions = company.result(job.REGIONS)
    found = {name: frame for name, frame in frames.items() if frame is not None}
    if len(found) < len(frames) or regions is None or regions.empty:
        return None
    start, end = pd.Timestamp(regions["start"].iloc[0]), pd.Timestamp(regions["end"].iloc[0])
    years = max((end - start).days / DAYS, LEAST)
    return Budget(a_year(from_frames(found), years), start, end, dict(zip(regions["region"], regions["dealers"],
                                                                          strict=True)))  # fmt: skip


@lru_cache(maxsize=32)
def _narrowed(company: Company, whole: Budget, chosen: tuple[str, ...], viewer: Entitlement) -> Budget | None:
    """The part of the chosen regions that the viewer may see; None where that is nothing."""
    cells = whole.curves.cells
    regions = [region for region in cells["region"].unique() if _shown(company, chosen, viewer, region)]
    rows = cells["region"].isin(regions).to_numpy()
    return Budget(only(whole.curves, rows), whole.start, whole.end, whole.dealers) if rows.any() else None


def recommended(
    budget: Budget, total: float | None, roi_floor: float | None, marginal_floor: float | None
) -> tuple[Allocation, Evaluation]:
    """The plan of greatest expected profit for a total (none: the current one). Raises ScopeError."""
    asked = budget.current.budget if total is None else total
    try:
        plan = optimise(budget.curves, asked, roi_floor=roi_floor, marginal_floor=marginal_floor)
    except ValueError:
        low, high = (float(ends.sum()) for ends in budget.bounds)
        raise ScopeError(f"total: {asked:.0f} is not possible; the curves hold from {low:.0f} to {high:.0f}") from None
    return plan, evaluate(budget.curves, plan)


def read(company: Company, scope: Scope) -> Budget | None:
    """The budget of the regions in scope that the viewer may see; None where there is none (see `unready`)."""
    path = company.snapshot.results / f"{job.RESULTS[0]}.parquet"
    if scope.entitlement is None:
        raise NotEntitled("a scope without an entitlement cannot be answered")
    if not path.exists() or (whole := _whole(company, path.stat().st_mtime_ns)) is None:
        return None
    return _narrowed(company, whole, scope.region, scope.entitlement)


def _shown(company: Company, chosen: tuple[str, ...], viewer: Entitlement, region: str) -> bool:
    """The viewer may see all of the region, and it lies within the chosen ones or holds one of them."""
    if not company.sees_all(viewer) and not company.sees_region(viewer, region):
        return False
    path = company.store.region_path
    above, below = (
        set(path.loc[path[own] == region, other])
        for own, other in (("region_id", "ancestor_id"), ("ancestor_id", "region_id"))
    )
    return not chosen or bool((above | below) & set(chosen))


def unready(name: str, company: Company, scope: Scope, *frames: str) -> Answer:
    """The answer where there are no curves: nothing imported, being computed, nothing measured, or not to be seen."""
    missing = not company.store.has("fact_promotion_cost")
    pending = not missing and not company.has_results(job.RESULTS)
    viewer = scope.entitlement
    partly = viewer is not None and bool(viewer.dealers or viewer.products)
    regions = company.result(job.REGIONS)
    elsewhere = regions is not None and len(regions) > 0
    message = (promotions_base.MISSING if missing else PENDING if pending else HIDDEN if partly
               else ELSEWHERE if elsewhere else NOTHING)  # fmt: skip
    return answer(name, company, scope, {frame: pd.DataFrame() for frame in frames}, definitions=DEFINITIONS,
                  values={"pending": pending, "missing": missing, "dealers": 0}, notes=(Note(message),),
                  verdict="insufficient_evidence")  # fmt: skip


# ------------------------------------------------------------------ plans as texts: Type|Region=amount;…

_SPECIAL = "%|=;"


def plan_text(amounts: Mapping[tuple[str, str], float]) -> str:
    """A plan as text: (type, region id) -> money a year."""
    return ";".join(f"{_safe(kind)}|{_safe(region)}={amount:.0f}" for (kind, region), amount in amounts.items())


def _safe(name: str) -> str:
    return "".join(f"%{ord(char):02X}" if char in _SPECIAL else char for char in name)


def amounts_of(text: str) -> dict[tuple[str, str], float]:
    """What `plan_text` wrote. Raises ScopeError."""
    found: dict[tuple[str, str], float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        cell, _, amount = part.rpartition("=")
        kind, bar, region = cell.partition("|")
        try:
            found[unquote(kind.strip()), unquote(region.strip())] = float(amount)
        except ValueError:
            bar = ""
        if not bar:
            raise ScopeError(f"plan: cannot read {part!r}; write Type|Region=250000")
    return found


def mine(company: Company, scope: Scope, budget: Budget, text: str) -> pd.DataFrame:
    """A plan of one's own, as `promotions.evaluate` takes it: cells that the text does not name keep their spend.

    Regions may be named by id, name or English name; cells outside of the scope's regions are left alone. Raises
    ScopeError where a cell is unknown, keeps its spend for want of evidence, or would get more or less than its curve
    holds for.
    """
    frame = budget.current.frame.copy()
    place = {cell: row for row, cell in enumerate(frame[CELL].itertuples(index=False, name=None))}
    spend = frame["spend"].to_numpy(copy=True)
    low, high = budget.bounds
    for (kind, region), amount in amounts_of(text).items():
        cell = kind, region
        if cell not in place and region:
            cell = kind, company.store.resolve("region", region)
        row = place.get(cell)
        if row is None and scope.region and cell in _cells(company, scope.but(region=())):
            continue
        if row is None:
            raise ScopeError(f"plan: there is no promotion of type {kind!r} in {region!r}")
        if not budget.curves.has_curve[row] and abs(amount - spend[row]) > 1:
            raise ScopeError(f"plan: {kind}|{region} keeps its spend: there is no evidence to decide from")
        if not low[row] - 1 <= amount <= high[row] + 1:
            raise ScopeError(f"plan: {kind}|{region} must lie between {low[row]:.0f} and {high[row]:.0f}")
        spend[row] = min(max(amount, low[row]), high[row])
    return frame.assign(spend=spend)


def _cells(company: Company, scope: Scope) -> set[tuple[str, str]]:
    budget = read(company, scope)
    return set(budget.curves.cells[CELL].itertuples(index=False, name=None)) if budget else set()


def floors_of(**rates: float | None) -> dict[str, Any]:
    """Floors as given, each a rate above -1. Raises ScopeError."""
    for name, rate in rates.items():
        if rate is not None and not -1 <= rate < np.inf:
            raise ScopeError(f"{name}: a return of at least -1, such as 0.1, not {rate}")
    return rates
