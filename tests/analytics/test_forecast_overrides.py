"""What people change stands as it was said, flows up and down to the cent, and never touches the model's number."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask
from analytics.questions import forecast_overrides as overrides
from data.company import Company
from data.scope import Period
from tests.analytics import planted
from tests.analytics.planted import said


@pytest.fixture
def demo(copied, demo_home) -> Company:
    return copied(demo_home)


def ahead(company: Company, column: str = "mean", grain: str = "month", **keys: str) -> pd.Series:
    frame = ask(company, "forecast.outlook", company.scope(keys), grain=grain).frames["forecast"]
    return frame.set_index("ds")[column]


def quarter(company: Company, **keys: str) -> float:
    return float(ahead(company, grain="quarter", **keys)["2026-07-01"])


def regions(company: Company, over: str = "quarter") -> dict[str, float]:
    """What is expected of each region, all from one question."""
    rows = ask(company, "forecast.landing", company.scope(), by="region", over=over).frames["by"]
    return dict(zip(rows["key"], rows["expected"], strict=True))


def coherent(company: Company) -> None:
    """Regions, channels and categories add up to the company, to the cent."""
    for by in ("region", "channel", "category"):
        answer = ask(company, "forecast.landing", company.scope(), by=by, over="quarter")
        assert answer.frames["by"]["expected"].sum() == pytest.approx(answer.values["expected"], abs=0.005)


def test_a_change_of_the_company_spreads_down_in_proportion(demo):
    before, later = regions(demo), regions(demo, "next_quarter")
    model, outside = ahead(demo, "model"), ahead(demo)["2026-10-01":]
    said(demo, "company:all|2026-Q3", 120_000_000.0)
    assert quarter(demo) == pytest.approx(120e6, abs=0.005)
    grown = 120e6 / model[:3].sum()
    assert regions(demo) == pytest.approx({region: was * grown for region, was in before.items()}, rel=1e-4)
    assert regions(demo, "next_quarter") == later
    assert ahead(demo)[:3].tolist() == pytest.approx((model[:3] * grown).tolist(), rel=1e-4)
    assert ahead(demo)["2026-10-01":].tolist() == outside.tolist()
    assert ahead(demo, "model").tolist() == model.tolist()
    assert ahead(demo, "change")[:3].sum() == pytest.approx(120e6 - model[:3].sum(), abs=0.01)
    assert ask(demo, "forecast.outlook", demo.scope()).values["changed"]
    coherent(demo)


def test_a_change_of_a_region_flows_up_and_leaves_the_others(demo):
    whole, before = ahead(demo), regions(demo)
    south = ahead(demo, region="South")
    said(demo, "region:South|2026-08", 10_000_000.0)
    assert ahead(demo, region="South")["2026-08-01"] == pytest.approx(10e6, abs=0.005)
    moved = 10e6 - south["2026-08-01"]
    assert ahead(demo)["2026-08-01"] == pytest.approx(whole["2026-08-01"] + moved, abs=0.005)
    assert (ahead(demo) - whole).drop(pd.Timestamp("2026-08-01")).abs().max() < 0.005
    assert regions(demo) == pytest.approx(before | {"South": before["South"] + moved}, abs=0.005)
    coherent(demo)


def test_a_change_of_one_category_of_one_dealer_is_no_more(demo):
    dealer = demo.result("forecast_dealers").groupby("key")["mean"].sum().idxmax()
    category = next(iter(demo.store.categories))
    was, whole = ahead(demo, dealer=dealer), ahead(demo)
    part = ahead(demo, dealer=dealer, category=category)
    said(demo, f"dealer:{dealer}|2026-07|{category}", 0.0)
    assert ahead(demo, dealer=dealer, category=category)["2026-07-01"] == 0.0
    assert ahead(demo, dealer=dealer)["2026-07-01"] == pytest.approx(was["2026-07-01"] - part["2026-07-01"], abs=0.005)
    assert ahead(demo)["2026-07-01"] == pytest.approx(whole["2026-07-01"] - part["2026-07-01"], abs=0.005)


def test_the_newest_word_on_a_thing_stands_and_one_that_is_withdrawn_is_gone(demo):
    model = ahead(demo)
    for amount in (110e6, 90e6, 104_500_000.01):
        said(demo, "company:all|2026-Q3", amount)
    assert quarter(demo) == pytest.approx(104_500_000.01, abs=0.001)
    said(demo, "company:all|2026-Q3", None)
    assert ahead(demo).tolist() == model.tolist()
    assert not ask(demo, "forecast.outlook", demo.scope()).values["changed"]


def test_an_earlier_word_on_a_part_is_kept_when_the_whole_changes(demo):
    others = {region: was for region, was in regions(demo).items() if region != "South"}
    said(demo, "region:South|2026-Q3", 25e6)
    said(demo, "company:all|2026-Q3", 120e6)
    now = regions(demo)
    assert now.pop("South") == pytest.approx(25e6, abs=0.005)
    assert quarter(demo) == pytest.approx(120e6, abs=0.005)
    assert now == pytest.approx({key: was * 95e6 / sum(others.values()) for key, was in others.items()}, rel=1e-5)


def test_a_part_gives_way_where_the_others_cannot_bear_it(demo):
    said(demo, "region:South|2026-Q3", 25e6)
    said(demo, "company:all|2026-Q3", 20e6)
    assert quarter(demo) == pytest.approx(20e6, abs=0.005)
    assert 0 < quarter(demo, region="South") < 20e6


def test_a_later_word_on_a_part_moves_the_whole(demo):
    said(demo, "company:all|2026-Q3", 120e6)
    was = quarter(demo, region="South")
    said(demo, "region:South|2026-Q3", 25e6)
    assert quarter(demo, region="South") == pytest.approx(25e6, abs=0.005)
    assert quarter(demo) == pytest.approx(120e6 + 25e6 - was, abs=0.02)


def test_words_on_parts_that_cross_stand_in_their_order(demo):
    """A channel and a region share dealers: the later word stands, the earlier moves by what they share."""
    channel = demo.store.names("channel").index[0]
    said(demo, f"channel:{channel}|2026-07", 5e6)
    assert ahead(demo, channel=channel)["2026-07-01"] == pytest.approx(5e6, abs=0.005)
    said(demo, "region:East|2026-07", 15e6)
    assert ahead(demo, region="East")["2026-07-01"] == pytest.approx(15e6, abs=0.005)
    coherent(demo)


@pytest.mark.parametrize("what", ["channel", "employee"])
def test_channels_and_sales_people_can_be_changed(demo, what):
    id = demo.store.names(what).index[1]
    if not len(demo.store.query("dealer_terms", demo.scope({what: id}))):
        id = next(key for key in demo.result("forecast_members")[what] if key)
    said(demo, f"{what}:{id}|2026-09", 7_654_321.09)
    assert ahead(demo, **{what: id})["2026-09-01"] == pytest.approx(7_654_321.09, abs=0.001)


def test_the_only_channel_can_be_changed_too(tmp_path):
    """A level of one node is not stored; a change of it is one all the same."""
    rows = planted.tables(planted.END)
    rows["fact_sales"] = rows["fact_sales"].query("order_date >= '2025-07-01' and dealer_id in ('D01', 'D02')")
    rows["dim_dealer"] = rows["dim_dealer"].query("dealer_id in ('D01', 'D02')").assign(channel_id="KA")
    rows["dim_channel"] = rows["dim_channel"].query("channel_id == 'KA'")
    (tmp_path / "one").mkdir()
    company = planted.publish(tmp_path / "one", rows, planted.END)
    assert "channel" not in company.result("forecast_members")
    said(company, "channel:KA|2026-07", 50_000.0)
    assert ahead(company)["2026-07-01"] == pytest.approx(50_000.0, abs=0.001)


def test_what_is_over_of_a_changed_year_counts(whole_home, copied):
    """The year is said to be ten million; what was sold to June is sold, the rest takes the change."""
    company = copied(whole_home)
    said(company, "company:all|2026", 10e6)
    booked = planted.sales(planted.END).query("day >= '2026-01-01'")["amount"].sum()
    row = ask(company, "forecast.landing", company.scope(), over="year").frames["periods"].set_index("kind").loc["year"]
    assert row["expected"] == pytest.approx(10e6, abs=0.005)
    assert row["rest"] == pytest.approx(10e6 - booked, abs=0.01)
    said(company, "company:all|2026", 1.0)  # less than was sold already: nothing more comes
    assert ahead(company)[:6].tolist() == [0.0] * 6


def test_what_is_booked_of_a_running_month_is_no_matter_of_words(running, copied):
    """Seventeen days of June are over. A lower June takes from what is open, in proportion to that; one below what was
    sold leaves what was sold."""
    company = copied(running.home)

    def june(over: str = "month", **keys: str) -> pd.Series:
        answer = ask(company, "forecast.landing", company.scope(keys), over=over)
        return answer.frames["periods"].set_index("kind").loc[over]

    before = {region: june(region=region) for region in ("N", "S")}
    sold, rest = june()["actual"], june()["rest"]
    said(company, "company:all|2026-06", round(sold + rest / 2, 2))
    for region, was in before.items():
        now = june(region=region)
        assert now["actual"] == was["actual"]
        assert now["rest"] == pytest.approx(was["rest"] / 2, abs=0.05)
    said(company, "company:all|2026-06", 10.0)
    assert june()["expected"] == pytest.approx(sold, abs=0.05)
    assert june()["rest"] == pytest.approx(0.0, abs=0.05)
    said(company, "company:all|2026-06", None)
    said(company, "company:all|2026-Q2", round(june("quarter")["actual"] + 50_000.0, 2))
    assert june("quarter")["rest"] == pytest.approx(50_000.0, abs=0.05)


def test_bands_and_chances_follow_what_stands(whole_home, copied, whole):
    company = copied(whole_home)
    before = ask(whole, "forecast.landing", whole.scope(), over="month").frames["periods"].set_index("kind")
    target = before.loc["month", "target"]
    said(company, "company:all|2026-07", float(round(target * 2)))
    now = ask(company, "forecast.landing", company.scope(), over="month").frames["periods"].set_index("kind")
    assert now.loc["month", "probability"] > 0.95 > before.loc["month", "probability"]
    outlook = ask(company, "forecast.outlook", company.scope()).frames["forecast"].iloc[0]
    assert outlook["lo-80"] <= outlook["mean"] <= outlook["hi-80"]
    assert outlook["lo-80"] > before.loc["month", "hi-95"]


def test_subjects_say_what_they_are_about(company):
    cases = {
        "company:all|2026-Q3": {"period": "2026-Q3"},
        "region:South|2026-07": {"region": "South", "period": "2026-07"},
        "region:South|2026|": {"region": "South", "period": "2026"},
    }
    third = Period(dt.date(2026, 7, 1), dt.date(2026, 9, 30))
    assert overrides.subject(company.scope(), third) == "company:all|2026-Q3"
    for subject, keys in cases.items():
        scope = company.scope(keys)
        assert overrides.subject(scope, scope.period) == subject.rstrip("|")
        what, id, period, category = overrides.parsed(subject)
        assert f"{what}:{id}" == subject.partition("|")[0]
        assert (period, category) == (scope.period, "")
    category = next(iter(company.store.categories))
    scope = company.scope({"category": category, "period": "2026-07"})
    assert overrides.parsed(overrides.subject(scope, scope.period)) == ("company", "all", scope.period, category)
    for keys in ({"region": "South,East"}, {"region": "South", "channel": company.store.names("channel").index[0]}):
        scope = company.scope(keys)
        assert overrides.subject(scope, scope.period) is None
    assert overrides.parsed("region:South|someday") is None


def test_random_words_leave_the_table_whole(whole_home, copied):
    """Whatever is said in whatever order: the newest word stands, levels add up, nothing is below zero."""
    company, rng = copied(whole_home), np.random.default_rng(7)
    things = (
        "company:all",
        "region:N",
        "region:S",
        "region:N1",
        "channel:KA",
        "employee:E2",
        "dealer:D04",
        "dealer:D07",
    )
    for _ in range(8):
        thing, when = rng.choice(things), rng.choice(["2026-07", "2026-Q3", "2026-Q4", "2026-08"])
        said(company, f"{thing}|{when}", float(np.round(rng.uniform(0, 3e6), 2)))
    newest = overrides.standing(company)[-1]
    keys = {} if newest.what == "company" else {newest.what: newest.id}
    values = ahead(company, **keys)
    inside = (values.index >= str(newest.period.start)) & (values.index <= str(newest.period.end))
    assert values[inside].sum() == pytest.approx(newest.amount, abs=0.005)
    whole = ahead(company)
    for by in ({"region": ("N", "S")}, {"region": planted.REGIONS}, {"channel": ("KA", "TR")},
               {"category": tuple(planted.CATEGORIES)}, {"dealer": planted.DEALERS[:11]}):  # fmt: skip
        (name, ids), = by.items()  # fmt: skip
        parts = [ahead(company, **{name: id}) for id in ids]
        assert sum(parts).tolist() == pytest.approx(whole.tolist(), abs=0.005)
        assert min(part.min() for part in parts) >= 0
    assert (
        ahead(company, "model").tolist()
        == company.result("forecast_nodes").query("level == 'company'")["mean"].tolist()
    )
