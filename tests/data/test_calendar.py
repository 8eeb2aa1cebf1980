"""The calendar against the State Council's notices for 2025 and 2026."""

from __future__ import annotations

import datetime as dt

import pytest

from data.calendar import calendar, spring_festivals
from data.settings import Settings


@pytest.fixture(scope="module")
def days():
    return calendar(dt.date(2024, 1, 1), dt.date(2027, 12, 31), Settings()).set_index("date")


def test_spring_festivals():
    assert spring_festivals(range(2023, 2028)) == [dt.date(2023, 1, 22), dt.date(2024, 2, 10), dt.date(2025, 1, 29),
                                                   dt.date(2026, 2, 17), dt.date(2027, 2, 6)]  # fmt: skip


@pytest.mark.parametrize("day", ["2026-02-14", "2026-02-28", "2025-01-26", "2025-02-08", "2025-09-28"])
def test_adjusted_workdays_are_selling_days_on_a_weekend(days, day):
    assert days.loc[day, "is_adjusted_workday"]
    assert days.loc[day, "is_selling_day"]
    assert dt.date.fromisoformat(day).weekday() >= 5


@pytest.mark.parametrize("day", ["2026-02-16", "2026-02-20", "2026-02-23", "2026-05-01", "2025-10-08", "2026-01-02"])
def test_holidays_are_no_selling_days(days, day):
    assert days.loc[day, "is_holiday"]
    assert not days.loc[day, "is_selling_day"]


def test_days_to_spring_festival_count_down_and_on(days):
    assert days.loc["2026-02-17", "days_to_spring_festival"] == 0
    assert days.loc["2026-01-18", "days_to_spring_festival"] == 30
    assert days.loc["2026-02-27", "days_to_spring_festival"] == -10
    assert (days["days_to_spring_festival"].abs() <= 200).all()


def test_a_year_without_a_notice_is_provisional(days):
    assert not days.loc["2026-12-31", "is_provisional"]
    assert days.loc["2027-01-01":"2027-12-31", "is_provisional"].all()


def test_selling_days_to_date_count_up(days):
    assert days["selling_days_to_date"].diff().dropna().eq(days["is_selling_day"].iloc[1:].astype(int)).all()


def test_fiscal_year_from_april():
    days = calendar(dt.date(2026, 3, 31), dt.date(2026, 4, 1), Settings(fiscal_year_start=4)).set_index("date")
    march, april = days.iloc[0], days.iloc[1]
    assert (march["fiscal_year"], march["fiscal_quarter"], march["fiscal_month"]) == (2026, 4, 12)
    assert (april["fiscal_year"], april["fiscal_quarter"], april["fiscal_month"]) == (2027, 1, 1)


def test_other_countries_and_unknown_ones():
    german = calendar(dt.date(2026, 10, 1), dt.date(2026, 10, 5), Settings(country="DE")).set_index("date")
    assert not german.loc["2026-10-02", "is_holiday"]
    assert not german["is_adjusted_workday"].any()
    nowhere = calendar(dt.date(2026, 10, 1), dt.date(2026, 10, 5), Settings(country="XX")).set_index("date")
    assert list(nowhere["is_selling_day"]) == [True, True, False, False, True]
