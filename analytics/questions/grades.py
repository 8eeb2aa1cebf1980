"""Credit grades: how each dealer pays, and the requests to change a grade with their two clocks."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions import receivables
from analytics.questions import segments_base as base
from analytics.questions import segments_job as job
from analytics.questions.answer import Answer, answer, question
from analytics.receivables import risk
from analytics.segmentation import grades as method
from data.company import Company
from data.scope import Scope, ScopeError

DEFINITIONS = ("credit_grade", "days_late", "overdue_share")
APPLY_DAYS, VERIFY_DAYS = 2, 3  # working days to apply for a change, and to verify it


@question("dealers.grades", reads=("grade_change", "dealer_appeal", "collection_action"), headquarters=True)
def grades(company: Company, scope: Scope, today: str = "") -> Answer:
    """The credit grade of each dealer on the as-of day from how it pays, and the grade that was decided for it.

    today: the day on which clocks are read (ISO text), without it that of this machine: requests are made and
    verified in real time, whatever day the data end on.

    Frame `dealers`: dealer_id, grade (A-D by the criteria; "" = not graded), points, binding (criterion that cost
    most), hard_stop, reason (of no grade), `<criterion>` and `<criterion>_penalty` (0-3) of longest_overdue (days past
    due of the oldest tenth of its open balance), late_share (of the money due in the past year, open 30 days past
    due), overdue_share (of the open balance), days_late, utilisation (of the limit), decided (grade of the last
    verified change, if any), standing (decided, else grade), receivables, credit_limit, names, region_id, owner_id
    with names; worst first, then by receivables.
    Frame `grades`: grade, dealers, receivables, overdue. Frame `requests`: changes asked for, open ones first:
    dealer_id and names, grade (asked for), reason, known_on, applied_on, decided_on, state, result, apply_by,
    verify_by, applied_late, decided_late, stage, days_left (working days to the end of the running clock, negative =
    overdue), who.
    Values: dealers, graded, hard_stops (a D for that alone), open (requests), overdue (open ones past their clock).
    """
    store, day = company.store, scope.as_of
    late = job.pays(company, scope, day)
    people = base.profiles(company, scope)
    late = late[late["dealer_id"].isin(people.loc[~people["closed"], "dealer_id"])]
    late["tenure_days"] = (pd.Timestamp(day) - pd.to_datetime(late["since"])).dt.days
    owing = receivables.debtors(company, scope)[
        ["dealer_id", "receivables", "overdue", "utilisation"]
    ]  # fmt: skip
    history = store.query("late_history", scope, late_after=risk.LATE_AFTER)
    frame = late.merge(owing, on="dealer_id", how="left")
    frame = frame.merge(history[["dealer_id", "due", "late"]].rename(columns={"due": "known_due"}), on="dealer_id",
                        how="left")  # fmt: skip
    frame["late_share"] = frame["late"] / frame["known_due"].where(frame["known_due"] > 0)
    frame["overdue_share"] = frame["overdue"] / frame["receivables"].where(frame["receivables"] > 0)
    found = method.grade(frame)
    frame = frame.merge(found, on="dealer_id")
    asked = _requests(company, store.calendar, _day(today))
    seen = set(frame["dealer_id"])
    asked = asked[asked["dealer_id"].isin(seen)]
    decided = asked[asked["state"] == "verified"].groupby("dealer_id")["grade"].last()
    frame["decided"] = frame["dealer_id"].map(decided).astype("object")
    frame["standing"] = frame["decided"].where(frame["decided"].notna(), frame["grade"])
    order = frame["grade"].map({"D": 0, "C": 1, "B": 2, "A": 3}).fillna(4)
    frame = frame.assign(order=order).sort_values(["order", "receivables"], ascending=[True, False], ignore_index=True)
    kept = ["dealer_id", "grade", "standing", "decided", "points", "binding", "hard_stop", "reason", *method.CRITERIA,
            *(f"{name}_penalty" for name in method.CRITERIA), "receivables", "overdue", "credit_limit"]  # fmt: skip
    by_grade = frame.groupby("grade")[["receivables", "overdue"]].sum()
    by_grade.insert(0, "dealers", frame.groupby("grade").size())
    by_grade = by_grade.reindex([*method.GRADES, ""]).fillna(0).rename_axis("grade").reset_index()
    open_ = asked[asked["stage"] != "decided"]
    frames = {"dealers": base.people(company, people, frame[kept]), "grades": by_grade,
              "requests": base.people(company, people, asked)}  # fmt: skip
    values = {"dealers": len(frame), "graded": int((frame["grade"] != "").sum()),
              "hard_stops": int((frame["hard_stop"] & (frame["points"] <= method.DEFAULT.most_points[-1])).sum()),
              "open": len(open_),
              "overdue": int((open_["days_left"] < 0).sum()), "imported": store.has("fact_receivable")}  # fmt: skip
    return answer("dealers.grades", company, scope, frames, definitions=DEFINITIONS, values=values,
                  notes=receivables.notes_of(company, scope),
                  verdict="ok" if values["graded"] else "insufficient_evidence")  # fmt: skip


def _day(text: str) -> pd.Timestamp:
    """The day of a text, today without one. Raises ScopeError."""
    try:
        return pd.Timestamp(dt.date.fromisoformat(text) if text else dt.date.today())
    except ValueError:
        raise ScopeError(f"today: cannot read {text!r}; write 2026-06-30") from None


def _requests(company: Company, calendar: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Every request from the ledger: it begins with an entry `applied`, and the next entry that is verified or refused
    decides it. A withdrawal takes back the request that is open, else the grade that was decided (`withdrawn`)."""
    rows: list[dict[str, object]] = []
    running: dict[str, dict[str, object]] = {}
    for entry in company.ledger.entries("grade_change"):
        body = entry.body
        if not body:
            if running.pop(entry.subject, None) is None:
                dealer = entry.subject.removeprefix("dealer:")
                rows = [row | {"state": "withdrawn"} if row["dealer_id"] == dealer else row for row in rows]
            continue
        at = pd.Timestamp(entry.at).tz_localize(None).normalize()
        state = body["state"]
        if entry.subject not in running:
            running[entry.subject] = {"dealer_id": entry.subject.removeprefix("dealer:"), "applied_on": at,
                                      "decided_on": pd.NaT}  # fmt: skip
        row = running[entry.subject]
        row |= {name: body.get(name) for name in ("grade", "reason", "state", "result")}
        row |= {"who": entry.who, "known_on": pd.Timestamp(body["known_on"])}
        if state != "applied":
            rows.append(row | {"decided_on": at})
            running.pop(entry.subject)
    rows += list(running.values())
    columns = ["dealer_id", "grade", "reason", "known_on", "applied_on", "decided_on", "state", "result", "who"]
    frame = pd.DataFrame(rows, columns=columns)
    for name in ("known_on", "applied_on", "decided_on"):
        frame[name] = pd.to_datetime(frame[name])
    worked = calendar.loc[calendar["is_selling_day"], "date"]
    timed = method.clocks(frame, worked, today, APPLY_DAYS, VERIFY_DAYS)
    return timed.sort_values(["decided_on", "applied_on"], na_position="first", kind="stable", ignore_index=True)
