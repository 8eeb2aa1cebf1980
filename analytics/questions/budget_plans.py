"""Plans of the budget of promotions that people kept."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, answer, question
from data.company import Company, NotEntitled
from data.scope import Scope

KIND = "budget_plan"
COLUMNS = ("subject", "name", "who", "at", "total", "gain", "data_to", "plan")


def subject(viewer: str, name: str) -> str:
    """What a kept plan is filed under: a name is one's own."""
    return f"budget:{viewer}|{name}"


@question("budget.plans", reads=(KIND,))
def plans(company: Company, scope: Scope) -> Answer:
    """Plans of the budget that were kept, the latest first; a viewer who may not see everything sees the own ones.

    Frame `plans`: subject, name, who, at, total (money a year), gain (expected against the plan that was current then),
    data_to (day to which the data went), plan (text for `budget.evaluate`).
    """
    viewer = scope.entitlement
    if viewer is None:
        raise NotEntitled("a scope without an entitlement cannot be answered")
    frame = company.records(KIND)
    if not company.sees_all(viewer):
        frame = frame[frame["who"] == viewer.viewer]
    frame = frame.iloc[::-1].reset_index(drop=True)[list(COLUMNS)]
    frame = frame.assign(**{name: frame[name].astype(float) for name in ("total", "gain")},
                         data_to=pd.to_datetime(frame["data_to"]))  # fmt: skip
    return answer("budget.plans", company, scope, {"plans": frame}, definitions=("promotion_cost",))
