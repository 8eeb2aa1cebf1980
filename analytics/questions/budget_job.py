"""Job: how the margin that promotions bring answers to their spend, fitted on what was measured."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import pandas as pd

from analytics.promotions import fit_response, forbid, to_frames
from analytics.questions import promotions_job
from data.company import Company
from data.scope import Scope

REGIONS = "budget_regions"
FRAMES = ("cells", "grid", "draws")  # of promotions.stored
RESULTS = (*(f"budget_{name}" for name in FRAMES), REGIONS)

Report = Callable[[int, int], None]


def compute(company: Company, scope: Scope, report: Report) -> Mapping[str, pd.DataFrame]:
    """The stored results: `budget_cells`, `budget_grid` and `budget_draws`, from which promotions.stored.from_frames
    makes the curves, and `budget_regions`: region, dealers (with an execution), and start and end of all executions.

    What a failed gate takes the verdict from (effects.forbid) is no evidence. All frames are empty where there are no
    executions.
    """
    effects = promotions_job.measured(company)
    if effects is None:
        return dict.fromkeys(RESULTS, pd.DataFrame({"region": pd.Series(dtype="str")}))
    told = effects.executions.copy()
    forbid(told, effects.checks, overall=False)
    effects = dataclasses.replace(effects, executions=told)
    regions = told.groupby("region")["dealer_id"].nunique().rename("dealers").reset_index()
    span = regions.assign(start=told["start_week"].min(), end=told["end_week"].max())
    kept = {f"budget_{name}": frame for name, frame in to_frames(fit_response(effects)).items()}
    report(1, 1)
    return kept | {REGIONS: span}
