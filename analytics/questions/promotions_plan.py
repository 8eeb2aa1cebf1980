"""Plan a promotion: the effect to expect first, then the cost that follows from it; what would break even, what speaks
against it, and the experiment that would tell what history cannot."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

import pandas as pd

from analytics.promotions import planning
from analytics.questions import promotions_base as base
from analytics.questions import promotions_job as job
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.segments_base import profiles
from data.company import Company
from data.scope import Scope, ScopeError
from data.words import N_

FRAMES = ("history", "steps", "arms", "overlaps")
ARMS = (10, 20, 40, 80, 160)  # dealers a side whose power is told
DEFAULT_DEALERS, DEFAULT_WEEKS = 100, 4
AHEAD = 14  # days from the as-of day to the first Monday that a plan begins on, when none is given
NO_HISTORY = N_("No past promotion of this kind could be measured here: choose a wider region or all categories, or "
                "run it as an experiment first.")  # fmt: skip
ONE_PAST = N_("Only one promotion of this kind was measured: how far such promotions differ is not known, the band is "
              "too narrow.")  # fmt: skip
DISGUISE = N_("The same product on top is a price cut in disguise: dealers stock up, and the price they remember "
              "falls. A gift that they cannot resell, or a display, does not do that.")  # fmt: skip
OVERLAP = N_("{n} executions of {promotions} promotions lie within the weeks around it: what each one brings cannot "
             "be told apart, and dealers still have stock.")  # fmt: skip
NEVER = N_("At this cost it cannot break even: every extra case costs more than the margin it leaves.")
FAR = N_("{planned} is more than the band of past promotions holds ({low} to {high}).")


@question("promotions.plan")
def plan(company: Company, scope: Scope, type: str = "", dealers: int = DEFAULT_DEALERS, weeks: int = DEFAULT_WEEKS,
         uplift: float | None = None, cost_rate: float | None = None, fee: float = 0.0,
         start: str = "") -> Answer:  # fmt: skip
    """What a promotion of `dealers` dealers over `weeks` weeks would bring and cost, after those of its type in the
    scope's regions and categories, whatever the period.

    type: of promotion, empty: the one that ran most. uplift: extra quantity in the promotion weeks, as a share, instead
    of what history lets expect. cost_rate: cost as a share of the list value sold in those weeks, instead of
    history's; fee: money on top. start: day, 2026-07-13.

    Frame `history`: past promotions of the type: promotion_id, names, end_date, executions, lift, efficiency, roi,
    roi_lo_80, roi_hi_80, verdict, reason. Frame `steps`: step (baseline, extra, gross, after: lost to the waiting
    before, the dip after and other products, net, cost, return), value. Frame `arms`: dealers (a side), detectable (the
    smallest
    lift of the category that a randomised holdout of that size shows in those weeks, power 80 %, level 95 %).
    Frame `overlaps`: promotion_id, names, promotion_type, start_date, end_date, executions, of what runs at the same
    time in the same regions and categories, the weeks before and after included.
    Values: type, types (to choose from), the fields of planning.Plan and of planning.Expectation (as expected_<field>),
    net_return with _low and _high, open (the answer would be: cannot tell), disguise (same-product bonus), noise,
    category_lift (the plan's lift as a share of the whole category), gap (how far that is from breaking even), needed
    (dealers a side that would show the gap), available (open dealers in scope), start and end (exclusive).
    """
    measured = base.read(company, scope)
    if measured is None:
        return base.unready("promotions.plan", company, scope, *FRAMES, types=[], dealers=0)
    if dealers < 1 or not 1 <= weeks <= 26:
        raise ScopeError("dealers: at least 1; weeks: 1 to 26")
    types = measured.executions["promotion_type"].value_counts()
    chosen = type or (str(types.index[0]) if len(types) else "")
    first = _monday(start, scope)
    last = first + pd.Timedelta(weeks=weeks)
    own = measured.where(measured.executions["promotion_type"] == chosen)
    hope = planning.expected(own.executions, own.errors) if len(own.executions) else None
    overlaps = _overlaps(measured.executions, first, last)
    values: dict[str, Any] = {"type": chosen, "types": sorted(map(str, types.index)), "dealers": dealers,
                              "weeks": weeks,
                              "start": first.date(), "end": last.date(), "uplift": uplift,
                              "disguise": planning.price_cut(chosen)}  # fmt: skip
    notes: tuple[Note, ...] = (Note(DISGUISE, {}),) if values["disguise"] else ()
    if len(overlaps):
        notes += (Note(OVERLAP, {"n": int(overlaps["executions"].sum()), "promotions": len(overlaps)}),)
    empty = pd.DataFrame()
    if hope is None:
        return answer("promotions.plan", company, scope, {"history": empty, "steps": empty, "arms": empty,
                      "overlaps": overlaps}, definitions=base.DEFINITIONS, values=values | {"pending": False},
                      notes=(Note(NO_HISTORY, {}), *notes), verdict="insufficient_evidence")  # fmt: skip
    made = planning.plan(hope, dealers, weeks, lift=uplift, cost_rate=cost_rate, fee=fee)
    noise = _noise(company, own.executions)
    share = _share(company, chosen)
    category_lift, gap = made.lift * share, abs(made.lift - made.breakeven) * share
    values |= asdict(made) | {f"expected_{name}": value for name, value in asdict(hope).items()} | {
        "net_return": made.net_return, "net_return_low": made.net_margin_low - made.cost,
        "net_return_high": made.net_margin_high - made.cost, "open": made.open, "noise": noise,
        "available": int((~profiles(company, scope)["closed"]).sum()),
        "category_lift": category_lift, "gap": gap, "cost_rate": hope.cost_rate if cost_rate is None else cost_rate,
        "needed": planning.needed(noise, gap, weeks) if noise == noise and gap < float("inf") else None,
    }  # fmt: skip
    if hope.promotions < 2:
        notes += (Note(ONE_PAST, {}),)
    if made.breakeven == float("inf"):
        notes += (Note(NEVER, {}),)
    elif not hope.lift_low <= made.lift <= hope.lift_high:
        told = {"planned": made.lift, "low": hope.lift_low, "high": hope.lift_high}
        notes += (Note(FAR, {name: f"{value:.0%}" for name, value in told.items()}),)
    frames = {"history": _history(own), "steps": _steps(made), "arms": _arms(noise, weeks), "overlaps": overlaps}
    return answer("promotions.plan", company, scope, frames, definitions=base.DEFINITIONS, values=values, notes=notes)


def _monday(start: str, scope: Scope) -> pd.Timestamp:
    try:
        day = dt.date.fromisoformat(start) if start else scope.as_of + dt.timedelta(days=AHEAD)
    except ValueError:
        raise ScopeError(f"start: cannot read {start!r}; write 2026-07-13") from None
    return pd.Timestamp(day - dt.timedelta(days=day.weekday()))


def _history(own: base.Measured) -> pd.DataFrame:
    frame = base.named(own, own.by("promo_id")).sort_values("end_date", ascending=False, ignore_index=True)
    return frame[[*base.NAMES, "end_date", "executions", "cost", "lift", "efficiency", "roi", "roi_lo_80", "roi_hi_80",
                  "verdict", "reason"]]  # fmt: skip


def _overlaps(executions: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    found = planning.overlapping(executions, first, last, -job.WINDOW[0], job.WINDOW[1])
    by = found.groupby(base.NAMES, dropna=False)
    return by.agg(start_date=("start_date", "min"), end_date=("end_date", "max"),
                  executions=("execution_id", "size")).reset_index()  # fmt: skip


def _steps(made: planning.Plan) -> pd.DataFrame:
    return pd.DataFrame([
        ("baseline", made.baseline_revenue), ("extra", made.extra_revenue), ("gross", made.gross_margin),
        ("after", made.net_margin - made.gross_margin), ("net", made.net_margin), ("cost", -made.cost),
        ("return", made.net_return),
    ], columns=["step", "value"])  # fmt: skip


def _arms(noise: float, weeks: int) -> pd.DataFrame:
    rows = [(n, planning.detectable(noise, n, weeks)) for n in ARMS] if noise == noise else []
    return pd.DataFrame(rows, columns=["dealers", "detectable"])


def _noise(company: Company, executions: pd.DataFrame) -> float:
    """Noise of the categories in which promotions of the kind ran, averaged; missing where none is known."""
    frame = company.result(job.NOISE)
    assert frame is not None
    if "noise" not in frame:
        return float("nan")
    told = frame.set_index("category")["noise"].reindex(executions["category"].unique())
    return float(told.mean())


def _share(company: Company, type: str) -> float:
    """Share of the promoted products in what their category would have sold anyway, over all promotions of the type."""
    told, weekly = company.result(job.EXECUTIONS, where=("type", type)), company.result(job.WEEKLY)
    assert told is not None
    assert weekly is not None
    told = told[told["baseline_revenue"].notna()]
    spans = told.groupby("promo_id").agg(start=("start_week", "min"), end=("end_week", "max"))
    weeks = weekly.merge(spans, on="promo_id")
    inside = weeks[(weeks["week"] >= weeks["start"]) & (weeks["week"] < weeks["end"])]
    whole = float(inside["baseline_revenue"].sum())
    return min(float(told["baseline_revenue"].sum()) / whole, 1.0) if whole > 0 else 1.0
