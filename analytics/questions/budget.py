"""Where the budget of promotions earns most: the current plan, one's own and the best one, judged side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from analytics.promotions import Allocation, Evaluation, planned, spread
from analytics.promotions import evaluate as judged
from analytics.promotions.response import CELL
from analytics.questions import budget_base as base
from analytics.questions.answer import Answer, Note, answer, question
from data.company import Company
from data.scope import Scope
from data.words import N_

PLANS = ("current", "mine", "recommended")
FRAMES = ("cells", "plans", "types", "curves")
LEAST = 1.0  # money: less is no change
THIN = 20  # executions below which a cell leans mostly on its like
BAND = ("", "_lo_80", "_hi_80")
ALL = "*"  # in `moved`: every region of a type
MEASURED = N_("{n:,} executions of promotions measured; {refused:,} could not be, and count like the measured ones of "
              "their type and region.")  # fmt: skip
NET = N_("Sales put off before and missing after, and sales taken from other products, are subtracted.")
PASSED = N_("What was measured stands as measured; what a change brings is learned from all types and regions "
            "together, so that one lucky quarter promises little.")  # fmt: skip
BEYOND = N_("Between a quarter and twice the current spend the curves hold; beyond what single promotions tried the "
            "band widens.")  # fmt: skip
LEFT_OUT = N_("Not included: what rivals do in return, empty shelves, effects later than eight weeks after the end.")
KEPT = N_("{n} types in regions keep their spend: there is no evidence to decide from.")
UNSPENT = N_("{share:.0%} of the budget finds no use above the floors and stays unspent.")


@question("budget.evaluate")
def evaluate(company: Company, scope: Scope, plan: str = "", total: float | None = None,
             roi_floor: float | None = None, marginal_floor: float | None = None) -> Answer:  # fmt: skip
    """What the current budget of promotions, a plan of one's own and the recommended one bring a year, by type and
    region; the scope's regions narrow it, the others keep their spend. Money a year at the pace of all measured
    executions.

    plan: `Type|Region=amount;...`, money a year; cells not named keep their spend, those outside of the scope's regions
    do not count. total: what the recommended plan
    spends, empty: as much as today. roi_floor, marginal_floor: the least return that a cell, or its last unit of money,
    must bring in the recommended plan (0.1 = 10 % above its cost).

    Frame `cells`: type, region_id with names, has_curve, reason (why there is none: no_spend, all_refused,
    mostly_refused, few_executions), n_executions, n_refused, current, mine, recommended (spend), lower, upper (what the
    curve holds for), tried_low, tried_high (spend at which single executions of the cell ran), and for each plan
    margin_<plan>, roi_<plan> with roi_<plan>_lo_80 and ..._hi_80, marginal_roi_<plan>.
    Frame `plans`: plan (current, mine, recommended), spend, margin (net), profit (margin less spend), revenue, roi,
    marginal_roi (what one more unit of spend brings, less 1), each with _lo_80 and _hi_80 but spend; p_profit; against
    the current plan: expected_gain (of profit, the mean) with gain_lo_80 and gain_hi_80, gain (that much or more in two
    of three cases), p_gain (chance of more).
    Frame `types`: type, kept (spend without a curve), and of cells with a curve lower, upper, current, mine,
    recommended, margin_<plan>, marginal_roi_<plan>. Frame `curves`: type, region_id (empty: all of them) with names,
    multiplier, spend, margin, lo_80, hi_80, holds, tried (promotions.response).
    Values: start and end (of the executions, inclusive), dealers, types, regions, total_<plan>, unspent, lowest and
    highest (totals that are possible), recommended (as text, see plan), n_executions, n_refused, thin (cells below 20
    executions), kept (cells without a curve), touched (there is a plan of one's own), asked (the recommended plan goes
    by a total or a floor).
    """
    budget = base.read(company, scope)
    if budget is None:
        return base.unready("budget.evaluate", company, scope, *FRAMES)
    floors = base.floors_of(roi_floor=roi_floor, marginal_floor=marginal_floor)
    standing, best = _standing(company, budget), _recommended(budget, total, **floors)
    plans, columns = standing.plans | {"recommended": best.plan}, standing.cells | best.columns
    if plan:
        own = planned(budget.curves, base.mine(company, scope, budget, plan))
        judgement = judged(budget.curves, own)
        plans["mine"], columns = _plan(own, judgement), columns | _columns("mine", judgement)
    values = standing.values | best.values | {
        "touched": bool(plan), "asked": any(option is not None for option in (total, roi_floor, marginal_floor)),
    } | {f"total_{name}": plans[name]["spend"] for name in PLANS}  # fmt: skip
    frames = {
        "cells": pd.DataFrame(columns), "plans": pd.DataFrame([{"plan": name} | plans[name] for name in PLANS]),
        "types": _types(standing.kinds, columns), "curves": standing.curves,
    }  # fmt: skip
    ready = bool(budget.curves.has_curve.any())
    return answer("budget.evaluate", company, scope, frames, definitions=base.DEFINITIONS, values=values,
                  notes=_notes(values) if ready else (Note(base.NOTHING),),
                  verdict="ok" if ready else "insufficient_evidence")  # fmt: skip


@dataclass(frozen=True)
class _Standing:
    """What does not change with a plan, all three being the current one here: columns of the frame cells, rows of
    plans, the frame curves, values; kinds: types of the cells."""

    cells: dict[str, Any]
    plans: dict[str, dict[str, Any]]
    curves: pd.DataFrame
    values: dict[str, Any]
    kinds: pd.Series


@lru_cache(maxsize=32)
def _standing(company: Company, budget: base.Budget) -> _Standing:
    own, names = budget.curves.cells, company.store.names("region")
    frame = own[[*CELL, "has_curve", "reason", "n_executions", "n_refused"]].rename(columns={"region": "region_id"})
    frame = frame.join(names, on="region_id").assign(**dict.fromkeys(PLANS, own["spend"]))
    frame["lower"], frame["upper"] = budget.bounds
    for name in ("tried_low", "tried_high"):
        frame[name] = own[name] * own["spend"]
    for name in PLANS:
        frame = frame.assign(**_columns(name, budget.evaluated))
    low, high = (float(ends.sum()) for ends in budget.bounds)
    regions = frame["region_id"].unique()
    values = {
        "start": budget.start.date(), "end": (budget.end - pd.Timedelta(days=1)).date(), "pending": False,
        "missing": False, "dealers": int(sum(budget.dealers.get(region, 0) for region in regions)),
        "types": len(frame["type"].unique()), "regions": len(regions), "lowest": low, "highest": high,
        "n_executions": int(frame["n_executions"].sum()), "n_refused": int(frame["n_refused"].sum()),
        "thin": int((frame["has_curve"] & (frame["n_executions"] < THIN)).sum()),
        "kept": int((~frame["has_curve"]).sum()),
    }  # fmt: skip
    return _Standing(
        {name: frame[name].array for name in frame}, dict.fromkeys(PLANS, _plan(budget.current, budget.evaluated)),
        budget.drawn.rename(columns={"region": "region_id"}).join(names, on="region_id"), values, frame["type"],
    )  # fmt: skip


@dataclass(frozen=True)
class _Best:
    """The recommended plan: its columns of the frame cells, its row of plans, values."""

    columns: dict[str, Any]
    plan: dict[str, Any]
    values: dict[str, Any]


@lru_cache(maxsize=64)
def _recommended(budget: base.Budget, total: float | None, roi_floor: float | None,
                 marginal_floor: float | None) -> _Best:  # fmt: skip
    best, told = base.recommended(budget, total, roi_floor, marginal_floor)
    cells = zip(budget.curves.index, budget.curves.spend, told.by_cell["spend"], strict=True)
    text = base.plan_text({cell: spend for cell, now, spend in cells if abs(spend - now) >= LEAST})
    return _Best(_columns("recommended", told), _plan(best, told), {"unspent": best.unspent, "recommended": text})


def _columns(plan: str, told: Evaluation) -> dict[str, Any]:
    """What the frame cells says of a plan."""
    by = told.by_cell
    return {plan: by["spend"].array} | {
        f"{name}_{plan}{end}": by[f"{name}{end}"].array
        for name, ends in (("margin", ("",)), ("roi", BAND), ("marginal_roi", ("",)))
        for end in ends
    }


def _plan(own: Allocation, told: Evaluation) -> dict[str, Any]:
    """What the frame plans says of a plan."""
    row = {name: value for name, value in vars(told).items() if name != "by_cell"}
    row |= {f"profit{end}": row[f"margin{end}"] - told.spend_known for end in BAND}
    return row | {name: getattr(own, name) for name in ("expected_gain", "gain_lo_80", "gain_hi_80", "gain", "p_gain")}


def _types(kinds: pd.Series, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Sums by type over the cells with a curve; the marginal ROI is that of one more unit spread as the plan is."""
    codes, names = kinds.factorize()
    free = np.asarray(columns["has_curve"], dtype=bool)

    def summed(values: Any, where: np.ndarray) -> np.ndarray:
        return np.bincount(codes, np.where(where, np.nan_to_num(np.asarray(values, dtype=float)), 0.0), len(names))

    frame = {"type": names, "kept": summed(columns["current"], ~free)}
    frame |= {name: summed(columns[name], free) for name in ("lower", "upper")}
    with np.errstate(divide="ignore", invalid="ignore"):
        for plan in PLANS:
            frame[plan], frame[f"margin_{plan}"] = summed(columns[plan], free), summed(columns[f"margin_{plan}"], free)
            weighed = np.asarray(columns[plan]) * np.asarray(columns[f"marginal_roi_{plan}"])
            frame[f"marginal_roi_{plan}"] = summed(weighed, free) / frame[plan]
    return pd.DataFrame(frame)


def _notes(values: Mapping[str, object]) -> tuple[Note, ...]:
    n = {key: values[key] for key in ("n_executions", "n_refused", "kept", "unspent", "total_recommended")}
    notes = [Note(MEASURED, {"n": n["n_executions"], "refused": n["n_refused"]}), Note(NET), Note(PASSED), Note(BEYOND),
             Note(LEFT_OUT)]  # fmt: skip
    if n["kept"]:
        notes.insert(1, Note(KEPT, {"n": n["kept"]}))
    unspent = float(str(n["unspent"]))
    if unspent:
        notes.append(Note(UNSPENT, {"share": unspent / (unspent + float(str(n["total_recommended"])))}))
    return tuple(notes)


# ------------------------------------------------------------------ a plan is moved


def changed(cells: pd.DataFrame, plan: str) -> dict[tuple[str, str], float]:
    """What a plan gives cells that do not keep their spend. cells: frame of `budget.evaluate`."""
    moved = cells[(cells[plan] - cells["current"]).abs() >= LEAST]
    return {(row.type, row.region_id): getattr(row, plan) for row in moved.itertuples()}


def outside(cells: pd.DataFrame, plan: str) -> dict[tuple[str, str], float]:
    """What a plan gives to cells that are not among these: it stays when the others change."""
    shown = set(zip(cells["type"], cells["region_id"], strict=True))
    return {cell: amount for cell, amount in base.amounts_of(plan).items() if cell not in shown}


def moved(cells: pd.DataFrame, plan: str, kind: str, region: str, amount: float) -> str:
    """My plan as text with one amount changed. cells: frame of `budget.evaluate`, asked with that plan. region: ALL
    shares the amount out over the regions of the type that have a curve, by one factor on what my plan gives them, each
    within its bounds."""
    rows = cells["has_curve"] & (cells["type"] == kind) & ((cells["region_id"] == region) | (region == ALL))
    mine, low, high, current = (cells.loc[rows, name].to_numpy(float) for name in ("mine", "lower", "upper", "current"))
    back = abs(amount - current.sum()) < LEAST
    cells = cells.assign(mine=cells["mine"].astype(float))
    cells.loc[rows, "mine"] = current if back else spread(mine, low, high, amount)
    return base.plan_text(outside(cells, plan) | changed(cells, "mine"))
