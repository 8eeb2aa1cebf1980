"""What the questions about promotions share: the measured executions that a viewer may see, and what stands instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.promotions import forbid, summarise
from analytics.promotions.effects import REFUSED
from analytics.questions import promotions_job as job
from analytics.questions.answer import Answer, Note, answer
from data.company import Company
from data.scope import Period, Scope
from data.words import N_

DEFINITIONS = ("promotion_roi", "promotion_cost", "promotion_net", "breakeven_lift", "promotion_efficiency")
PENDING = N_("What promotions brought is being computed.")
MISSING = N_(
    "Import promotions and their costs (tables dim_promotion and fact_promotion_cost) to see what they brought."
)
PARTLY = N_("What a promotion brought is told of whole categories: who sees some products alone is not shown it.")
NAMELESS = N_(
    "The executions of promotions name no dealer or no known product category: nobody can be compared with anybody."
)
NO_DEALER = "no_dealer"  # why an execution was not measured: it names no dealer or no known category
NAMES = ["promotion_id", "promotion_name", "promotion_name_en", "promotion_type"]


@dataclass(frozen=True)
class Measured:
    """Executions in scope: names and dates (query promotion_executions), and the columns of PromotionEffects, of which
    promo_id, type and region repeat promotion_id, promotion_type and region_id; `errors`: their rows."""

    executions: pd.DataFrame
    errors: np.ndarray
    checks: pd.DataFrame  # of PromotionEffects: what failed takes away verdicts

    def where(self, rows: pd.Series) -> Measured:
        """Those of the executions."""
        return replace(
            self, executions=self.executions[rows].reset_index(drop=True), errors=self.errors[rows.to_numpy()]
        )

    def ended(self, period: Period, scope: Scope) -> Measured:
        """Those that ended in the period, by the as-of day."""
        last = pd.to_datetime(self.executions["end_date"])
        end = min(period.end, scope.as_of)
        return self.where((last >= pd.Timestamp(period.start)) & (last <= pd.Timestamp(end)))

    def by(self, *columns: str) -> pd.DataFrame:
        """Sums, ROI with bands and verdict by group (effects.summarise), with the cost of all executions, measured or
        not, as `cost`, and what was planned as `planned_cost`; one row in all without columns."""
        found = summarise(self.executions, self.errors, columns)
        if "promotion_type" in columns:
            found["type"] = found["promotion_type"]
        forbid(found, self.checks, overall=not columns)
        spent = self.executions[["spend", "planned_cost"]].rename(columns={"spend": "cost"})
        if not columns:
            return found.assign(**spent.sum(min_count=1))
        costs = self.executions[list(columns)].join(spent).groupby(list(columns)).sum(min_count=1).reset_index()
        found = costs.merge(found, on=list(columns), how="left")
        return found.assign(verdict=found["verdict"].fillna(REFUSED))


def read(company: Company, scope: Scope) -> Measured | None:
    """The executions in scope, whenever they ran; None where they are not computed or may not be shown (see
    `unready`)."""
    store, checks = company.store, company.result(job.CHECKS)
    told, off = company.result(job.EXECUTIONS), company.result(job.ERRORS)
    viewer = scope.entitlement
    if (
        told is None
        or off is None
        or checks is None
        or not store.has("fact_promotion_cost")
        or (viewer and viewer.products)
    ):
        return None
    if told.empty:
        return None
    seen = store.query("promotion_executions", scope, depth=store.default_depth(company.scope()))
    if scope.product:
        chosen = set(scope.product)
        seen = seen[[bool(chosen & set(text.split("|"))) or not text for text in seen["product_ids"]]]
    told = told.drop(columns=[name for name in told if name in seen and name != "execution_id"])
    frame = seen.merge(told, on="execution_id", how="left").reset_index(drop=True)
    unmeasured = frame["verdict"].isna()
    frame["verdict"] = frame["verdict"].where(~unmeasured, REFUSED)
    frame["reason"] = frame["reason"].where(~unmeasured, NO_DEALER)
    frame[["region_id", "promotion_type"]] = frame[["region_id", "promotion_type"]].fillna("")
    frame = frame.assign(promo_id=frame["promotion_id"], type=frame["promotion_type"], region=frame["region_id"])
    errors = off.set_index("execution_id").reindex(frame["execution_id"]).to_numpy(dtype=float)
    return Measured(frame, errors, checks)


def unready(name: str, company: Company, scope: Scope, *frames: str, **values: Any) -> Answer:
    """The answer while results are computed (value pending), where nothing was imported (missing), or nothing may be
    shown."""
    missing = not company.store.has("fact_promotion_cost")
    pending = not missing and not company.has_results(job.RESULTS)
    partly = scope.entitlement is not None and scope.entitlement.products
    message = MISSING if missing else PENDING if pending else PARTLY if partly else NAMELESS
    return answer(name, company, scope, {frame: pd.DataFrame() for frame in frames}, definitions=DEFINITIONS,
                  values=values | {"pending": pending, "missing": missing}, notes=(Note(message, {}),),
                  verdict="insufficient_evidence")  # fmt: skip


def named(measured: Measured, by_promo: pd.DataFrame) -> pd.DataFrame:
    """Rows by promo_id with the names, type, category, regions and span of each promotion, and who answers for it."""
    about = measured.executions.groupby("promo_id").agg(
        promotion_id=("promotion_id", "first"), promotion_name=("promotion_name", "first"),
        promotion_name_en=("promotion_name_en", "first"), promotion_type=("promotion_type", "first"),
        category=("category", "first"), owner_id=("owner_id", "first"), start_date=("start_date", "min"),
        end_date=("end_date", "max"), executions=("execution_id", "size"), dealers=("dealer_id", "nunique"),
    ).reset_index()  # fmt: skip
    return about.merge(by_promo, on="promo_id").drop(columns="promo_id")
