"""Grades follow from penalties in sight; the clocks of a change agree with counting day by day."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.segmentation.grades import CRITERIA, DEFAULT, Cuts, clocks, grade

NAN = float("nan")
GOOD = {"dealer_id": "D1", "late_share": 0.0, "days_late": 0.0, "overdue_share": 0.0, "longest_overdue": 0.0,
        "utilisation": 0.5, "tenure_days": 400.0, "due": 1e5}  # fmt: skip


def graded(cuts: Cuts = DEFAULT, **values: float) -> pd.Series:
    return grade(pd.DataFrame([GOOD | values]), cuts).iloc[0]


@pytest.mark.parametrize(
    ("values", "points", "letter", "binding"),
    [
        ({}, 0, "A", ""),
        ({"late_share": 0.05}, 0, "A", ""),  # at a cut costs nothing yet
        ({"late_share": 0.06}, 1, "A", "late_share"),
        ({"late_share": 0.16}, 2, "A", "late_share"),
        ({"late_share": 0.31}, 3, "B", "late_share"),
        ({"utilisation": 1.1}, 2, "A", "utilisation"),
        ({"late_share": 0.2, "days_late": 40, "overdue_share": 0}, 5, "B", "days_late"),  # 2 + 3
        ({"late_share": 0.2, "days_late": 20, "overdue_share": 0.3}, 6, "C", "late_share"),  # 2 each: the graver first
        ({"late_share": 0.4, "days_late": 20, "overdue_share": 0.6}, 8, "C", "late_share"),  # 3 + 2 + 3
        ({"late_share": 0.4, "days_late": 40, "overdue_share": 0.6}, 9, "D", "late_share"),
        ({"longest_overdue": 90}, 3, "B", "longest_overdue"),
        ({"longest_overdue": 91}, 3, "D", "longest_overdue"),
        ({"longest_overdue": 91, "late_share": 1.0}, 6, "D", "longest_overdue"),
    ],
)
def test_grades_worked_by_hand(values: dict[str, float], points: float, letter: str, binding: str) -> None:
    row = graded(**values)
    assert (row["points"], row["grade"], row["binding"]) == (points, letter, binding)
    assert row["hard_stop"] == (values.get("longest_overdue", 0) > 90)
    assert sum(row[f"{name}_penalty"] for name in CRITERIA) == points


def test_no_limit_and_nothing_open_cost_nothing() -> None:
    row = graded(utilisation=NAN, overdue_share=NAN, longest_overdue=NAN, days_late=NAN, late_share=0.06)
    assert (row["grade"], row["points"], row["binding"]) == ("A", 1, "late_share")
    assert math.isnan(row["utilisation_penalty"])


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"tenure_days": 89}, "new"),
        ({"tenure_days": 90}, ""),
        ({"tenure_days": NAN}, ""),
        ({"due": 0}, "no_invoices"),
        ({"due": NAN}, "no_invoices"),
        ({"late_share": NAN}, "no_invoices"),
        ({"tenure_days": 10, "due": 0}, "new"),
        ({"tenure_days": 10, "longest_overdue": 91}, ""),
        ({"due": 0, "late_share": NAN, "longest_overdue": 400}, ""),  # an old debt of one that buys no more
    ],
)
def test_who_is_not_graded(values: dict[str, float], reason: str) -> None:
    row = graded(**{"days_late": 20.0} | values)
    assert row["reason"] == reason
    assert row["grade"] == ("" if reason else "D" if values.get("longest_overdue", 0) > 90 else "A")
    assert math.isnan(row["points"]) == bool(reason)
    assert math.isnan(row["days_late_penalty"]) == bool(reason)
    if reason:
        assert (row["binding"], row["hard_stop"]) == ("", False)


def test_size_is_no_criterion() -> None:
    assert graded(due=1.0, late_share=0.2)["grade"] == graded(due=1e12, late_share=0.2)["grade"]


def test_cuts_of_the_company() -> None:
    strict = Cuts(late_share=(0.0, 0.01, 0.02), most_points=(0, 1, 2), hard_stop=30, least_tenure=0)
    assert graded(strict, late_share=0.05)["grade"] == "D"
    assert graded(strict, late_share=0.005)["grade"] == "B"
    assert graded(strict, longest_overdue=31, tenure_days=0)["hard_stop"]
    with pytest.raises(ValueError, match="days_late"):
        Cuts(days_late=(5, 5, 10))
    with pytest.raises(ValueError, match="utilisation"):
        grade(pd.DataFrame([GOOD]).drop(columns="utilisation"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({name: st.one_of(st.just(NAN), st.floats(0, 120)) for name in CRITERIA}), min_size=1
    ),
    st.sampled_from(CRITERIA),
    st.floats(0, 50),
)
def test_the_sum_by_brute_force_and_worse_is_never_better(rows: list[dict[str, float]], worse: str, by: float) -> None:
    frame = pd.DataFrame([GOOD | row for row in rows]).fillna({"late_share": 0.0})
    found = grade(frame)
    for (_, values), (_, row) in zip(frame.iterrows(), found.iterrows(), strict=True):
        costs = {name: sum(values[name] > cut for cut in getattr(DEFAULT, name)) for name in CRITERIA}
        total = sum(costs.values())
        assert row["points"] == total
        letter = "A" if total <= 2 else "B" if total <= 5 else "C" if total <= 8 else "D"
        assert row["grade"] == ("D" if values["longest_overdue"] > 90 else letter)
        assert not row["binding"] or row["hard_stop"] or costs[row["binding"]] == max(costs.values()) > 0
    after = grade(frame.assign(**{worse: frame[worse].fillna(0) + by}))
    assert (after["grade"] >= found["grade"]).all()


# Clocks. June 2026: the 19th (Friday) is a holiday, Sunday the 28th is worked in exchange; the calendar ends with June.

JUNE = [day for day in pd.date_range("2026-06-01", "2026-06-30") if day.day_of_week < 5 and day.day != 19]
WORKED = pd.DatetimeIndex(sorted([*JUNE, pd.Timestamp("2026-06-28")]))


def clocked(today: str, known: str, applied: str | None = None, decided: str | None = None, **given: int) -> pd.Series:
    frame = pd.DataFrame({"dealer_id": ["D1"], "known_on": [known], "applied_on": [applied], "decided_on": [decided]})
    return clocks(frame, WORKED, pd.Timestamp(today), **given).iloc[0]


@pytest.mark.parametrize(
    ("today", "known", "applied", "decided", "expected"),
    [  # stage, apply_by, verify_by, applied_late, decided_late, days_left
        ("2026-06-17", "2026-06-17", None, None, ("to_apply", "2026-06-22", None, False, False, 2)),
        ("2026-06-22", "2026-06-17", None, None, ("to_apply", "2026-06-22", None, False, False, 0)),
        ("2026-06-23", "2026-06-17", None, None, ("to_apply", "2026-06-22", None, True, False, -1)),
        ("2026-06-25", "2026-06-17", None, None, ("to_apply", "2026-06-22", None, True, False, -3)),
        ("2026-06-22", "2026-06-17", "2026-06-22", None, ("to_verify", "2026-06-22", "2026-06-25", False, False, 3)),
        ("2026-06-22", "2026-06-17", "2026-06-23", None, ("to_apply", "2026-06-22", None, False, False, 0)),
        ("2026-06-30", "2026-06-17", "2026-06-23", "2026-06-26", ("decided", "2026-06-22", "2026-06-26", True, False,
                                                                   NAN)),
        ("2026-06-30", "2026-06-17", "2026-06-22", "2026-06-26", ("decided", "2026-06-22", "2026-06-25", False, True,
                                                                   NAN)),
        ("2026-06-27", "2026-06-24", None, None, ("to_apply", "2026-06-26", None, True, False, -1)),  # a day off
        ("2026-06-28", "2026-06-24", None, None, ("to_apply", "2026-06-26", None, True, False, -1)),  # a Sunday worked
        ("2026-06-29", "2026-06-24", None, None, ("to_apply", "2026-06-26", None, True, False, -2)),
        ("2026-06-26", "2026-06-26", None, None, ("to_apply", "2026-06-29", None, False, False, 2)),
        ("2026-07-01", "2026-06-29", "2026-06-30", None, ("to_verify", "2026-07-01", "2026-07-03", False, False, 2)),
        ("2026-07-05", "2026-07-04", None, None, ("to_apply", "2026-07-07", None, False, False, 2)),
        ("2026-06-30", "2026-06-17", None, "2026-06-22", ("decided", "2026-06-22", None, False, False, NAN)),
        ("2026-06-30", "2026-06-17", None, "2026-06-23", ("decided", "2026-06-22", None, True, False, NAN)),
    ],
)  # fmt: skip
def test_clocks_worked_by_hand(today: str, known: str, applied: str | None, decided: str | None,
                               expected: tuple[Any, ...]) -> None:  # fmt: skip
    row = clocked(today, known, applied, decided)
    days = [None if pd.isna(row[name]) else str(row[name].date()) for name in ("apply_by", "verify_by")]
    got = (row["stage"], *days, row["applied_late"], row["decided_late"])
    assert got == expected[:-1]
    assert row["days_left"] == pytest.approx(expected[-1], nan_ok=True)


def _next(day: dt.date, count: int, worked: set[dt.date]) -> dt.date:
    while count:
        day += dt.timedelta(days=1)
        count -= day in worked
    return day


day = st.dates(dt.date(2026, 2, 1), dt.date(2026, 4, 30))


@settings(max_examples=150, deadline=None)
@given(
    st.sets(st.dates(dt.date(2026, 3, 1), dt.date(2026, 3, 31)), max_size=31),
    st.lists(st.tuples(day, st.one_of(st.none(), day), st.one_of(st.none(), day)), min_size=1, max_size=8),
    day, st.integers(1, 7), st.integers(1, 7),
)  # fmt: skip
def test_clocks_day_by_day(known: set[dt.date], rows: list[tuple[Any, ...]], today: dt.date, apply_days: int,
                           verify_days: int) -> None:  # fmt: skip
    first, last = (min(known), max(known)) if known else (dt.date.max, dt.date.max)
    every = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(200)]
    worked = {d for d in every if (d in known if known and first <= d <= last else d.weekday() < 5)}
    frame = pd.DataFrame([("D", *row) for row in rows], columns=["dealer_id", "known_on", "applied_on", "decided_on"])
    found = clocks(frame, pd.DatetimeIndex(sorted(known)), pd.Timestamp(today), apply_days, verify_days)
    for (known_on, applied, decided), row in zip(rows, found.itertuples(), strict=True):
        applied, decided = (None if d is None or d > today else d for d in (applied, decided))
        apply_by = _next(known_on, apply_days, worked)
        verify_by = _next(applied, verify_days, worked) if applied else None
        assert row.apply_by.date() == apply_by
        assert (None if pd.isna(row.verify_by) else row.verify_by.date()) == verify_by
        assert row.applied_late == ((applied or decided or today) > apply_by)
        assert row.decided_late == (verify_by is not None and (decided or today) > verify_by)
        if decided:
            assert row.stage == "decided"
            assert math.isnan(row.days_left)
            continue
        assert row.stage == ("to_verify" if applied else "to_apply")
        by = verify_by or apply_by
        if today <= by:
            assert row.days_left == sum(today < d <= by for d in worked)
        else:
            assert row.days_left == -max(1, sum(by < d <= today for d in worked))
        assert (row.days_left < 0) == (row.decided_late if applied else row.applied_late)


def test_the_lengths_of_the_clocks_are_settings() -> None:
    row = clocked("2026-06-01", "2026-06-01", "2026-06-01", apply_days=1, verify_days=30)
    assert str(row["apply_by"].date()) == "2026-06-02"
    assert str(row["verify_by"].date()) == "2026-07-13"  # 21 in June, 9 in July
    with pytest.raises(ValueError, match="a day at least"):
        clocked("2026-06-01", "2026-06-01", apply_days=0)


def test_no_requests_and_unknown_days() -> None:
    frame = pd.DataFrame({"dealer_id": ["D1"], "known_on": [pd.NaT], "applied_on": [pd.NaT], "decided_on": [pd.NaT]})
    empty = clocks(frame.head(0), WORKED, pd.Timestamp("2026-06-30"))
    assert len(empty) == 0
    assert {"apply_by", "verify_by", "applied_late", "decided_late", "stage", "days_left"} <= set(empty.columns)
    row = clocks(frame, np.array([], dtype="datetime64[D]"), pd.Timestamp("2026-06-30")).iloc[0]
    assert (row["stage"], row["applied_late"]) == ("to_apply", False)
    assert pd.isna(row["apply_by"])
    assert pd.isna(row["days_left"])
    with pytest.raises(ValueError, match="known_on"):
        clocks(frame.drop(columns="known_on"), WORKED, pd.Timestamp("2026-06-30"))
