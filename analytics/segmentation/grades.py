"""Credit grades A to D: how a dealer pays, not how much it buys; and the clocks of a change of grade.

Each criterion costs 0 to 3 penalty points, one for each of its three cuts that the value exceeds; the grade follows
from their sum, unless money is so long overdue that nothing else counts. [A points scheme as credit departments keep
them; the cuts are conventions of this project, to be set by the company.]
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from analytics.frames import require

GRADES = ("A", "B", "C", "D")
Three = tuple[float, float, float]


@dataclass(frozen=True)
class Cuts:
    """What each penalty point takes: a value above the first cut costs 1, above the second 2, above the third 3.

    The first that cost most is named as binding, so the order is that of gravity.
    """

    longest_overdue: Three = (15.0, 30.0, 60.0)  # days past due of the oldest tenth of the open balance
    late_share: Three = (0.05, 0.15, 0.30)  # of the money due in the past year, what was open 30 days past due
    overdue_share: Three = (0.10, 0.25, 0.50)  # of the open balance
    days_late: Three = (5.0, 15.0, 30.0)  # average days past due of payments, weighted by amount
    utilisation: Three = (0.80, 1.00, 1.20)  # of the credit limit
    most_points: Three = (2.0, 5.0, 8.0)  # most points of an A, a B and a C
    hard_stop: float = 90.0  # more days of longest_overdue than this are a D, whatever the sum
    least_tenure: float = 90.0  # days as a dealer below which nobody is graded

    def __post_init__(self) -> None:
        """Raise ValueError for cuts that do not rise."""
        for name in (*CRITERIA, "most_points"):
            first, second, third = getattr(self, name)
            if not first < second < third:
                raise ValueError(f"cuts of {name}: {first}, {second}, {third} do not rise")


CRITERIA = tuple(field.name for field in fields(Cuts))[:5]
DEFAULT = Cuts()


def grade(features: pd.DataFrame, cuts: Cuts = DEFAULT) -> pd.DataFrame:
    """The credit grade of each dealer, in the order given.

    features: dealer_id, the CRITERIA (units as in Cuts), tenure_days, due (money due in the past year). A missing value
    costs nothing: nothing is overdue, there is no limit to use up. Nor does an unknown tenure make a dealer new.

    Columns: dealer_id, grade (A–D, "" = not graded), points (sum of the penalties, 0–15; NaN without a grade), binding
    (criterion that cost most; "" where none did), hard_stop (flag: the oldest debt alone makes it a D), reason of
    no grade (`new`: less than least_tenure days a dealer, `no_invoices`: no money came due or none of it is 30 days
    past due yet, so late_share is missing; else ""), and of each criterion `<criterion>_penalty` (0–3; NaN where the
    value is missing or there is no grade). The hard stop comes first: who owes so long has a D, new or not.
    Raises ValueError for missing columns.
    """
    require(features, ("dealer_id", *CRITERIA, "tenure_days", "due"), what="credit grades")
    values = {
        name: pd.to_numeric(features[name]).astype(float).to_numpy() for name in (*CRITERIA, "tenure_days", "due")
    }
    stop = values["longest_overdue"] > cuts.hard_stop
    new = values["tenure_days"] < cuts.least_tenure
    nothing = ~(values["due"] > 0) | np.isnan(values["late_share"])
    reason = np.where(stop, "", np.where(new, "new", np.where(nothing, "no_invoices", "")))
    graded = reason == ""
    penalties = np.column_stack([_penalty(values[name], getattr(cuts, name)) for name in CRITERIA])
    penalties[~graded] = np.nan
    points = np.nansum(penalties, axis=1)
    place = np.where(stop, 3, np.searchsorted(cuts.most_points, points))
    worst = np.nan_to_num(penalties).argmax(axis=1)
    result = pd.DataFrame({
        "dealer_id": features["dealer_id"].to_numpy(),
        "grade": np.where(graded, np.array(GRADES)[place], ""),
        "points": np.where(graded, points, np.nan),
        "binding": np.where(stop, "longest_overdue", np.where(points > 0, np.array(CRITERIA)[worst], "")),
        "hard_stop": stop,
        "reason": reason,
    })  # fmt: skip
    return result.assign(**{f"{name}_penalty": penalties[:, at] for at, name in enumerate(CRITERIA)})


def clocks(
    requests: pd.DataFrame,
    working_days: pd.DatetimeIndex | pd.Series | np.ndarray,
    today: pd.Timestamp,
    apply_days: int = 2,
    verify_days: int = 3,
) -> pd.DataFrame:
    """How requests to change a grade keep their time: made within `apply_days` working days of the day on which the
    reason became known, verified within `verify_days` working days of the request.

    requests: dealer_id, known_on, applied_on, decided_on (dates; NaT = not yet, and so is what comes after `today`).
    working_days: rising dates on which is worked; before the first and after the last, Monday to Friday are.

    The first day counts not, the last counts still as in time. Returns the requests with apply_by, verify_by (dates;
    NaT before there is a request), applied_late, decided_late (flags; where still open, whether today is past the last
    day), stage (`to_apply`, `to_verify`, `decided`), days_left (working days after today up to the last day of the
    running clock: 0 = today is the last; negative = overdue, where days off after the last day count with the next
    working day; NaN when decided). Raises ValueError for missing columns or clocks of less than a day.
    """
    require(requests, ("dealer_id", "known_on", "applied_on", "decided_on"), what="requests")
    if apply_days < 1 or verify_days < 1:
        raise ValueError("clocks: a clock runs for a day at least")
    now = pd.Timestamp(today).normalize().to_datetime64().astype("datetime64[D]")
    known, applied, decided = (_dates(requests[name]) for name in ("known_on", "applied_on", "decided_on"))
    applied[applied > now], decided[decided > now] = np.datetime64("NaT"), np.datetime64("NaT")
    dates = np.concatenate([known, applied, decided, [now]])
    worked = _worked(_dates(working_days), dates[~np.isnat(dates)], max(apply_days, verify_days))
    open_, waiting = np.isnat(decided), np.isnat(decided) & np.isnat(applied)
    apply_by, verify_by = _after(known, apply_days, worked), _after(applied, verify_days, worked)
    was_applied = np.where(np.isnat(applied), np.where(open_, now, decided), applied)  # decided: asked for by then
    until = np.where(waiting, apply_by, verify_by)
    left = np.searchsorted(worked, until, side="right") - np.searchsorted(worked, now, side="right")
    left = np.where(now > until, np.minimum(left, -1), left).astype(float)
    return requests.assign(
        apply_by=apply_by.astype("datetime64[ns]"),
        verify_by=verify_by.astype("datetime64[ns]"),
        applied_late=was_applied > apply_by,
        decided_late=np.where(open_, now, decided) > verify_by,
        stage=np.where(waiting, "to_apply", np.where(open_, "to_verify", "decided")),
        days_left=np.where(open_ & ~np.isnat(until), left, np.nan),
    )


def _penalty(values: np.ndarray, cuts: Three) -> np.ndarray:
    """Number of cuts that a value exceeds; NaN stays."""
    return np.where(np.isnan(values), np.nan, np.searchsorted(cuts, values).astype(float))


def _dates(values: pd.DatetimeIndex | pd.Series | np.ndarray) -> np.ndarray:
    return pd.DatetimeIndex(pd.to_datetime(values)).to_numpy().astype("datetime64[D]")


def _worked(known: np.ndarray, dates: np.ndarray, longest: int) -> np.ndarray:
    """The working days from before all dates until well after them: those that are known, Monday to Friday beyond."""
    known = np.unique(known)
    margin = np.timedelta64(7 * (longest // 5 + 2), "D")
    span = np.concatenate([known, dates])
    days = np.arange(span.min() - margin, span.max() + margin)
    weekday = np.is_busday(days)
    if len(known):
        weekday &= (days < known[0]) | (days > known[-1])
    return np.union1d(days[weekday], known)


def _after(dates: np.ndarray, count: int, worked: np.ndarray) -> np.ndarray:
    """The `count`-th working day after each date; NaT stays."""
    found = np.full(len(dates), np.datetime64("NaT"), dtype="datetime64[D]")
    there = ~np.isnat(dates)
    found[there] = worked[np.searchsorted(worked, dates[there], side="right") + count - 1]
    return found
