"""What the methods of the domains take, read from a company: for notebooks, and for whoever works with a method itself.

Plain frames, not answers: nothing is judged yet. Every one passes the entitlement of its scope, as answers do.
"""

from __future__ import annotations

import pandas as pd

from analytics.forecasting.hierarchy import TOTAL
from analytics.questions import promotions_job, segments_job
from analytics.questions.forecast_nodes import whole_months
from data.company import Company
from data.scope import GROUPINGS, Period, Scope, ScopeError, month_end


def monthly(company: Company, scope: Scope, by: str = "", measure: str = "net_sales") -> pd.DataFrame:
    """A measure by whole month up to the as-of day, as `analytics.forecasting` takes it: unique_id, ds (first days), y.

    by: one of scope.GROUPINGS, regions at the depth at which the company lists them; empty: all together, named like
    the top of `forecasting.hierarchy`. The scope's period does not act. A month without sales is 0. Raises ScopeError.
    """
    if by and by not in GROUPINGS:
        raise ScopeError(f"by: {by!r} is not one of {', '.join(GROUPINGS)}")
    months, _running = whole_months(company, scope.as_of)
    if not months:
        return pd.DataFrame(columns=["unique_id", "ds", "y"])
    span = Period(months[0], month_end(months[-1]))
    rows = company.store.measure(scope, (measure,), (by, "month") if by else ("month",), period=span)
    key = next((column for column in (f"{by}_id", by) if column in rows), "")
    rows = rows.assign(unique_id=rows[key].astype("object") if key else TOTAL, ds=pd.to_datetime(rows["month"]))
    wide = rows.pivot_table(index="unique_id", columns="ds", values=measure, aggfunc="sum")
    wide = wide.reindex(columns=pd.to_datetime(pd.Index(months, name="ds"))).fillna(0.0)
    return wide.stack().rename("y").reset_index()


def dealers(company: Company, scope: Scope) -> pd.DataFrame:
    """What each dealer is like on the as-of day, by dealer_id: the columns of `segmentation.features`, of which STYLE
    are those that groups are learned from."""
    return segments_job.on_day(company, scope, scope.as_of).set_index("dealer_id")


def promotions(company: Company, scope: Scope) -> dict[str, pd.DataFrame]:
    """Weekly sales, executions, dealers and products as `promotions.measure` takes them: `measure(**promotions(...))`.

    The scope's dealers and categories alone; its period does not act. All are empty where nothing was promoted.
    """
    return promotions_job.inputs(company, scope)
