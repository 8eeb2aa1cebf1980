"""Job: what each execution of a promotion brought, measured over everything, and how noisy dealers are without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analytics.promotions import PromotionEffects, measure
from analytics.promotions.planning import noise
from data.company import Company
from data.scope import Scope

EXECUTIONS, BY_TYPE, BY_CELL, BY_PROMO, OVERALL, CHECKS, WEEKLY, ERRORS, NOISE = (
    "promotion_executions", "promotion_by_type", "promotion_by_cell", "promotion_by_promo", "promotion_overall",
    "promotion_checks", "promotion_weekly", "promotion_errors", "promotion_noise",
)  # fmt: skip
RESULTS = (EXECUTIONS, BY_TYPE, BY_CELL, BY_PROMO, OVERALL, CHECKS, WEEKLY, ERRORS, NOISE)
WINDOW = (-1, 8)  # weeks around an execution that its effect may reach

Report = Callable[[int, int], None]


def compute(company: Company, scope: Scope, report: Report) -> Mapping[str, pd.DataFrame]:
    """The stored results: the frames of PromotionEffects (analytics.promotions.effects) under their names,
    `promotion_errors` with execution_id and one column a replicate, and `promotion_noise` (planning.noise).

    Executions that name no dealer or have no known category are not measured. All frames are empty where there are
    none. Region: the one at the depth at which the company lists regions, of the execution, else of its dealer.
    """
    given = inputs(company, scope)
    if given["promotions"].empty:
        return dict.fromkeys(RESULTS, pd.DataFrame({"execution_id": pd.Series(dtype="str")}))
    found = measure(**given, window=WINDOW, progress=report)
    return stored(found) | {NOISE: noise(given["sales"], given["products"], given["dealers"], given["promotions"])}


def inputs(company: Company, scope: Scope) -> dict[str, pd.DataFrame]:
    """The frames that `measure` takes, by the names of its parameters."""
    store, told = company.store, executions(company, scope)
    if told.empty:
        return dict.fromkeys(("sales", "promotions", "dealers", "products"), told)
    return {"sales": store.query("promotion_sales", scope), "promotions": told, "dealers": _dealers(company, scope),
            "products": store.query("promotion_products", scope)}  # fmt: skip


def executions(company: Company, scope: Scope) -> pd.DataFrame:
    """Executions as `measure` takes them."""
    if not company.store.has("fact_promotion_cost"):
        return pd.DataFrame()
    frame = company.store.query("promotion_executions", scope, depth=company.store.default_depth(scope))
    frame = frame[frame["dealer_id"].notna() & frame["category"].notna()]
    frame = frame.rename(columns={"promotion_id": "promo_id", "region_id": "region", "promotion_type": "type"})
    columns = ["promo_id", "execution_id", "dealer_id", "region", "category", "product_ids", "type", "start_week",
               "end_week", "spend"]  # fmt: skip
    return frame[columns].reset_index(drop=True)


def _dealers(company: Company, scope: Scope) -> pd.DataFrame:
    frame = company.store.query("dealer_profiles", scope, depth=company.store.default_depth(scope))
    return frame[["dealer_id", "office_id"]].rename(columns={"office_id": "region"})


def stored(found: PromotionEffects) -> dict[str, pd.DataFrame]:
    """The frames of measured effects under the names of RESULTS."""
    errors = pd.DataFrame(found.errors, columns=[f"e{n}" for n in range(found.errors.shape[1])]).astype("float32")
    errors.insert(0, "execution_id", found.executions["execution_id"].to_numpy())
    return {EXECUTIONS: found.executions, BY_TYPE: found.by_type, BY_CELL: found.by_cell, BY_PROMO: found.by_promo,
            OVERALL: found.overall, CHECKS: found.checks, WEEKLY: found.weekly, ERRORS: errors}  # fmt: skip


def measured(company: Company) -> PromotionEffects | None:
    """The stored effects as `measure` told them; None until they are computed, or where there are none."""
    frames = {name: company.result(name) for name in RESULTS}
    found = {name: frame for name, frame in frames.items() if frame is not None}
    if len(found) < len(frames) or found[EXECUTIONS].empty:
        return None
    errors = found[ERRORS].drop(columns="execution_id").to_numpy(float)
    return PromotionEffects(found[EXECUTIONS], found[BY_TYPE], found[BY_CELL], found[BY_PROMO], found[OVERALL],
                            found[CHECKS], found[WEEKLY], errors)  # fmt: skip
