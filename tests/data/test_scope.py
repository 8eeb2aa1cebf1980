"""Periods, comparisons and scopes as text."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.scope import Period, ScopeError, add_months, parse_period, period_before, year_before

AS_OF = dt.date(2026, 6, 17)
DEFAULT = Period(dt.date(2026, 1, 1), dt.date(2026, 5, 31))


def read(text, fiscal_start=1):
    return parse_period(text, as_of=AS_OF, first=dt.date(2023, 7, 3), last=AS_OF, default=DEFAULT,
                        fiscal_start=fiscal_start)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-06", "2026-06-01", "2026-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026q4", "2026-10-01", "2026-12-31"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-01-01..2026-06-30", "2026-01-01", "2026-06-30"),
        ("2025-11 .. 2026-02", "2025-11-01", "2026-02-28"),
        ("2026-03-05", "2026-03-05", "2026-03-05"),
        ("all", "2023-07-03", "2026-06-17"),
        ("ytd", "2026-01-01", "2026-06-17"),
        ("qtd", "2026-04-01", "2026-06-17"),
        ("mtd", "2026-06-01", "2026-06-17"),
        ("latest", "2026-01-01", "2026-05-31"),
    ],
)
def test_periods_that_people_write(text, start, end):
    assert read(text) == Period(dt.date.fromisoformat(start), dt.date.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("FY2026", "2025-04-01", "2026-03-31"),  # named by the year it ends in
        ("FY2026-Q1", "2025-04-01", "2025-06-30"),
        ("FY2026-Q4", "2026-01-01", "2026-03-31"),
        ("ytd", "2026-04-01", "2026-06-17"),
        ("qtd", "2026-04-01", "2026-06-17"),
        ("2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_fiscal_years_that_start_in_april(text, start, end):
    assert read(text, fiscal_start=4) == Period(dt.date.fromisoformat(start), dt.date.fromisoformat(end))


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "2026-H3", "yesterday", "2026-02-30", "2026-06-30..2026-01-01",
                                  "..", "2026-01..", "26-1", "0001", "0206-06"])  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(text):
    with pytest.raises(ScopeError, match=r"^period: "):
        read(text)


dates = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))


@given(start=dates, days=st.integers(0, 1500))
def test_a_period_survives_its_own_text(start, days):
    period = Period(start, start + dt.timedelta(days))
    assert read(str(period)) == period


@given(start=dates, days=st.integers(0, 800))
def test_compared_periods_keep_months_whole_and_touch_what_they_should(start, days):
    period = Period(start, start + dt.timedelta(days))
    before, last = period_before(period), year_before(period)
    assert before.end + dt.timedelta(1) == period.start
    assert before.whole_months == period.whole_months
    if period.whole_months is None:
        assert before.days == period.days
    else:
        assert last.whole_months == period.whole_months
    assert last.start == add_months(period.start, -12)


def test_the_29th_of_february_has_a_last_year():
    leap = Period(dt.date(2024, 2, 29), dt.date(2024, 2, 29))
    assert year_before(leap) == Period(dt.date(2023, 2, 28), dt.date(2023, 2, 28))
    assert year_before(Period(dt.date(2025, 2, 1), dt.date(2025, 2, 28))).end == dt.date(2024, 2, 29)


# ------------------------------------------------------------------ the company's scopes


def test_the_default_is_the_latest_full_picture(company):
    assert company.scope().period == Period(dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    assert company.scope().as_of == dt.date(2026, 6, 30)
    earlier = company.scope({"as_of": "2026-05-20"})
    assert earlier.period == Period(dt.date(2026, 1, 1), dt.date(2026, 4, 30))


def test_nothing_after_the_as_of_day_counts(company):
    june, may = company.scope({"period": "2026", "as_of": "2026-05-31"}), company.scope({"period": "2026-01..2026-05"})
    ids = ("net_sales", "orders", "visits", "receivables")
    assert company.store.measure(june, ids[:3]).equals(company.store.measure(may, ids[:3]))


def test_a_scope_survives_its_keys(company):
    scope = company.scope({"period": "2026-Q2", "region": "华南,East", "compare": "lunar", "as_of": "2026-05-31"})
    assert scope.region == ("South", "East")
    assert company.scope(scope.to_keys()) == scope
    assert "entitlement" not in scope.to_keys()


@pytest.mark.parametrize(
    ("keys", "says"),
    [({"regoin": "South"}, "regoin: no such scope key"), ({"compare": "tomorrow"}, "compare: 'tomorrow' is not one of"),
     ({"as_of": "30/6"}, "as_of: cannot read"), ({"as_of": "9999-12-31"}, "as_of: cannot read"),
     ({"period": "9999-12"}, "period: cannot read"), ({"period": "9999"}, "period: cannot read"),
     ({"period": "2026-01-01..9999-12-31"}, "period: cannot read"), ({"period": "1899"}, "period: cannot read"),
     ({"dealer": "nobody"}, "dealer: there is no dealer 'nobody'")],
)  # fmt: skip
def test_keys_that_cannot_be_read_are_named(company, keys, says):
    with pytest.raises(ScopeError, match=re.escape(says)):
        company.scope(keys)


def test_same_selling_days_of_last_year(company):
    scope = company.scope({"period": "2026-05", "compare": "selling_days"})
    days = company.store.calendar.set_index("date")["is_selling_day"]
    compared = company.compared(scope)
    assert compared.start == dt.date(2025, 5, 1)
    assert days[str(compared.start) : str(compared.end)].sum() == days["2026-05-01":"2026-05-31"].sum()


def test_lunar_comparison_lies_equally_far_from_spring_festival(company):
    # Spring Festival: 29 January 2025, 17 February 2026
    compared = company.compared(company.scope({"period": "2026-02", "compare": "lunar"}))
    assert dt.date(2026, 2, 17) - dt.date(2026, 2, 1) == dt.date(2025, 1, 29) - compared.start
    assert compared.days == 28
    summer = company.compared(company.scope({"period": "2025-08", "compare": "lunar"}))
    assert summer == Period(dt.date(2024, 8, 1), dt.date(2024, 8, 31))


def test_comparing_with_the_target_alone_has_no_period(company):
    assert company.compared(company.scope({"compare": "target"})) is None
