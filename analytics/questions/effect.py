"""Whether orders go together with visits, and when that must not be read as an effect."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, Note, Verdict, answer, question
from analytics.questions.visits import unsplit
from analytics.visits.effect import AFTER, LEAST_DEALERS, LEAST_PERIODS, association
from analytics.visits.panel import panel
from data.company import Company
from data.scope import Scope
from data.words import N_

RESULT = "visit_effect"
WEEKS = 156  # history looked at
TERMS = ["term", "lag", "log", "se", "mean", "lo-80", "hi-80", "lo-95", "hi-95"]


@question("visits.effect")
def effect(company: Company, scope: Scope) -> Answer:
    """Orders in the four weeks after a visit, within dealer and week, beside a placebo of visits to come.

    Over the last three years up to the as-of day, whatever the period (analytics.visits.effect says how). Frame
    `terms`: term (`pooled`: all dealers compared as they are; `within`: two-way fixed effects; `placebo`: visits to
    come; `week` with its lag: weeks before (-) and after a visit), lag, log (coefficient), se, and as the change of
    orders a visit: mean, lo-80, hi-80, lo-95, hi-95. Values: verdict `reason` (empty; `few_dealers`, `few_periods`,
    `placebo`, `spans_zero`), visit_association with `_lo`, `_hi` (80 %), visit_orders with `_lo`, `_hi` (money that
    goes with a visit, over the four weeks, at an average dealer; missing when there is a reason), dealers, periods,
    visits, weekly (orders of a dealer a week), first, last (day), least_dealers and least_periods (that it takes).
    """
    bare, notes = unsplit(scope)
    viewer = scope.entitlement
    whole = viewer is not None and not (viewer.regions or viewer.dealers or viewer.products or bare.filters)
    if whole and scope.as_of == company.snapshot.as_of:
        frame = company.result(RESULT)
        if frame is None:
            notes += (Note(N_("The association of visits with orders is being computed.")),)
            return answer("visits.effect", company, scope, {"terms": pd.DataFrame(columns=TERMS)},
                          definitions=("visit_association",), values={"reason": "computing"}, notes=notes,
                          verdict="insufficient_evidence")  # fmt: skip
    else:
        frame = visit_effect(company, bare)
    values = frame.iloc[0][["reason", "dealers", "periods", "visits", "weekly", "first", "last"]].to_dict()
    values |= {"least_dealers": LEAST_DEALERS, "least_periods": LEAST_PERIODS}
    terms = frame.loc[frame["term"] != "", TERMS].reset_index(drop=True)
    if not values["reason"]:
        row = terms[terms["term"] == "within"].iloc[0]
        money = values["weekly"] * len(AFTER)
        for end, column in (("", "mean"), ("_lo", "lo-80"), ("_hi", "hi-80")):
            values |= {f"visit_association{end}": row[column], f"visit_orders{end}": row[column] * money}
    verdict: Verdict = "insufficient_evidence" if values["reason"] else "ok"
    return answer("visits.effect", company, scope, {"terms": terms}, definitions=("visit_association",), values=values,
                  notes=notes, verdict=verdict)  # fmt: skip


def visit_effect(company: Company, scope: Scope) -> pd.DataFrame:
    """The association in a scope as one frame, for storing: TERMS, and on each row what it rests on.

    Without terms (too little data) there is one row with an empty `term`.
    """
    rows = company.store.query("visit_panel", scope, weeks=WEEKS)
    periods = pd.Index([], dtype="datetime64[ns]")
    if len(rows):
        rows["period"] = pd.to_datetime(rows["period"])
        periods = pd.date_range(rows["period"].min(), rows["period"].max(), freq="7D")
    found = association(panel(rows, periods))
    terms = found.terms if len(found.terms) else pd.DataFrame([{"term": ""}]).reindex(columns=TERMS)
    return terms.assign(
        reason=found.reason, dealers=found.dealers, periods=found.periods, visits=found.visits, weekly=found.weekly,
        first=periods.min() if len(periods) else pd.NaT,
        last=periods.max() + pd.Timedelta(days=6) if len(periods) else pd.NaT,
    )  # fmt: skip
