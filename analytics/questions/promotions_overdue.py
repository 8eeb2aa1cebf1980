"""Every promotion is to be evaluated: which ones are, which wait for it, and which are not over yet."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions import promotions_base as base
from analytics.questions.answer import Answer, answer, question
from analytics.questions.integrity_base import with_names
from analytics.questions.promotions_job import WINDOW
from data.company import Company
from data.scope import Scope

KIND = "promotion_evaluation"
STATES = ("overdue", "due", "running", "evaluated")  # in the order of the list


@question("promotions.overdue", reads=(KIND,))
def overdue(company: Company, scope: Scope) -> Answer:
    """Promotions that began by the as-of day, by what their evaluation waits for, whatever the period.

    Frame `promotions`: promotion_id, names, promotion_type, category, owner_id with names, start_date, end_date, due
    (end plus the weeks that its effect may take), days (past due), state (overdue: due and not recorded; due: ended,
                                                                           its
    effect is not over; running; evaluated: recorded in the ledger), cost, roi, roi_lo_80, roi_hi_80, verdict, decision,
    conclusion, note, who and at (of the record); overdue ones first, the latest first within a state. Values: a count
    for each state, overdue_cost (of what waits), promotions.
    """
    measured = base.read(company, scope)
    if measured is None:
        return base.unready("promotions.overdue", company, scope, "promotions", dealers=0)
    if measured.executions.empty:
        return answer("promotions.overdue", company, scope, {"promotions": pd.DataFrame()},
                      definitions=base.DEFINITIONS,
                      values=dict.fromkeys((*STATES, "overdue_cost", "promotions", "dealers"), 0))  # fmt: skip
    frame = base.named(measured, measured.by("promo_id"))
    written = company.records(KIND)
    written = written[written["decision"].notna()].assign(
        promotion_id=[subject.partition(":")[2] for subject in written.loc[written["decision"].notna(), "subject"]]
    )
    columns = ["promotion_id", "decision", "conclusion", "note", "who", "at"]
    frame = frame.merge(written[columns], on="promotion_id", how="left")
    end, today = pd.to_datetime(frame["end_date"]), pd.Timestamp(scope.as_of)
    frame["due"] = end + dt.timedelta(weeks=WINDOW[1])
    frame["days"] = (today - frame["due"]).dt.days.clip(lower=0)
    frame["state"] = "overdue"
    frame.loc[frame["due"] >= today, "state"] = "due"
    frame.loc[end >= today, "state"] = "running"
    frame.loc[frame["decision"].notna(), "state"] = "evaluated"
    frame = frame.assign(_order=frame["state"].map(STATES.index))
    frame = frame.sort_values(["_order", "end_date", "promotion_id"], ascending=[True, False, True], ignore_index=True)
    counts = frame["state"].value_counts()
    values = {state: int(counts.get(state, 0)) for state in STATES} | {
        "promotions": len(frame), "dealers": int(measured.executions["dealer_id"].nunique()),
        "overdue_cost": float(frame.loc[frame["state"] == "overdue", "cost"].sum()),
    }  # fmt: skip
    shown = ["promotion_id", "promotion_name", "promotion_name_en", "promotion_type", "category", "owner_id",
             "start_date", "end_date", "due", "days", "state", "executions", "cost", "roi", "roi_lo_80", "roi_hi_80",
             "verdict", *columns[1:]]  # fmt: skip
    frame = with_names(company, frame[shown], owner="employee")
    return answer("promotions.overdue", company, scope, {"promotions": frame}, definitions=base.DEFINITIONS,
                  values=values)  # fmt: skip
