"""What the next weeks bring: the months of the forecast told by the days that are in them."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.forecasting.weeks import FEWEST_MONTHS, weeks
from analytics.questions import forecast_read as reading
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.forecast_nodes import FESTIVAL_COUNTRIES
from data.company import Company
from data.scope import Period, Scope
from data.words import N_

COUNT = 13
SHOWN = 26  # past weeks in the chart
BANDS = ("lo-80", "hi-80", "lo-95", "hi-95")
NEAR = 4  # weeks on either side of Spring Festival whose selling days are weighed by themselves
_COLUMNS = ["ds", "end", "mean", *BANDS, "to_date", "last_year"]
_CHART = ["start", "end", "actual", "mean", *BANDS, "last_year", "running"]


@question("forecast.weeks", reads=reading.READS)
def forecast_weeks(company: Company, scope: Scope) -> Answer:
    """Net sales expected in each of the next 13 weeks, with bands.

    The months of forecast.outlook spread over their days by what each kind of day (weekday, holiday, adjusted workday)
    brought in the last two years; weeks of a month add up to it. The band joins that of the months with how far past
    weeks strayed from such weights.
    Frame `forecast`: ds (Monday), end, mean, lo-80, hi-80, lo-95, hi-95, to_date (booked of the week), last_year (the
    week 52 weeks before). Frame `chart`: the last 26 weeks and those ahead, columns as in forecast.outlook.
    Values: four_weeks (start, end, mean and last_year of the first four whole weeks). Cannot tell as forecast.outlook,
    and without six whole months.
    """
    found, notes = reading.read(company, scope)
    empty = {"forecast": pd.DataFrame(columns=_COLUMNS), "chart": pd.DataFrame(columns=_CHART)}
    if found is None:
        return answer("forecast.weeks", company, scope, empty, definitions=("forecast",), notes=notes,
                      verdict="insufficient_evidence")  # fmt: skip
    store, span = company.store, company.store.sales_span
    daily = store.query("daily_sales", scope.but(period=Period(span.start, scope.as_of)))
    daily = daily.rename(columns={"net_sales": "y"})
    daily = pd.concat([daily, pd.DataFrame({"day": [pd.Timestamp(scope.as_of)], "y": [0.0]})])
    try:
        rows = weeks(daily, _kinds(company), [pd.Timestamp(month) for month in found.months], found.whole.paths,
                     count=COUNT)  # fmt: skip
    except ValueError:
        note = Note(N_("Weeks are told from {n} whole months on."), {"n": FEWEST_MONTHS})
        return answer("forecast.weeks", company, scope, empty, definitions=("forecast",), notes=(*notes, note),
                      verdict="insufficient_evidence")  # fmt: skip
    by_day = daily.groupby(pd.to_datetime(daily["day"]))["y"].sum()
    by_week = by_day.groupby(by_day.index.to_period("W").start_time).sum()
    rows["last_year"] = [_known(by_week, week - pd.Timedelta(weeks=52), span.start) for week in rows["week"]]
    forecast = rows.rename(columns={"week": "ds"})[_COLUMNS]
    frames = {"forecast": forecast, "chart": _chart(forecast, by_week, span.start)}
    whole = forecast[forecast["to_date"] == 0].head(4)
    values = {"four_weeks": {"start": whole["ds"].iloc[0].date(), "end": whole["end"].iloc[-1].date(),
                             "mean": float(whole["mean"].sum()),
                             "last_year": float(whole["last_year"].sum(min_count=4))}}  # fmt: skip
    return answer("forecast.weeks", company, scope, frames, definitions=("forecast",), values=values, notes=notes)


def _kinds(company: Company) -> pd.DataFrame:
    """Every day of the calendar and what is weighed together: weekdays, rest days, holidays, adjusted workdays, and in
    the weeks around Spring Festival each week by itself."""
    calendar = company.store.calendar
    kind = calendar["date"].dt.day_of_week.astype(str).where(calendar["is_selling_day"], "rest")
    kind = kind.mask(calendar["is_holiday"], "holiday").mask(calendar["is_adjusted_workday"], "adjusted")
    if company.settings.country in FESTIVAL_COUNTRIES:
        off = (calendar["days_to_spring_festival"] // 7).astype(int)
        near = off.between(-NEAR, NEAR - 1)
        kind = kind.mask(near & calendar["is_selling_day"], "festival" + off.astype(str))
        unusual = near | calendar["is_holiday"]
    else:
        unusual = calendar["is_holiday"]
    return pd.DataFrame({"day": calendar["date"], "kind": kind, "unusual": unusual})


def _known(by_week: pd.Series, week: pd.Timestamp, first: dt.date) -> float:
    return float(by_week.get(week, 0.0)) if week >= pd.Timestamp(first) else float("nan")


def _chart(forecast: pd.DataFrame, by_week: pd.Series, first: dt.date) -> pd.DataFrame:
    start = forecast["ds"].iloc[0]
    past = [start - pd.Timedelta(weeks=back) for back in range(SHOWN, 0, -1)]
    past = [week for week in past if week >= pd.Timestamp(first)]
    before = pd.DataFrame([
        {"start": week.date(), "end": (week + pd.Timedelta(days=6)).date(), "actual": float(by_week.get(week, 0.0)),
         "last_year": _known(by_week, week - pd.Timedelta(weeks=52), first), "running": False} for week in past
    ], columns=_CHART)  # fmt: skip
    ahead = forecast.rename(columns={"ds": "start"}).assign(actual=float("nan"), running=False)
    running = ahead["to_date"] > 0
    ahead.loc[running, "actual"], ahead.loc[running, "running"] = ahead.loc[running, "to_date"], True
    ahead["start"], ahead["end"] = ahead["start"].dt.date, ahead["end"].dt.date
    frame = pd.concat([before, ahead[_CHART]], ignore_index=True)
    return frame.astype(dict.fromkeys(("actual", "mean", *BANDS, "last_year"), "float64"))
