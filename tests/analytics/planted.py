"""A company whose sales follow a law that is known: four regions, twelve dealers, two categories, 48 months.

Each dealer's day is worth level × growth × season × festival × noise; what is expected of any month to come is the sum
of the same without noise. Plain enough to be recovered, crossed enough that every level differs.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.refresh import refresh
from data.calendar import calendar, spring_festivals
from data.company import Company
from data.settings import Settings
from data.warehouse import Warehouse

START, END = dt.date(2022, 7, 1), dt.date(2026, 6, 30)
MID = dt.date(2026, 6, 17)
GROWTH = {"N": 0.10, "S": -0.05}  # a year, by top region
NOISE = 0.04  # of a dealer's month in a category
CATEGORIES = {"beer": (0.30, 0.0), "gifts": (0.05, 1.0)}  # amplitude of the yearly wave, weight of the festival
STOPPED, STOPPED_ON = "D12", dt.date(2025, 3, 1)  # no sale in the last year
NEWCOMER, CAME_ON = "D11", dt.date(2026, 1, 1)  # six months: too short to be studied
FRESH = "D13"  # its first sale falls in the month that is running (in the company that ends within one)
DEALERS = tuple(f"D{number:02d}" for number in range(1, 14))
REGIONS = ("N1", "N2", "S1", "S2")


def region_of(dealer: str) -> str:
    return REGIONS[(int(dealer[1:]) - 1) // 3] if dealer != FRESH else "S2"


def channel_of(dealer: str) -> str:
    return ("KA", "TR")[int(dealer[1:]) % 2]


def owner_of(dealer: str) -> str:
    return ("E1", "E2", "E3")[int(dealer[1:]) % 3]


def level_of(dealer: str, category: str) -> float:
    """Net sales of an ordinary month at the start. Who comes or goes is small, so that no sum has a step."""
    size = 0.2 if dealer in (NEWCOMER, STOPPED, FRESH) else 1 + int(dealer[1:]) / 6
    return 20_000.0 * size * (1.0 if category == "beer" else 0.6)


def worth(days: pd.Series) -> pd.DataFrame:
    """What each day is worth in each category, in parts of an ordinary month of 21 days, without growth."""
    festivals = pd.DatetimeIndex(spring_festivals(range(2022, 2029)))
    distance = np.array([min(((day - f).days for f in festivals), key=abs) for day in days])
    year = days.dt.day_of_year.to_numpy() / 365.25
    lunar = np.where((distance >= -28) & (distance < -3), 0.6, np.where((distance >= -3) & (distance < 15), -0.8, 0.0))
    return pd.DataFrame({
        name: (1 + amplitude * np.cos(2 * np.pi * (year - 0.6))) * (1 + weight * lunar) / 21
        for name, (amplitude, weight) in CATEGORIES.items()
    }).set_axis(pd.DatetimeIndex(days))  # fmt: skip


def expected(until: dt.date) -> pd.DataFrame:
    """dealer_id, category, day, amount: what the law says of each selling day."""
    days = calendar(START, until, Settings())
    worked = days.loc[days["is_selling_day"], "date"].reset_index(drop=True)
    value = worth(worked)
    years = (worked - pd.Timestamp(START)).dt.days.to_numpy() / 365.25
    parts = []
    for dealer in DEALERS:
        first = {NEWCOMER: CAME_ON, FRESH: MID.replace(day=1)}.get(dealer, START)
        last = STOPPED_ON if dealer == STOPPED else dt.date(2100, 1, 1)
        sells = ((worked >= pd.Timestamp(first)) & (worked < pd.Timestamp(last))).to_numpy()
        for category in CATEGORIES:
            amount = level_of(dealer, category) * (1 + GROWTH[region_of(dealer)[0]]) ** years
            rows = pd.DataFrame({"day": worked, "amount": amount * value[category].to_numpy()})[sells]
            parts.append(rows.assign(dealer_id=dealer, category=category))
    return pd.concat(parts, ignore_index=True)


def sales(until: dt.date) -> pd.DataFrame:
    """The law with noise, to the cent. Months before `until` do not depend on it."""
    frame = expected(END)
    if until == END:  # the newest dealer is part of the company that ends within a month only
        frame = frame[frame["dealer_id"] != FRESH]
    month = frame["day"].dt.to_period("M")
    for (dealer, category), rows in frame.groupby(["dealer_id", "category"]):
        rng = np.random.default_rng([int(dealer[1:]), len(category)])
        luck = pd.Series(
            np.exp(NOISE * rng.standard_normal(60)), index=pd.period_range("2022-07", periods=60, freq="M")
        )
        frame.loc[rows.index, "amount"] *= luck[month[rows.index]].to_numpy()
    frame["amount"] = frame["amount"].round(2)
    return frame[frame["day"] <= pd.Timestamp(until)].reset_index(drop=True)


def targets() -> pd.DataFrame:
    """Monthly targets of 2024 to 2026 by region of the second level: 3 % above the law of old dealers."""
    frame = expected(dt.date(2026, 12, 31))
    frame = frame[~frame["dealer_id"].isin([FRESH, NEWCOMER, STOPPED]) & (frame["day"] >= "2024-01-01")]
    start, region = frame["day"].dt.to_period("M").dt.start_time.dt.date, frame["dealer_id"].map(region_of)
    sums = frame.groupby([start.rename("period_start"), region.rename("region_id")])["amount"].sum()
    return (sums * 1.03).round(2).rename("target_value").reset_index()


def insert(build, table: str, frame: pd.DataFrame) -> None:
    build.connection.register("rows", frame)
    names = ", ".join(frame.columns)
    build.connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM rows")
    build.connection.unregister("rows")


def publish(home: Path, tables: dict[str, pd.DataFrame], today: dt.date) -> Company:
    """A published and refreshed company with exactly these rows, under the settings of that home."""
    with Warehouse(home, Settings.load(home)).build("import") as build:
        for name, frame in tables.items():
            insert(build, name, frame)
        build.publish(today=today)
    company = Company.open(home)
    refresh(company)
    return company


def tables(until: dt.date) -> dict[str, pd.DataFrame]:
    lines = sales(until).rename(columns={"day": "order_date", "amount": "net_amount", "category": "product_id"})
    lines = lines.assign(line_id=[f"L{number}" for number in range(len(lines))], line_type="sale", quantity=1.0)
    who = sorted(set(lines["dealer_id"]))
    return {
        "dim_region": pd.DataFrame({"region_id": ["N", "S", *REGIONS], "parent_id": [None, None, "N", "N", "S", "S"]}),
        "dim_employee": pd.DataFrame({"employee_id": ["E1", "E2", "E3"]}),
        "dim_channel": pd.DataFrame({"channel_id": ["KA", "TR"]}),
        "dim_product": pd.DataFrame({"product_id": list(CATEGORIES), "category": list(CATEGORIES)}),
        "dim_dealer": pd.DataFrame({
            "dealer_id": who, "region_id": map(region_of, who), "channel_id": map(channel_of, who),
            "employee_id": map(owner_of, who),
        }),
        "fact_sales": lines, "fact_target": targets(),
    }  # fmt: skip


def build(home: Path, until: dt.date) -> Company:
    home.mkdir(parents=True, exist_ok=True)
    return publish(home, tables(until), until)


def said(company: Company, subject: str, amount: float | None, **more: Any) -> None:
    """Write a change of the forecast; without an amount, withdraw it."""
    body = {"amount": amount, "reason": "a reason", **more} if amount is not None else {}
    company.ledger.write("forecast_override", subject, "somebody", body)
