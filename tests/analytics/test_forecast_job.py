"""The stored forecast: every level a sum of one table, what was planted comes back, a month that is running."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analytics.questions import forecast_job as job
from analytics.questions import forecast_nodes as nodes
from data.company import Company
from data.scope import Period, add_months
from tests.analytics import planted


def cents(values: pd.Series) -> pd.Series:
    return (values * 100).round().astype("int64")


def sums_by_node(company: Company, level: str) -> pd.Series:
    """The cells added up by a level and month, in cents."""
    cells, members = company.result(job.CELLS), company.result(job.MEMBERS)
    where = members.set_index("dealer_id")
    if level == nodes.COMPANY:
        key = pd.Series("", index=cells.index)
    elif level in (nodes.CATEGORY, nodes.BY_CATEGORY):
        key = cells["category"]
        if level == nodes.BY_CATEGORY:
            key = cells["dealer_id"].map(where["region1"]) + nodes.JOINT + key
    else:
        key = cells["dealer_id"] if level == nodes.DEALER else cells["dealer_id"].map(where[level])
    return cents(cells["amount"]).groupby([key.rename("key"), cells["ds"]]).sum()


@pytest.mark.parametrize("name", ["company", "whole", "running"])
def test_every_level_is_the_sum_of_one_table_to_the_cent(name, request):
    company = request.getfixturevalue(name)
    stored = pd.concat([company.result(job.NODES), company.result(job.DEALERS)])
    for level, rows in stored.groupby("level"):
        assert not rows.duplicated(["key", "ds"]).any()
        said = cents(rows.set_index(["key", "ds"])["mean"])
        summed = sums_by_node(company, level)
        assert set(summed.index) <= set(said.index)
        assert (said.reindex(summed.index) == summed).all()
        assert (said.drop(summed.index) == 0).all()
    whole = cents(stored.loc[stored["level"] == nodes.COMPANY].set_index("ds")["mean"])
    for level in ("region1", "region2", nodes.CHANNEL, nodes.EMPLOYEE, nodes.CATEGORY, nodes.BY_CATEGORY, nodes.DEALER):
        rows = stored[stored["level"] == level]
        assert cents(rows["mean"]).groupby(rows["ds"]).sum().tolist() == whole.tolist()


def test_bands_hold_their_mean_and_paths_lie_around_it(company):
    for name, count in ((job.NODES, 500), (job.DEALERS, 200)):
        rows = company.result(name)
        assert (rows["lo-95"] <= rows["lo-80"] + 1e-6).all()
        assert (rows["lo-80"] <= rows["mean"] + 1e-6).all()
        assert (rows["mean"] <= rows["hi-80"] + 1e-6).all()
        assert (rows["hi-80"] <= rows["hi-95"] + 1e-6).all()
        assert (rows["mean"] >= 0).all()  # dealers who returned more than they bought in a month, too
        paths = np.stack([np.frombuffer(row, dtype=np.float32) for row in rows["paths"]])
        assert paths.shape == (len(rows), count)
        assert paths[(rows["level"] == "region1").to_numpy()].min(initial=0.0) >= 0
        whole = rows[~rows["level"].isin(("dealer", "region3"))]
        assert (whole["hi-95"] <= 2 * whole["recent"]).all()  # no month as large as two years
        width = (rows["hi-95"] - rows["lo-95"]).to_numpy()
        assert (np.abs(np.median(paths, axis=1) - rows["mean"].to_numpy()) <= width).all()
    sold = company.store.measure(company.scope(), ("net_sales",), ("dealer", "month"), period=company.store.sales_span)
    largest = sold.groupby("dealer_id")["net_sales"].max()
    dealers = company.result(job.DEALERS)
    rare = dealers[dealers["model"].str.contains("imapa|tsb|blend|mean")]
    assert len(rare)
    assert (rare["hi-95"] <= 2 * rare["key"].map(largest) + rare["mean"]).all()  # nor of who buys now and then


def test_who_bought_nothing_for_a_year_is_expected_to_buy_nothing(company, whole):
    for one in (company, whole):
        year = Period(add_months(one.snapshot.as_of.replace(day=1), -11), one.snapshot.as_of)
        sold = one.store.measure(one.scope(), ("net_sales",), ("dealer",), period=year).set_index("dealer_id")
        bought = set(sold.index[sold["net_sales"].abs() > 0])
        known = set(one.result(job.MEMBERS)["dealer_id"])
        assert known - bought
        assert set(one.result(job.DEALERS)["key"]) == bought
        assert set(one.result(job.CELLS)["dealer_id"]) <= bought
    assert planted.STOPPED not in set(whole.result(job.DEALERS)["key"])


# ------------------------------------------------------------------ what was planted


@pytest.fixture(scope="module")
def law() -> pd.DataFrame:
    """What the law says of each month of the two years around the end of the data."""
    frame = planted.expected(dt.date(2027, 6, 30))
    frame = frame[(frame["dealer_id"] != planted.FRESH) & (frame["day"] >= "2025-07-01")]
    frame = frame.assign(region=frame["dealer_id"].map(planted.region_of).str[0], month=frame["day"].dt.to_period("M"))
    return frame.assign(ahead=frame["day"] > pd.Timestamp(planted.END))


@pytest.mark.parametrize("region", ["N", "S"])
def test_planted_growth_comes_back(whole, law, region):
    """Twelve cells with 4 % noise make a year's sum of a region sure to 0.4 %; half of the growth of a year is lost on
    who does not see it. Within 3 % of the law: no growth at all would be 9 % (N) or 4 % (S) off."""
    rows = whole.result(job.NODES).query("level == 'region1' and key == @region").sort_values("ds")
    mine = law[law["region"] == region].groupby("ahead")["amount"].sum()
    year = rows["mean"].head(12).sum()
    assert year == pytest.approx(mine[True], rel=0.03)
    assert abs(rows["recent"].iloc[0] / mine[True] - 1) > 0.03


def test_planted_season_and_festival_come_back(whole, law):
    """Month by month; Spring Festival on 6 February 2027 moves gifts from February to January."""
    rows = whole.result(job.NODES).query("level == 'category'")
    for category, tolerance in (("beer", 0.05), ("gifts", 0.20)):
        said = rows[rows["key"] == category].sort_values("ds")["mean"].head(12).to_numpy()
        came = law[(law["category"] == category) & law["ahead"]].groupby("month")["amount"].sum().to_numpy()
        assert said == pytest.approx(came, rel=tolerance)
    gifts = rows[rows["key"] == "gifts"].set_index("ds")["mean"]
    assert gifts["2027-02-01"] < 0.5 * gifts["2027-01-01"]


def test_the_demo_company_sells_less_around_spring_festival(company):
    rows = company.result(job.NODES).query("level == 'company'").set_index("ds")["mean"]
    assert rows["2027-02-01"] < 0.7 * rows["2027-01-01"]
    assert rows["2027-02-01"] < 0.7 * rows["2027-03-01"]


# ------------------------------------------------------------------ a month that is running


def test_the_running_month_is_what_is_booked_and_a_part_of_the_rest(running, law):
    """The company sells evenly over its selling days: of 21 in June 2026 thirteen are over."""
    june = dt.date(2026, 6, 1)
    assert running.snapshot.as_of == planted.MID
    booked = planted.sales(planted.MID)
    booked = booked[booked["day"] >= pd.Timestamp(june)]
    stored = pd.concat([running.result(job.NODES), running.result(job.DEALERS)])
    first = stored[stored["ds"] == pd.Timestamp(june)].set_index(["level", "key"])
    assert (stored["ds"].min(), stored["ds"].nunique()) == (pd.Timestamp(june), job.HORIZON)
    assert (stored.loc[stored["ds"] > pd.Timestamp(june), "to_date"] == 0).all()
    by = {nodes.COMPANY: booked.assign(key=""), nodes.CATEGORY: booked.assign(key=booked["category"]),
          nodes.DEALER: booked.assign(key=booked["dealer_id"]),
          nodes.CHANNEL: booked.assign(key=booked["dealer_id"].map(planted.channel_of)),
          "region2": booked.assign(key=booked["dealer_id"].map(planted.region_of))}  # fmt: skip
    for level, rows in by.items():
        for key, amount in rows.groupby("key")["amount"].sum().items():
            assert first.loc[(level, key), "to_date"] == pytest.approx(amount, abs=0.01)
            assert first.loc[(level, key), "mean"] >= amount - 0.01
    whole = first.loc[(nodes.COMPANY, "")]
    month = law[law["month"] == pd.Period("2026-06")]["amount"].sum()
    rest = whole["mean"] - whole["to_date"]
    days = running.store.calendar
    mine = days[(days["month_start"] == pd.Timestamp(june)) & days["is_selling_day"]]["date"]
    left = (mine > pd.Timestamp(planted.MID)).mean()
    assert rest == pytest.approx(month * left, rel=0.08)
    paths = np.frombuffer(whole["paths"], dtype=np.float32)
    assert paths.min() >= whole["to_date"] * 0.999
    assert whole["lo-95"] <= whole["mean"] <= whole["hi-95"]
    alone = running.result(job.NODES).query("level == 'company'").sort_values("ds")
    width = (alone["hi-80"] - alone["lo-80"]).to_numpy()
    assert width[0] < width[1]  # more than half of the month is known


def test_a_dealer_whose_first_sale_is_this_month_keeps_it(running):
    rows = running.result(job.DEALERS).query("key == @planted.FRESH").sort_values("ds")
    booked = planted.sales(planted.MID).query("dealer_id == @planted.FRESH")["amount"].sum()
    assert rows["mean"].iloc[0] == pytest.approx(booked, abs=0.01)
    assert rows["to_date"].iloc[0] == pytest.approx(booked, abs=0.01)
    assert (rows["mean"].iloc[1:] == 0).all()
