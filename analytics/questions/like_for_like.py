"""Are we really up on last year? The change by dates, by selling days and by the lunar calendar, side by side."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, elapsed
from data.company import Company
from data.scope import Comparison, Period, Scope, year_before
from data.words import N_

WAYS: tuple[Comparison, ...] = ("last_year", "selling_days", "lunar")
APART = 0.005  # half a point: ways that lie closer say the same [convention of this project]
NEAR_FESTIVAL = 60  # days on either side of Spring Festival in which it moves sales, as in Company.compared
assert set(WAYS) <= set(get_args(Comparison))


@question("sales.like_for_like")
def like_for_like(company: Company, scope: Scope) -> Answer:
    """Net sales against last year in three ways: the same dates, the same number of selling days, the same distance
    to Spring Festival.

    Frame `ways`: way (`last_year`, `selling_days`, `lunar`), start, end (of the compared period), selling_days,
    selling_days_compared, net_sales, compared, change, change_rate. A way that the calendar or the data do not reach is
    left out and a note says why. The lunar way moves the whole period: one that leaves the 60 days on either side of
    Spring Festival would be compared with weeks of another season. It is given there only when the scope compares so,
    and a note says within which days it is sound. Values: change_rate of each way
    as `<way>`, spread (largest less smallest), differ (more than half a point apart). Verdict `insufficient_evidence`
    when not even the plain way can be answered.
    """
    now = float(company.store.measure(scope, ("net_sales",)).iloc[0, 0])
    span = elapsed(scope.period, scope.as_of)
    rows: list[dict[str, object]] = []
    notes: tuple[Note, ...] = ()
    for way in WAYS:
        if way == "lunar" and not (near := _near_festival(company, span))["near"].all():
            if near["near"].any():
                festival = near.loc[near["near"], "spring_festival"].iloc[-1]
                reach = dt.timedelta(days=NEAR_FESTIVAL)
                notes += (Note(_TOO_LONG, {"first": (festival - reach).date(), "last": (festival + reach).date()}),)
            if scope.compare != "lunar":
                continue
        period, said = comparable(company, scope.but(compare=way))
        if period is not None and way != "last_year" and not _reached(company, way, span, period):
            period, said = None, (Note(_UNREACHED[way]),)
        notes += tuple(note for note in said if note not in notes)
        if period is not None:
            rows.append(_row(company, scope, way, span, period, now))
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    rates = frame["change_rate"].dropna()
    spread = float(rates.max() - rates.min()) if len(rates) else float("nan")
    values = dict(zip(frame["way"], frame["change_rate"], strict=True)) | {
        "net_sales": now, "spread": spread, "differ": bool(spread > APART)
    }  # fmt: skip
    return answer("sales.like_for_like", company, scope, {"ways": frame}, definitions=("net_sales",), values=values,
                  notes=notes, verdict="ok" if "last_year" in values else "insufficient_evidence")  # fmt: skip


_COLUMNS = ("way", "start", "end", "selling_days", "selling_days_compared", "net_sales", "compared", "change",
            "change_rate")  # fmt: skip
_UNREACHED = {
    "selling_days": N_("The calendar does not reach far enough for the same number of selling days."),
    "lunar": N_("The calendar does not reach the Spring Festival of the year before."),
}
_TOO_LONG = N_("By Spring Festival the year is moved: sound for periods between {first} and {last}.")


def _row(company: Company, scope: Scope, way: str, span: Period, period: Period, now: float) -> dict[str, object]:
    then = float(company.store.measure(scope, ("net_sales",), period=period).iloc[0, 0])
    return {
        "way": way, "start": period.start, "end": period.end, "selling_days": _selling_days(company, span),
        "selling_days_compared": _selling_days(company, period), "net_sales": now, "compared": then,
        "change": now - then, "change_rate": (now - then) / then if then > 0 else float("nan"),
    }  # fmt: skip


def _days(company: Company, period: Period) -> pd.DataFrame:
    days = company.store.calendar
    return days[days["date"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]


def _selling_days(company: Company, period: Period) -> int:
    return int(_days(company, period)["is_selling_day"].sum())


def _near_festival(company: Company, period: Period) -> pd.DataFrame:
    """The days of the period, with `near`: whether Spring Festival moves the sales of the day."""
    days = _days(company, period)
    return days.assign(near=days["days_to_spring_festival"].abs() <= NEAR_FESTIVAL)


def _reached(company: Company, way: str, span: Period, period: Period) -> bool:
    """The calendar knows both periods: where it does not, the comparison falls back to the plain dates."""
    if way == "lunar":  # lunar years never have the length of solar ones
        return period != year_before(span)
    covered = len(_days(company, period)) == period.days
    return covered and _selling_days(company, span) == _selling_days(company, period) > 0
