"""What promotions brought for what they cost: all of a period, by promotion, type and region."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from analytics.promotions.effects import CANNOT_TELL, LOSS, PROFIT, REFUSED
from analytics.promotions.planning import bought_forward
from analytics.questions import promotions_base as base
from analytics.questions.answer import Answer, answer, question
from analytics.questions.integrity_base import with_names
from data.company import Company
from data.scope import Scope

FRAMES = ("promotions", "types", "cells", "quarters", "forward")
VERDICTS = (PROFIT, LOSS, CANNOT_TELL, REFUSED)
FIGURES = ("spend", "gross_margin", "net_margin", "roi", "roi_lo_80", "roi_hi_80", "roi_lo_95", "roi_hi_95", "lift",
           "breakeven_lift", "efficiency")  # fmt: skip
QUARTERS = 8  # of the figures over time
TWICE = 2  # executions of a dealer from which it is told to buy forward


@question("promotions.portfolio")
def portfolio(company: Company, scope: Scope) -> Answer:
    """The promotions that ended in the period, what they cost, and what they brought net of the waiting before, the dip
    after and what other products of the category lost; each group of executions with its own band.

    Frame `promotions`: promotion_id, names, promotion_type, category, owner_id with names, start_date, end_date,
    executions, dealers, cost (of all executions), planned_cost, spend (of the executions that could be measured: the
    base of all that follows), gross_margin and net_margin (extra margin at list price, before the cost), roi (net
    margin / spend - 1) with roi_lo_80 ..., lift, breakeven_lift, efficiency (net / gross margin), verdict (profit,
    loss, cannot_tell, refused), n_executions, n_refused; best first, refused ones last.
    Frames `types` (promotion_type) and `cells` (promotion_type, region_id with names): the same figures.
    Frame `quarters`: quarter (first day), the same figures, of the QUARTERS quarters up to the period's end.
    Frame `forward`: dealers that in all their executions of the period (two or more) bought no more than they left
    out before and after: dealer_id with names, executions, gross_margin, net_margin, spend; most spend first.
    Values: the figures of the whole period, cost, planned_cost,
    net_return (net margin - spend) with _low and _high (80 %),
    verdict, dealers, promotions and promotions_profit, ..._loss, ..._cannot_tell, ..._refused, ..._early (of the
    refused: their effect is not over), cost_profit, ... (their cost; the first four add up to cost),
    the same of the compared period with `_compared`, net_sales of the period.
    """
    measured = base.read(company, scope)
    if measured is None:
        return base.unready("promotions.portfolio", company, scope, *FRAMES, dealers=0)
    compared = company.compared(scope)
    own = measured.ended(scope.period, scope)
    promotions = _promotions(company, own)
    values = figures(own, promotions)
    if compared is not None:
        before = measured.ended(compared, scope)
        values |= {f"{key}_compared": value for key, value in figures(before, _promotions(company, before)).items()}
    values["net_sales"] = float(company.store.measure(scope, ("net_sales",))["net_sales"].iloc[0])
    cells = own.by("promotion_type", "region_id") if len(own.executions) else pd.DataFrame()
    frames = {
        "promotions": promotions,
        "types": own.by("promotion_type") if len(own.executions) else pd.DataFrame(),
        "cells": with_names(company, cells, region="region") if len(cells) else cells,
        "quarters": _quarters(measured, scope),
        "forward": with_names(company, forward(own.executions), dealer="dealer"),
    }
    return answer("promotions.portfolio", company, scope, frames, definitions=base.DEFINITIONS, values=values,
                  compared=compared)  # fmt: skip


def _promotions(company: Company, own: base.Measured) -> pd.DataFrame:
    if own.executions.empty:
        return pd.DataFrame(
            columns=[
                *base.NAMES,
                "category",
                "end_date",
                "executions",
                "cost",
                "verdict",
                "reason",
                "n_refused",
                *FIGURES,
            ]
        )
    frame = base.named(own, own.by("promo_id"))
    frame = frame.assign(_refused=frame["verdict"] == REFUSED)
    frame = frame.sort_values(["_refused", "roi", "promotion_id"], ascending=[True, False, True], ignore_index=True)
    return with_names(company, frame.drop(columns="_refused"), owner="employee")


def figures(own: base.Measured, promotions: pd.DataFrame) -> dict[str, Any]:
    """The values of a set of executions. promotions: its promotions, each with cost and verdict."""
    verdicts = promotions.groupby("verdict")["cost"].agg(["size", "sum"]).reindex(VERDICTS).fillna(0.0)
    values: dict[str, Any] = {"promotions": len(promotions)}
    values |= {f"promotions_{verdict}": int(verdicts.loc[verdict, "size"]) for verdict in VERDICTS}
    values |= {f"cost_{verdict}": float(verdicts.loc[verdict, "sum"]) for verdict in VERDICTS}
    early = promotions[(promotions["verdict"] == REFUSED) & (promotions["reason"] == "preliminary")]
    values |= {"promotions_early": len(early), "cost_early": float(early["cost"].sum())}
    if own.executions.empty:
        nothing = dict.fromkeys(
            (*FIGURES, "planned_cost", "net_return", "net_return_low", "net_return_high"), float("nan")
        )
        return values | nothing | {"cost": 0.0, "verdict": REFUSED, "dealers": 0}
    row = own.by().iloc[0]
    values |= {name: float(row[name]) for name in (*FIGURES, "cost", "planned_cost")}
    return values | {
        "verdict": row["verdict"], "dealers": int(own.executions["dealer_id"].nunique()),
        "net_return": float(row["net_margin"] - row["spend"]), "net_return_low": float(row["roi_lo_80"] * row["spend"]),
        "net_return_high": float(row["roi_hi_80"] * row["spend"]),
    }  # fmt: skip


def _quarters(measured: base.Measured, scope: Scope) -> pd.DataFrame:
    last = pd.Period(min(scope.period.end, scope.as_of), "Q")
    of = pd.to_datetime(measured.executions["end_date"]).dt.to_period("Q")
    recent = measured.where((of <= last) & (of > last - QUARTERS))
    if recent.executions.empty:
        return pd.DataFrame(columns=["quarter", *FIGURES])
    quarter = pd.to_datetime(recent.executions["end_date"]).dt.to_period("Q").dt.start_time
    return replace(recent, executions=recent.executions.assign(quarter=quarter)).by("quarter")


def forward(executions: pd.DataFrame) -> pd.DataFrame:
    """Dealers whose executions all only moved purchases (planning.bought_forward), of those with TWICE or more."""
    flagged = executions.assign(forward=bought_forward(executions))
    flagged = flagged[flagged["verdict"] != REFUSED]
    found = flagged.groupby("dealer_id").agg(
        executions=("execution_id", "size"), all=("forward", "all"), gross_margin=("gross_margin", "sum"),
        net_margin=("net_margin", "sum"), spend=("spend", "sum"),
    ).reset_index()  # fmt: skip
    found = found[found["all"] & (found["executions"] >= TWICE)].drop(columns="all")
    return found.sort_values(["spend", "dealer_id"], ascending=[False, True], ignore_index=True)
