"""The forecast of companies that lack what others have: history, regions, owners, targets, sales of late."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask
from analytics.questions import forecast_job as job
from analytics.questions import forecast_nodes as nodes
from data.company import Company
from tests.analytics import planted

QUESTIONS = ("forecast.outlook", "forecast.landing", "forecast.accuracy", "forecast.moved", "forecast.changes")


def lines(days: pd.DatetimeIndex, amounts: dict[str, float], seed: int = 1) -> pd.DataFrame:
    """One sale of each dealer on each of the days, with a tenth of noise."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame([(dealer, day, amount) for dealer, amount in amounts.items() for day in days],
                         columns=["dealer_id", "order_date", "net_amount"])  # fmt: skip
    frame["net_amount"] = (frame["net_amount"] * rng.uniform(0.9, 1.1, len(frame))).round(2)
    return frame.assign(line_id=[f"L{number}" for number in range(len(frame))], line_type="sale", quantity=1.0)


def months(first: str, last: str) -> pd.DatetimeIndex:
    """The first day of selling in each month, or one close to it."""
    return pd.date_range(first, last, freq="MS") + pd.Timedelta(days=5)


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Company]:
    def build(sales: pd.DataFrame, today: dt.date, settings: str = "", **others: pd.DataFrame) -> Company:
        home = tmp_path / "small"
        home.mkdir()
        (home / "config.toml").write_text(settings, encoding="utf-8")
        dealers = pd.DataFrame({"dealer_id": sorted(set(sales["dealer_id"]))})
        return planted.publish(home, {"dim_dealer": dealers} | others | {"fact_sales": sales}, today)

    return build


def answers(company: Company, **keys: str) -> dict[str, object]:
    """Every question of the forecast; whatever it says can be said as JSON."""
    out = {name: ask(company, name, company.scope(keys)) for name in QUESTIONS}
    for answer in out.values():
        json.dumps(answer.to_dict(), allow_nan=False)
    return out


def test_too_few_months_are_no_evidence(small):
    company = small(lines(months("2026-02-01", "2026-06-01"), {"A": 100, "B": 50}), dt.date(2026, 6, 30))
    for name, answer in answers(company).items():
        assert answer.verdict == "insufficient_evidence", name
        assert any("at least 6 whole months" in str(note) for note in answer.notes)


def test_a_company_of_dealers_and_nothing_else(small):
    """No region, channel, sales person, product or target: two dealers, ten months, a country without the festival."""
    company = small(lines(months("2025-09-01", "2026-06-01"), {"A": 1000, "B": 500}), dt.date(2026, 6, 30),
                    'country = "DE"\ncurrency = "EUR"\n')  # fmt: skip
    found = answers(company)
    months_ahead = found["forecast.outlook"].frames["forecast"]
    assert found["forecast.outlook"].verdict == "ok"
    assert months_ahead["mean"].between(1000, 2000).all()  # two dealers that sold 1,500 a month together
    assert months_ahead["target"].isna().all()
    assert not any("provisional" in str(note) for note in found["forecast.outlook"].notes)
    landing = found["forecast.landing"]
    assert landing.frames["periods"]["probability"].isna().all()
    assert landing.frames["periods"]["required_a_day"].isna().all()
    assert landing.frames["by"].empty
    past = found["forecast.accuracy"].values  # so short a history is forecast the naive way, and judged so
    assert past["wape"] == pytest.approx(past["naive_wape"])
    moved = found["forecast.moved"]
    assert moved.frames["steps"]["value"].sum() == pytest.approx(moved.values["change"], abs=0.01)
    by_dealer = ask(company, "forecast.landing", company.scope(), by="dealer", over="year").frames["by"]
    whole = landing.frames["periods"].set_index("kind").loc["year", "expected"]
    assert by_dealer["expected"].sum() == pytest.approx(whole, abs=0.005)
    by_category = ask(company, "forecast.landing", company.scope(), by="category", over="year").frames["by"]
    assert by_category["expected"].sum() == pytest.approx(whole, abs=0.005)


def test_a_history_that_leaves_too_few_origins_to_test(small):
    """26 months: enough for the seasonal models, too few past origins to choose on some and report on others."""
    company = small(lines(months("2024-05-01", "2026-06-01"), {"A": 1000, "B": 500}), dt.date(2026, 6, 30))
    found = answers(company)
    assert found["forecast.outlook"].verdict == found["forecast.landing"].verdict == "ok"
    assert found["forecast.outlook"].values["tested"] == 0
    assert found["forecast.accuracy"].verdict == "insufficient_evidence"


def test_festival_columns_only_where_the_festival_is_kept(company, small):
    ahead = [dt.date(2026, month, 1) for month in range(1, 13)]
    assert list(nodes.regressors(company, ahead).columns) == ["ds", "days", "before", "after"]
    german = small(lines(months("2025-09-01", "2026-06-01"), {"A": 100}), dt.date(2026, 6, 30), 'country = "DE"\n')
    frame = nodes.regressors(german, ahead)
    assert list(frame.columns) == ["ds", "days"]
    worked = pd.bdate_range("2026-02-01", "2026-02-28")  # no holiday in Germany's February
    assert frame["days"].iloc[1] == pytest.approx(np.log(len(worked) / 21))
    assert nodes.regressors(company, [dt.date(2060, 1, 1)]) is None


def test_festival_shares_by_hand(company):
    """6 February 2027: the 25 days from 9 January to 2 February stock up, the 18 from 3 to 20 February are slow."""
    frame = nodes.regressors(company, [dt.date(2027, month, 1) for month in (1, 2, 3)]).set_index("ds")
    assert frame["before"].tolist() == pytest.approx([23 / 25, 2 / 25, 0])
    assert frame["after"].tolist() == pytest.approx([0, 1, 0])


def test_whole_months_begin_with_a_whole_one_and_end_before_a_running_one(small):
    """The first sale falls late in March: April is the first month. The last selling day is over: June is whole."""
    days = (
        months("2025-04-01", "2026-05-01")
        .insert(0, pd.Timestamp("2025-03-25"))
        .append(pd.DatetimeIndex(["2026-06-30"]))
    )
    company = small(lines(days, {"A": 100}), dt.date(2026, 6, 30))
    found, running = nodes.whole_months(company, dt.date(2026, 6, 30))
    assert (found[0], found[-1], running) == (dt.date(2025, 4, 1), dt.date(2026, 6, 1), None)
    # 29 May 2026 is a Friday: nobody sells in what is left of that month
    assert nodes.whole_months(company, dt.date(2026, 5, 29)) == (found[:-1], None)
    assert nodes.whole_months(company, dt.date(2026, 5, 28)) == (found[:-2], dt.date(2026, 5, 1))
    chart = ask(company, "forecast.outlook", company.scope()).frames["chart"]
    assert chart["start"].iloc[0] == dt.date(2025, 4, 1)  # what is left of March is no month to compare with
    assert np.isnan(chart.set_index("start").loc[dt.date(2026, 3, 1), "last_year"])


def test_nobody_bought_for_a_year(small):
    """Sales of three years ago, and a receivable of last month that moves the day of the data."""
    invoice = pd.DataFrame({"invoice_id": ["I1"], "dealer_id": ["A"], "invoice_date": [dt.date(2026, 6, 30)],
                            "due_date": [dt.date(2026, 7, 30)], "amount": [1.0]})  # fmt: skip
    company = small(lines(months("2022-01-01", "2023-06-01"), {"A": 100, "B": 9}), dt.date(2026, 6, 30),
                    fact_receivable=invoice)  # fmt: skip
    assert company.snapshot.as_of == dt.date(2026, 6, 30)
    for name, answer in answers(company).items():
        assert answer.verdict == "insufficient_evidence", name
        assert any("no dealer of this view bought in the last year" in str(note) for note in answer.notes)


def test_sales_in_a_part_of_the_first_month_and_in_the_running_one_only(small):
    days = pd.DatetimeIndex(["2025-08-20", "2026-06-10"])
    company = small(lines(days, {"A": 100}), dt.date(2026, 6, 10))
    for name, answer in answers(company).items():
        assert answer.verdict == "insufficient_evidence", name


def test_a_summer_business_that_has_begun(small):
    """Two years of sales from April to August; the year's window begins with months of nothing."""
    days = months("2023-04-01", "2026-05-01")
    days = days[days.month.isin((4, 5, 6, 7, 8))].append(pd.DatetimeIndex(["2026-06-03"]))
    company = small(lines(days, {"A": 1000, "B": 300}), dt.date(2026, 6, 3))
    outlook = answers(company)["forecast.outlook"].frames["forecast"].set_index("ds")
    assert outlook.loc["2026-06-01", "to_date"] == pytest.approx(1300, rel=0.1)
    assert outlook.loc["2026-06-01", "mean"] >= outlook.loc["2026-06-01", "to_date"]


def test_the_window_of_a_running_month_may_begin_without_sales(small):
    """Nothing was sold a year ago, nor half a year before: the shares of a month come from those that sold."""
    days = months("2024-01-01", "2026-05-01")
    days = days[~((days >= "2025-05-01") & (days < "2025-08-01"))].append(pd.DatetimeIndex(["2026-06-03"]))
    company = small(lines(days, {"A": 1000, "B": 300}), dt.date(2026, 6, 3))
    assert answers(company)["forecast.outlook"].verdict == "ok"


def test_ids_and_names_may_hold_slashes_and_bars(small):
    """Imported names are ids: 京/津 is one region, 餐饮|酒店 one channel, 啤酒/饮料 one category."""
    regions = pd.DataFrame({"region_id": ["京/津", "沪|苏"]})
    dealers = pd.DataFrame(
        {"dealer_id": ["A", "B"], "region_id": ["京/津", "沪|苏"], "channel_id": ["餐饮|酒店", "商超"]}
    )
    products = pd.DataFrame({"product_id": ["p", "q"], "category": ["啤酒/饮料", "白酒"]})
    sales = lines(months("2025-06-01", "2026-06-01"), {"A": 1000, "B": 400})
    twice = pd.concat([sales.assign(product_id="p"), sales.assign(product_id="q", line_id="Q" + sales["line_id"])])
    company = small(twice, dt.date(2026, 6, 30), dim_region=regions, dim_dealer=dealers, dim_product=products,
                    dim_channel=pd.DataFrame({"channel_id": ["餐饮|酒店", "商超"]}))  # fmt: skip
    whole = ask(company, "forecast.outlook", company.scope()).frames["forecast"]["mean"]
    for region, dealer in (("京/津", "A"), ("沪|苏", "B")):
        one = ask(company, "forecast.outlook", company.scope({"region": region})).frames["forecast"]["mean"]
        assert one.tolist() == ask(company, "forecast.outlook", company.scope({"dealer": dealer})).frames["forecast"][
            "mean"].tolist()  # fmt: skip
        assert 0.2 < one.sum() / whole.sum() < 0.8
        parts = [
            ask(company, "forecast.outlook", company.scope({"region": region, "category": category}))
            for category in ("啤酒/饮料", "白酒")
        ]
        assert {part.values["level"] for part in parts} == {nodes.BY_CATEGORY}
        sums = sum(part.frames["forecast"]["mean"] for part in parts)
        assert sums.tolist() == pytest.approx(one.tolist(), abs=0.005)
    stored = company.result(job.NODES)
    by = stored[stored["level"] == nodes.BY_CATEGORY].groupby("ds")["mean"].sum()
    assert by.tolist() == pytest.approx(whole.tolist(), abs=0.005)


def test_one_region_is_the_company(small):
    """A single top region is no level of its own, nor is it one with the categories; dealers outside it count once."""
    dealers = pd.DataFrame({"dealer_id": ["A", "B"], "region_id": ["R", None]})
    products = pd.DataFrame({"product_id": ["p"], "category": ["beer"]})
    sales = lines(months("2025-06-01", "2026-06-01"), {"A": 1000, "B": 400}).assign(product_id="p")
    company = small(sales, dt.date(2026, 6, 30), dim_region=pd.DataFrame({"region_id": ["R"]}), dim_dealer=dealers,
                    dim_product=products)  # fmt: skip
    stored = company.result(job.NODES)
    assert set(stored["level"]) == {nodes.COMPANY, nodes.CATEGORY}
    answers(company)
    one = ask(company, "forecast.outlook", company.scope({"region": "R"}))
    alone = ask(company, "forecast.outlook", company.scope({"dealer": "A"}))
    assert one.frames["forecast"]["mean"].tolist() == alone.frames["forecast"]["mean"].tolist()


@pytest.mark.parametrize("name", job.RESULTS)
def test_a_result_that_is_not_there_yet_is_being_computed(copied, whole_home, name):
    company = copied(whole_home)
    (company.snapshot.results / f"{name}.parquet").unlink()
    for question, answer in answers(company).items():
        assert answer.verdict == "insufficient_evidence", question
        assert any("being computed" in str(note) for note in answer.notes)
