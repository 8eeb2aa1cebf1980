"""One promotion: what it brought and why that differs from before and after, its cost, its plan, its dealers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.promotions.effects import MIN_EXECUTIONS, REFUSED
from analytics.promotions.gates import CONTROLS, MOST_OVERLAPPING, PRE_WEEKS
from analytics.promotions.planning import bought_forward
from analytics.questions import promotions_base as base
from analytics.questions import promotions_job as job
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.integrity_base import with_names
from analytics.questions.promotions import figures
from data.company import Company
from data.scope import Scope, ScopeError
from data.words import N_

FRAMES = ("parts", "naive", "weekly", "checks", "regions", "executions", "cost_lines")
STEPS = ("gross", "anticipation", "dip", "cannibalisation")
NO_WEEKS = N_("The weeks of a promotion are told of all its dealers: this view holds some of them.")


@question("promotions.one")
def one(company: Company, scope: Scope, promotion: str = "") -> Answer:
    """One promotion, by its id; without one, the one that cost most of those that ended in the period, else the last.

    Frame `parts`: part (gross, anticipation, dip, cannibalisation, cost), value (margin; cost as a loss); they add up
    to net_return. Frame `naive`: part (naive: margin of the category in the promotion weeks above as many average weeks
    of the eight before; drift: what season and growth would have brought anyway, as a loss; anticipation, dip), value;
    they add up to net_margin. Frame `weekly`: week, actual_<measure> and baseline_<measure> of the category at its
    dealers, baseline_lo_80 and baseline_hi_80 (of the margin). Frame `checks`: gate, count, threshold, passed.
    Frame `regions`: region_id with names, the figures. Frame `executions`: one row a dealer: dealer_id and names,
    region_id, start_date, end_date, planned_cost, spend, baseline_margin, gross_margin, net_margin, roi, lift, verdict,
    reason, forward (it only bought forward). Frame `cost_lines`: item, item_en, planned_quantity, planned, quantity,
    spent.
    Values: promotion_id, names, promotion_type, category, owner, start_date, end_date, the figures (see
    promotions.portfolio), n_executions (measured), n_refused, naive_roi, controls, pre_weeks, reason,
    reasons (executions
    that were refused, by reason), halo_margin, planned_cost, planned_uplift, planned_net_amount,
    measured_net_amount (extra sales at list price, net), forward and forward_spend, options (ids and names to choose
    from, latest first), partly (some of its executions are not in this view).
    """
    measured = base.read(company, scope)
    if measured is None or measured.executions.empty:
        return base.unready("promotions.one", company, scope, *FRAMES, options=[])
    known = base.named(measured, measured.executions[["promo_id"]].drop_duplicates())
    known = known.sort_values(["end_date", "promotion_id"], ascending=False, ignore_index=True)
    chosen = promotion or _first(measured, known, scope)
    if chosen not in set(known["promotion_id"]):
        raise ScopeError(f"promotion: there is no promotion {promotion!r} in this view")
    own = measured.where(measured.executions["promotion_id"] == chosen)
    about = known[known["promotion_id"] == chosen]
    row = own.by().iloc[0]
    values = figures(own, base.named(own, own.by("promo_id"))) | about.iloc[0].to_dict()
    executions = _executions(company, own)
    values |= {
        "naive_roi": float(row["naive_roi"]), "n_executions": int(row["n_executions"]),
        "controls": float(own.executions["controls"].median()), "n_refused": int(row["n_refused"]),
        "pre_weeks": float(own.executions["pre_weeks"].median()), "reason": row["reason"],
        "halo_margin": float(row["halo_margin"]), "measured_net_amount": float(row["net_revenue"]),
        "forward": int(executions["forward"].sum()), "reasons": _reasons(own.executions),
        "forward_spend": float(executions.loc[executions["forward"], "spend"].sum()),
        "options": known[["promotion_id", "promotion_name", "promotion_name_en"]].to_dict("records"),
    }  # fmt: skip
    values |= _plan(company, scope, chosen, own.executions)
    weekly, whole = _weekly(company, chosen, own.executions)
    frames = {
        "parts": _parts(row), "naive": _naive(row), "weekly": weekly, "checks": _checks(own),
        "regions": with_names(company, own.by("region_id"), region="region"), "executions": executions,
        "cost_lines": _lines(company, scope, chosen),
    }  # fmt: skip
    values["partly"] = not whole
    return answer("promotions.one", company, scope, frames, definitions=base.DEFINITIONS, values=values,
                  notes=() if whole else (Note(NO_WEEKS, {}),))  # fmt: skip


def _first(measured: base.Measured, known: pd.DataFrame, scope: Scope) -> str:
    own = measured.ended(scope.period, scope).executions
    if own.empty:
        return str(known["promotion_id"].iloc[0])
    return str(own.groupby("promotion_id")["spend"].sum().idxmax())


def _parts(row: pd.Series) -> pd.DataFrame:
    values = [float(row[f"{step}_margin"]) for step in STEPS]
    return pd.DataFrame({"part": [*STEPS, "cost"], "value": [*values, -float(row["spend"])]})


def _naive(row: pd.Series) -> pd.DataFrame:
    """From before and after to what stayed; the first gap is what season and growth would have brought anyway."""
    naive = float(row["naive_margin"])
    drift = float(row["gross_margin"] + row["cannibalisation_margin"]) - naive
    values = [naive, drift, float(row["anticipation_margin"]), float(row["dip_margin"])]
    return pd.DataFrame({"part": ["naive", "drift", "anticipation", "dip"], "value": values})


def _executions(company: Company, own: base.Measured) -> pd.DataFrame:
    columns = ["execution_id", "dealer_id", "region_id", "start_date", "end_date", "planned_cost", "spend",
               "baseline_margin", "gross_margin", "net_margin", "roi", "lift", "verdict", "reason"]  # fmt: skip
    frame = own.executions[columns].assign(forward=bought_forward(own.executions))
    frame = frame.sort_values(["spend", "execution_id"], ascending=[False, True], ignore_index=True)
    return with_names(company, frame, dealer="dealer", region="region")


def _reasons(executions: pd.DataFrame) -> dict[str, int]:
    """How many executions were refused, by reason."""
    refused = executions[executions["verdict"] == REFUSED]
    return {str(reason): int(n) for reason, n in refused["reason"].value_counts().items()}


def _weekly(company: Company, promotion: str, own: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """The weeks, where the view holds all executions that they tell of; and whether it does."""
    weekly = company.result(job.WEEKLY, where=("promo_id", promotion))
    told = company.result(job.EXECUTIONS, where=("promo_id", promotion))
    assert weekly is not None
    assert told is not None
    whole = set(told["execution_id"]) <= set(own["execution_id"])
    weekly = weekly.drop(columns="promo_id").sort_values("week", ignore_index=True)
    return (weekly if whole else weekly.iloc[:0]), whole


def _checks(own: base.Measured) -> pd.DataFrame:
    """gate, count, threshold, passed: what the verdict on these executions needs. Tests of a type, where it has enough
    executions to be tested, else of all."""
    checks, frame = own.checks, own.executions
    n, measured = len(frame), frame["net_margin"].notna()
    spend = frame["spend"].fillna(0.0)
    overlap = float(spend[frame["reason"] == "overlap"].sum() / max(spend.sum(), 1e-9))
    complete = float((frame["reason"] != "preliminary").sum() / max(n, 1))
    controls, pre_weeks = float(frame["controls"].median()), float(frame["pre_weeks"].median())
    rows = [
        ("executions", float(measured.sum()), MIN_EXECUTIONS, measured.sum() >= MIN_EXECUTIONS),
        ("controls", controls, CONTROLS, controls >= CONTROLS),
        ("pre_weeks", pre_weeks, PRE_WEEKS, pre_weeks >= PRE_WEEKS),
        ("complete", complete, 0.5, complete >= 0.5),
        ("overlap", overlap, MOST_OVERLAPPING, overlap <= MOST_OVERLAPPING),
    ]  # fmt: skip
    for gate in ("history", "lead_test", "diversion"):
        told = checks[(checks["gate"] == gate) & checks["scope"].isin(["overall", *frame["type"].unique()])]
        if len(told):
            row = told.sort_values("scope", key=lambda scope: scope == "overall").iloc[0]
            rows.append((gate, float(row["count"]), float(row["threshold"]), bool(row["passed"])))
    return pd.DataFrame(rows, columns=["gate", "count", "threshold", "passed"])


def _plan(company: Company, scope: Scope, promotion: str, executions: pd.DataFrame) -> dict[str, Any]:
    """What was expected: extra quantity (weighted by planned cost) and sales, in the regions of the view."""
    missing = {"planned_uplift": float("nan"), "planned_net_amount": float("nan")}
    if not company.store.has("fact_promotion_plan"):
        return missing
    plans = company.store.query("promotion_plans", scope)
    plans = plans[(plans["promotion_id"] == promotion)]
    regions = set(executions["region_id"])
    plans = plans[plans["region_id"].isna() | plans["region_id"].isin(regions)]
    weight = plans["planned_cost"].fillna(0.0)
    if plans.empty or not weight.sum():
        return missing
    return {"planned_uplift": float((plans["planned_uplift"] * weight).sum() / weight.sum()),
            "planned_net_amount": float(plans["planned_net_amount"].sum(min_count=1))}  # fmt: skip


def _lines(company: Company, scope: Scope, promotion: str) -> pd.DataFrame:
    columns = ["item", "item_en", "planned_quantity", "planned", "quantity", "spent"]
    if not company.store.has("fact_promotion_cost_line"):
        return pd.DataFrame(columns=columns)
    lines = company.store.query("promotion_cost_lines", scope)
    lines = lines[lines["promotion_id"] == promotion].sort_values("spent", ascending=False, ignore_index=True)
    return lines[columns]
