"""The calendar table: selling days, holidays and adjusted workdays, Spring Festival, fiscal periods.

Holidays come from the `holidays` package. China moves weekend workdays ("adjusted workdays") around its long
holidays by a decree issued late in the year before; until then a year is provisional.
"""

from __future__ import annotations

import datetime as dt

import holidays
import pandas as pd

from data.settings import Settings

_SPRING_FESTIVAL = "Chinese New Year (Spring Festival)"


def spring_festivals(years: range) -> list[dt.date]:
    """First day of the Chinese lunar year, one a calendar year."""
    calendar = holidays.country_holidays("CN", years=years, language="en_US")
    first: dict[int, dt.date] = {}
    for day in sorted(calendar):
        if calendar[day].startswith(_SPRING_FESTIVAL):
            first.setdefault(day.year, day)
    return [first[year] for year in years if year in first]


def _nearest(days: pd.Series, events: list[dt.date]) -> pd.DataFrame:
    """Nearest event to each day: columns `event`, `days_to` (negative after it)."""
    table = pd.DataFrame({"event": pd.to_datetime(pd.Series(events)).astype(days.dtype)})
    merged = pd.merge_asof(days.rename("date").to_frame(), table, left_on="date", right_on="event",
                           direction="nearest")  # fmt: skip
    merged["days_to"] = (merged["event"] - merged["date"]).dt.days
    return merged[["event", "days_to"]]


def calendar(start: dt.date, end: dt.date, settings: Settings) -> pd.DataFrame:
    """One row a day from start to end, columns as `dim_date` in the schema."""
    days = pd.Series(pd.date_range(start, end, freq="D").astype("datetime64[us]"))
    years = range(start.year, end.year + 1)
    try:
        public = holidays.country_holidays(settings.country, years=years, language="en_US")
    except (NotImplementedError, KeyError):
        public = holidays.HolidayBase(years=years)  # an unknown country: weekends only
    except AttributeError:  # the country has no English names
        public = holidays.country_holidays(settings.country, years=years)
    adjusted: set[dt.date] = set(getattr(public, "weekend_workdays", ()) or ())
    named = {pd.Timestamp(day): name for day, name in public.items()}
    frame = pd.DataFrame({"date": days})
    frame["year"], frame["quarter"], frame["month"] = days.dt.year, days.dt.quarter, days.dt.month
    frame["month_start"] = days.dt.to_period("M").dt.start_time
    frame["week_start"] = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    offset = settings.fiscal_year_start - 1
    frame["fiscal_month"] = (days.dt.month - 1 - offset) % 12 + 1
    frame["fiscal_quarter"] = (frame["fiscal_month"] - 1) // 3 + 1
    frame["fiscal_year"] = days.dt.year + ((days.dt.month - 1) >= offset).astype(int) * (offset > 0)
    frame["holiday_name"] = days.map(named).astype(object).where(days.isin(list(named)), None)
    frame["is_holiday"] = days.isin(list(named))
    frame["is_adjusted_workday"] = days.isin([pd.Timestamp(day) for day in adjusted])
    working = days.dt.day_of_week.isin(settings.selling_weekdays) & ~frame["is_holiday"]
    frame["is_selling_day"] = working | frame["is_adjusted_workday"]
    frame["selling_days_to_date"] = frame["is_selling_day"].cumsum()
    festival = _nearest(days, spring_festivals(range(max(start.year - 1, 1950), end.year + 2)))
    frame["spring_festival"], frame["days_to_spring_festival"] = festival["event"], festival["days_to"]
    announced = {day.year for day in adjusted}
    frame["is_provisional"] = (days.dt.year > max(announced)) if announced else False
    return frame
