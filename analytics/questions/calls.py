"""Whether visits go where the value is, and whom to call next week."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.visits import unsplit
from analytics.sales.concentration import classes
from analytics.visits import frequency as rules
from data.company import Company
from data.scope import Scope, add_months
from data.words import N_

SALES_MONTHS, VISIT_MONTHS = 12, 6  # value of a dealer, and how often it was visited lately [convention]
SHOWN = 20


@question("visits.frequency")
def frequency(company: Company, scope: Scope) -> Answer:
    """How often dealers are visited against what they are worth, on the last day of the period.

    A dealer's value class is its ABC class by net sales of the last twelve months; its norm is the median visits a
    month of the class over the last six months, both over all dealers that the viewer may see. Under-served: less than
    half the norm, and a smaller share of its owner's visits than of the owner's sales; over-served: more than twice the
    norm, and a larger share. Dealers without an order before those six months are not judged.

    Frame `dealers`: dealer_id and names, employee_id (owner) and names, value_class, sales (12 months), visits
    (6 months), per_month, norm, ratio, served (`under`, `norm`, `over`, empty: not judged), sales_share and
    visit_share (of the owner's dealers), most sales first. `classes`: value_class, dealers, sales, norm. Values: under,
    over, judged (counts), under_sales, over_sales, day.
    """
    bare, notes = unsplit(scope)
    day = min(scope.period.end, scope.as_of)
    frame = _inside(company, bare, _served(company, bare, day))
    judged = frame[frame["served"] != ""]
    by_class = judged.groupby("value_class").agg(dealers=("dealer_id", "size"), sales=("sales", "sum"),
                                                 norm=("norm", "first")).reset_index()  # fmt: skip
    values = {"judged": len(judged), "day": day}
    for side in ("under", "over"):
        rows = judged[judged["served"] == side]
        values |= {side: len(rows), f"{side}_sales": float(rows["sales"].sum())}
    verdict = "ok" if judged["visits"].sum() > 0 else "insufficient_evidence"
    return answer("visits.frequency", company, scope, {"dealers": frame, "classes": by_class},
                  definitions=("visits", "net_sales"), values=values, notes=notes, verdict=verdict)  # type: ignore[arg-type]  # fmt: skip


@question("visits.calls")
def calls(company: Company, scope: Scope, shown: int = SHOWN) -> Answer:
    """Whom to call next week, on the as-of day: dealers whose visit is due, by value at stake and days since the last.

    Due: by Friday of next week more days have passed since the last visit than lie between two visits by the norm of
    the dealer's value class (see visits.frequency), at least 7 and at most 91. Ranked by net sales a month (of the last
    twelve) times how far the visit is overdue, at most three times.

    Frame `calls`: rank, dealer_id, employee_id (owner) with names, value_class, monthly_sales, last_visit, days (since
    then), interval (days by the norm), overdue (times the interval), silent_days (since the last order, where more than
    twice the usual gap), usual_gap, next_planned. Values: due (dealers), due_sales (a month), shown_sales.
    """
    bare, notes = unsplit(scope)
    frame = _served(company, bare, scope.as_of)
    frame["monthly_sales"] = frame["sales"] / SALES_MONTHS
    rhythm = company.result("dealer_rhythm") if scope.as_of == company.snapshot.as_of else None
    if rhythm is None:
        rhythm = company.store.query("dealer_rhythm", bare)
    gaps = rhythm.set_index("dealer_id")["median_gap"]
    frame["usual_gap"] = frame["dealer_id"].map(gaps)
    if not company.store.has("fact_visit"):
        notes += (Note(N_("No visits imported yet: a file with dealer, date and result is needed.")),)
        frame = frame.head(0)
    due = rules.calls(_inside(company, bare, frame), scope.as_of)
    due.insert(0, "rank", range(1, len(due) + 1))
    columns = ["rank", "dealer_id", "dealer_name", "dealer_name_en", "employee_id", "employee_name", "employee_name_en",
               "value_class", "monthly_sales", "last_visit", "days", "interval", "overdue", "last_order", "silent_days",
               "usual_gap", "next_planned"]  # fmt: skip
    values = {"due": len(due), "due_sales": float(due["monthly_sales"].sum()),
              "shown_sales": float(due["monthly_sales"].head(shown).sum())}  # fmt: skip
    return answer("visits.calls", company, scope, {"calls": due[columns].head(shown)}, definitions=("net_sales",),
                  values=values, notes=notes)  # fmt: skip


def _served(company: Company, scope: Scope, day: dt.date) -> pd.DataFrame:
    """All dealers that the viewer may see, with class, norm and how they are served on the day, and names."""
    store = company.store
    everyone = Scope(scope.period, scope.as_of, entitlement=scope.entitlement)
    since, sales_since = add_months(day, -VISIT_MONTHS), add_months(day, -SALES_MONTHS)
    frame = store.query("dealer_attention", everyone, day=day, sales_from=sales_since + dt.timedelta(1),
                        visits_from=since + dt.timedelta(1))  # fmt: skip
    owners = store.query("dealer_owners", everyone, depth=1).set_index("dealer_id")["owner_id"]
    frame["employee_id"] = frame["dealer_id"].map(owners)
    frame["value_class"] = classes(frame["sales"])["class"].reindex(frame.index)
    frame["known"] = pd.to_datetime(frame["first_order"]) <= pd.Timestamp(since)
    frame = rules.frequency(frame, VISIT_MONTHS).drop(columns=["known"])
    for part in ("employee", "dealer"):
        names = store.names(part).reindex(frame[f"{part}_id"])
        at = list(frame.columns).index(f"{part}_id") + 1
        for position, column in enumerate(names.columns):
            frame.insert(at + position, column, names[column].to_numpy())
    return frame.sort_values(["sales", "dealer_id"], ascending=[False, True], ignore_index=True)


def _inside(company: Company, scope: Scope, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the dealers in scope."""
    if not scope.filters:
        return frame
    ids = company.store.query("dealer_owners", scope, depth=1)["dealer_id"]
    return frame[frame["dealer_id"].isin(set(ids))].reset_index(drop=True)
