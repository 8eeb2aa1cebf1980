"""Landings against the stored paths, the fiscal year and what is booked; parts add up to the whole."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask
from analytics.questions import forecast_job as job
from analytics.questions import forecast_nodes as nodes
from analytics.questions import forecast_read as reading
from analytics.questions.forecast_landing import periods
from data.company import Company
from data.scope import Period, ScopeError
from tests.analytics import planted


def stored_paths(company: Company, level: str, keys: tuple[str, ...]) -> np.ndarray:
    """Sum of the stored paths of some nodes: (paths, months)."""
    rows = company.result(job.NODES).query("level == @level and key in @keys").sort_values(["key", "ds"])
    paths = np.stack([np.frombuffer(row, dtype=np.float32) for row in rows["paths"]]).astype(float)
    return paths.reshape(len(keys), job.HORIZON, -1).sum(axis=0).T


def landed(company: Company, over: str = "quarter", by: str = "region", **keys: str) -> dict[str, pd.DataFrame]:
    answer = ask(company, "forecast.landing", company.scope(keys), by=by, over=over)
    return {"by": answer.frames["by"], "periods": answer.frames["periods"].set_index("kind"), "values": answer.values}


@pytest.mark.parametrize("region", ["", "N"])
def test_a_landing_is_what_its_paths_say(whole, region):
    """Year 2026: booked to June, paths of July to December, targets of all regions of the second level."""
    keys = {"region": region} if region else {}
    row = landed(whole, **keys)["periods"].loc["year"]
    paths = stored_paths(whole, "region1" if region else "company", (region,))[:, :6].sum(axis=1)
    lines = planted.sales(planted.END).query("day >= '2026-01-01'")
    goals = planted.targets().query("period_start >= datetime.date(2026, 1, 1)", local_dict={"datetime": dt})
    if region:
        lines = lines[lines["dealer_id"].map(planted.region_of).str[0] == region]
        goals = goals[goals["region_id"].str[0] == region]
    actual, target = lines["amount"].sum(), goals["target_value"].sum()
    mean = row["rest"]
    assert row["actual"] == pytest.approx(actual, abs=0.01)
    assert row["target"] == pytest.approx(target, abs=0.01)
    assert row["expected"] == pytest.approx(actual + mean, abs=0.01)
    hits = (actual + paths >= target).sum()
    assert row["probability"] == pytest.approx((hits + 0.5) / (len(paths) + 1))
    assert row["required"] == pytest.approx(target - actual, abs=0.01)
    assert row["required_rate"] == pytest.approx((target - actual) / mean)
    for level in (80, 95):
        low, high = np.quantile(actual + paths, [0.5 - level / 200, 0.5 + level / 200])
        assert row[f"lo-{level}"] == pytest.approx(low, rel=1e-5)
        assert row[f"hi-{level}"] == pytest.approx(high, rel=1e-5)
    assert row["required_a_day"] == pytest.approx((target - actual) / row["days_left"])
    last = planted.sales(planted.END).query("'2025-01-01' <= day <= '2025-12-31'")
    if region:
        last = last[last["dealer_id"].map(planted.region_of).str[0] == region]
    assert row["last_year"] == pytest.approx(last["amount"].sum(), abs=0.01)


@pytest.mark.parametrize("by", ["region", "channel", "employee", "category", "dealer"])
@pytest.mark.parametrize("over", ["quarter", "year"])
def test_parts_land_where_the_whole_lands_to_the_cent(whole, running, by, over):
    for company in (whole, running):
        found = landed(company, over, by)
        one = found["periods"].loc[over]
        parts = found["by"]
        for name in ("actual", "rest", "expected") + (("last_year",) if by != "dealer" else ()):  # who left is no part
            assert parts[name].sum() == pytest.approx(one[name], abs=0.01), name
        assert len(parts) >= 2
    if by == "region":
        assert parts["target"].sum() == pytest.approx(one["target"], abs=0.01)
        assert parts["gap"].tolist() == pytest.approx((parts["expected"] - parts["target"]).tolist())
        assert parts["gap"].is_monotonic_increasing
    if by == "category":
        assert parts["target"].isna().all()  # none was given by category


def test_parts_of_a_part_add_up_too(company):
    channel, category = company.store.names("channel").index[0], next(iter(company.store.categories))
    for by, keys in (("region", {"region": "South"}), ("category", {"region": "South"}),
                     ("dealer", {"region": "CN-GD"}), ("region", {"channel": channel}),
                     ("region", {"category": category}), ("category", {"channel": channel})):  # fmt: skip
        found = landed(company, "year", by, **keys)
        one = found["periods"].loc["year"]
        assert found["by"]["expected"].sum() == pytest.approx(one["expected"], abs=0.02), (by, keys)
        assert found["by"]["actual"].sum() == pytest.approx(one["actual"], abs=0.02), (by, keys)


@pytest.mark.parametrize("keys", [{}, {"category": "beer"}, {"region": "N", "category": "gifts"}, {"channel": "KA"},
                                  {"channel": "KA", "category": "beer"}, {"dealer": "D04", "category": "beer"},
                                  {"dealer": "D13"}])  # fmt: skip
def test_what_is_booked_of_a_running_month_is_what_was_sold(running, keys):
    """Whatever the filters: the actual of month, quarter and year is the sum of the lines up to the day of the data."""
    lines = planted.sales(planted.MID)
    for name, of in (("region", lambda d: planted.region_of(d)[0]), ("channel", planted.channel_of), ("dealer", str)):
        if name in keys:
            lines = lines[lines["dealer_id"].map(of) == keys[name]]
    if "category" in keys:
        lines = lines[lines["category"] == keys["category"]]
    rows = landed(running, **keys)["periods"]
    for kind, start in (("month", "2026-06-01"), ("quarter", "2026-04-01"), ("year", "2026-01-01")):
        assert rows.loc[kind, "actual"] == pytest.approx(lines.loc[lines["day"] >= start, "amount"].sum(), abs=0.01)
        assert rows.loc[kind, "rest"] >= -0.01
    chart = ask(running, "forecast.outlook", running.scope(keys)).frames["chart"].set_index("start")
    june = lines.loc[lines["day"] >= "2026-06-01", "amount"].sum()
    assert chart.loc[dt.date(2026, 6, 1), "actual"] == pytest.approx(june, abs=0.01)
    assert chart["running"].sum() == 1


def test_days_that_are_left_by_hand(whole):
    rows = landed(whole)["periods"]
    days = whole.store.calendar
    worked = days.loc[days["is_selling_day"], "date"]
    for kind, last in (("month", "2026-07-31"), ("quarter", "2026-09-30"), ("year", "2026-12-31")):
        assert rows.loc[kind, "days_left"] == ((worked > "2026-06-30") & (worked <= last)).sum()
    year = planted.sales(planted.END).query("day > '2025-06-30'")["amount"].sum()
    assert rows["made_a_day"].iloc[0] == pytest.approx(
        year / ((worked > "2025-06-30") & (worked <= "2026-06-30")).sum()
    )


# ------------------------------------------------------------------ periods

D = dt.date


@pytest.mark.parametrize(
    ("first", "fiscal", "quarter", "year"),
    [
        (D(2026, 7, 1), 1, (D(2026, 7, 1), D(2026, 9, 30)), (D(2026, 1, 1), D(2026, 12, 31))),
        (D(2026, 6, 1), 1, (D(2026, 4, 1), D(2026, 6, 30)), (D(2026, 1, 1), D(2026, 12, 31))),
        (D(2027, 1, 1), 1, (D(2027, 1, 1), D(2027, 3, 31)), (D(2027, 1, 1), D(2027, 12, 31))),
        (D(2026, 7, 1), 4, (D(2026, 7, 1), D(2026, 9, 30)), (D(2026, 4, 1), D(2027, 3, 31))),
        (D(2026, 3, 1), 4, (D(2026, 1, 1), D(2026, 3, 31)), (D(2025, 4, 1), D(2026, 3, 31))),
        (D(2026, 7, 1), 2, (D(2026, 5, 1), D(2026, 7, 31)), (D(2026, 2, 1), D(2027, 1, 31))),
        (D(2026, 1, 1), 2, (D(2025, 11, 1), D(2026, 1, 31)), (D(2025, 2, 1), D(2026, 1, 31))),
        (D(2026, 12, 1), 12, (D(2026, 12, 1), D(2027, 2, 28)), (D(2026, 12, 1), D(2027, 11, 30))),
    ],
)
def test_the_periods_that_hold_the_first_month_ahead(first, fiscal, quarter, year):
    of_fiscal_year = SimpleNamespace(settings=SimpleNamespace(fiscal_year_start=fiscal))
    ahead = pd.date_range(first, periods=job.HORIZON, freq="MS").date
    found = reading.Forecast(tuple(ahead), None, None, None, None, False)
    spans = periods(of_fiscal_year, found)
    assert spans["month"].start == first
    assert (spans["quarter"].start, spans["quarter"].end) == quarter
    assert (spans["year"].start, spans["year"].end) == year
    following = spans["next_quarter"]
    assert following.start == quarter[1] + dt.timedelta(days=1)
    assert following.whole_months == 3


def test_a_company_whose_year_begins_in_april(copied, whole_home, whole):
    company = copied(whole_home, "fiscal_year_start = 4\n")
    rows = landed(company, "year")["periods"]
    assert (rows.loc["year", "start"], rows.loc["year", "end"]) == (dt.date(2026, 4, 1), dt.date(2027, 3, 31))
    booked = planted.sales(planted.END).query("day >= '2026-04-01'")["amount"].sum()
    ahead = whole.result(job.NODES).query("level == 'company'").sort_values("ds")["mean"]
    assert rows.loc["year", "actual"] == pytest.approx(booked, abs=0.01)
    assert rows.loc["year", "expected"] == pytest.approx(booked + ahead.head(9).sum(), abs=0.01)
    assert np.isnan(rows.loc["year", "target"])  # of January to March 2027 there is none
    assert rows.loc["quarter", "start"] == dt.date(2026, 7, 1)
    quarters = ask(company, "forecast.outlook", company.scope(), grain="quarter").frames["forecast"]
    assert [day.month for day in quarters["ds"]] == [7, 10, 1, 4, 7]


def test_a_part_has_a_target_only_where_all_months_have_one(copied, whole_home):
    """The target of one month of N1 is gone: neither the company's nor the region's quarter can be judged."""
    company = copied(whole_home)
    rows = planted.tables(planted.END)
    goals = rows["fact_target"]
    gone = (goals["region_id"] == "N1") & (goals["period_start"] == dt.date(2026, 8, 1))
    assert gone.sum() == 1
    measure = company.store.measure

    def without(scope, ids, by=(), **given):
        frame = measure(scope, ids, by, **given)
        if "target" in ids and "region" in by:
            lost = (frame["region_id"] == "N") & (pd.to_datetime(frame["month"]) == "2026-08-01")
            frame = frame[~lost]
        return frame

    company.store.measure = without
    parts = landed(company)["by"].set_index("key")
    assert np.isnan(parts.loc["N", "target"])
    assert np.isnan(parts.loc["N", "probability"])
    assert parts.loc["S", "target"] > 0


def test_past_chances_are_of_nodes_that_the_scope_holds_whole(whole):
    chances = whole.result(job.CHANCES)
    assert set(chances["level"]) == {"company", "region1", "region2"}  # targets are given by region
    assert landed(whole)["by"]["probability"].between(0, 1).all()
    frame = ask(whole, "forecast.landing", whole.scope({"region": "N"})).frames["reliability"]
    mine = chances[((chances["level"] == "region1") & (chances["key"] == "N"))
                   | ((chances["level"] == "region2") & chances["key"].str.startswith("N"))]  # fmt: skip
    assert frame["count"].sum() == len(mine)
    weight = frame["count"] / frame["count"].sum()
    assert (frame["said"] * weight).sum() == pytest.approx(mine["probability"].mean())
    assert (frame["happened"] * weight).sum() == pytest.approx((mine["actual"] >= mine["target"]).mean())


def test_past_chances_knew_nothing_of_what_came(whole):
    """Targets and outcomes by hand; a period that the cutoff had all but decided is said to be all but decided."""
    chances = whole.result(job.CHANCES)
    goals, lines = planted.targets(), planted.sales(planted.END)
    for row in chances.itertuples():
        inside = Period(row.start.date(), (row.end + pd.offsets.MonthEnd(0)).date())
        mine = lines[(lines["day"] >= str(inside.start)) & (lines["day"] <= str(inside.end))]
        target = goals[(goals["period_start"] >= inside.start) & (goals["period_start"] <= inside.end)]
        if row.level != "company":
            mine = mine[mine["dealer_id"].map(planted.region_of).str.startswith(row.key)]
            target = target[target["region_id"].str.startswith(row.key)]
        assert row.actual == pytest.approx(mine["amount"].sum(), abs=0.01)
        assert row.target == pytest.approx(target["target_value"].sum(), abs=0.01)
        assert inside.whole_months == {"month": 1, "quarter": 3, "year": 12}[row.kind]
        assert row.cutoff < row.end
        before = mine.loc[mine["day"] < row.cutoff + pd.DateOffset(months=1), "amount"].sum()
        if before >= row.target:
            assert row.probability == 1.0
    assert set(chances["kind"]) == {"month", "quarter", "year"}


def test_words_that_are_not_known_are_named(company):
    with pytest.raises(ScopeError, match="over"):
        ask(company, "forecast.landing", company.scope(), over="week")
    with pytest.raises(ScopeError, match="by"):
        ask(company, "forecast.landing", company.scope(), by="brand")
    assert landed(company)["values"]["level"] == nodes.COMPANY
