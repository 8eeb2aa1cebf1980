"""The outlook of any scope: parts of one whole, for a viewer no more than what they may see."""

from __future__ import annotations

import datetime as dt
import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.questions import ask
from analytics.questions import forecast_job as job
from analytics.questions import forecast_nodes as nodes
from analytics.questions.answer import Answer
from data.company import Company
from data.scope import Entitlement
from tests.analytics import planted

FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
QUESTIONS = ("forecast.outlook", "forecast.landing", "forecast.accuracy", "forecast.moved", "forecast.changes")


def outlook(company: Company, entitlement: Entitlement | None = None, grain: str = "month", **keys: str) -> Answer:
    scope = company.scope(keys, entitlement) if entitlement else company.scope(keys)
    return ask(company, "forecast.outlook", scope, grain=grain)


def numbers(answer: Answer) -> list[object]:
    """All that an answer says, in plain data, without who asked and how."""
    said = answer.to_dict()
    return [said["frames"], {key: value for key, value in said["values"].items() if key != "who"}, said["notes"]]


# ------------------------------------------------------------------ any scope


@FEW
@given(st.data())
def test_whatever_is_chosen_the_outlook_holds_together(company, data):
    store = company.store
    pick = {
        "region": list(store.region_tree["region_id"]), "channel": list(store.names("channel").index),
        "category": list(store.categories), "employee": list(store.names("employee").index),
        "dealer": list(store.names("dealer").index),
    }  # fmt: skip
    names = data.draw(st.lists(st.sampled_from(sorted(pick)), max_size=3, unique=True))
    keys = {name: ",".join(data.draw(st.lists(st.sampled_from(pick[name]), min_size=1, max_size=3, unique=True)))
            for name in names}  # fmt: skip
    grain = data.draw(st.sampled_from(["month", "quarter"]))
    answer = outlook(company, grain=grain, **keys)
    json.dumps(answer.to_dict(), allow_nan=False)
    frame = answer.frames["forecast"]
    if answer.verdict != "ok":
        assert frame.empty
        assert answer.notes
        return
    assert (frame["mean"] >= 0).all()
    for low, high in (("lo-95", "lo-80"), ("lo-80", "mean"), ("mean", "hi-80"), ("hi-80", "hi-95")):
        assert (frame[low] <= frame[high] + 1e-6).all()
    assert frame["change"].abs().max() < 0.005
    assert len(frame) == (job.HORIZON if grain == "month" else 5)
    landing = ask(company, "forecast.landing", company.scope(keys), by="category", over="quarter")
    assert landing.values["expected"] == pytest.approx(outlook(company, grain="quarter", **keys).frames["forecast"][
        "mean"].iloc[0], abs=0.01)  # fmt: skip
    assert landing.frames["by"]["expected"].sum() == pytest.approx(landing.values["expected"], abs=0.02)


@pytest.mark.parametrize(
    ("keys", "level", "count"),
    [({}, "company", 1), ({"region": "N"}, "region1", 1), ({"region": "N,S"}, "company", 1),
     ({"region": "N1,S2"}, "region2", 2), ({"channel": "KA"}, "channel", 1), ({"employee": "E1,E2"}, "employee", 2),
     ({"category": "beer"}, "category", 1), ({"region": "N", "category": "beer"}, "region1+category", 1),
     ({"dealer": "D01,D02"}, "dealer", 2), ({"region": "N1", "category": "beer"}, "region2", 1),
     ({"region": "N", "channel": "KA"}, "dealer", 3), ({"dealer": "D01,D02,D03"}, "region2", 1)],
)  # fmt: skip
def test_the_coarsest_level_that_can_say_it_answers(whole, keys, level, count):
    answer = outlook(whole, **keys)
    assert (answer.values["level"], answer.values["nodes"]) == (level, count)
    if level not in ("company", "dealer") and "category" not in keys:
        stored = whole.result(job.NODES)
        chosen = next(iter(keys.values())).split(",")
        mine = stored[(stored["level"] == level) & stored["key"].isin(chosen)]
        if len(mine):
            assert answer.frames["forecast"]["mean"].tolist() == pytest.approx(
                mine.groupby("ds")["mean"].sum().tolist(), abs=0.005
            )


def test_parts_of_every_kind_add_up_to_the_whole_in_every_month(whole):
    everything = outlook(whole).frames["forecast"]["mean"]
    for name, ids in (("region", "NS"), ("region", planted.REGIONS), ("channel", ("KA", "TR")),
                      ("employee", ("E1", "E2", "E3")), ("category", tuple(planted.CATEGORIES))):  # fmt: skip
        parts = [outlook(whole, **{name: id}).frames["forecast"]["mean"] for id in ids]
        assert sum(parts).tolist() == pytest.approx(everything.tolist(), abs=0.005), name
    crossed = [outlook(whole, region=region, category=category).frames["forecast"]["mean"]
               for region in planted.REGIONS for category in planted.CATEGORIES]  # fmt: skip
    assert sum(crossed).tolist() == pytest.approx(everything.tolist(), abs=0.02)


def test_a_quarter_is_its_months_and_what_is_booked(running):
    months = outlook(running).frames["forecast"].set_index("ds")
    quarters = outlook(running, grain="quarter").frames["forecast"].set_index("ds")
    lines = planted.sales(planted.MID)
    booked = lines.loc[(lines["day"] >= "2026-04-01") & (lines["day"] < "2026-06-01"), "amount"].sum()
    first, second = quarters.iloc[0], quarters.iloc[1]
    assert quarters.index[0] == pd.Timestamp("2026-04-01")
    assert first["mean"] == pytest.approx(booked + months["mean"].iloc[0], abs=0.01)
    assert first["to_date"] == pytest.approx(lines.loc[lines["day"] >= "2026-04-01", "amount"].sum(), abs=0.01)
    assert second["mean"] == pytest.approx(months["mean"].iloc[1:4].sum(), abs=0.01)
    assert second["target"] == pytest.approx(months["target"].iloc[1:4].sum(), abs=0.01)
    ordinary = lines["day"].between("2025-04-01", "2025-06-30")
    assert first["last_year"] == pytest.approx(lines.loc[ordinary, "amount"].sum(), abs=0.01)
    # errors of neighbouring months are alike: wider than if they were not, narrower than if they were the same
    width = second["hi-80"] - second["lo-80"]
    widths = (months["hi-80"] - months["lo-80"]).iloc[1:4].to_numpy()
    assert np.sqrt((widths**2).sum()) * 0.9 < width < widths.sum()


def test_the_chart_joins_what_was_and_what_comes(whole):
    chart = outlook(whole, region="N").frames["chart"]
    lines = planted.sales(planted.END)
    lines = lines[lines["dealer_id"].map(planted.region_of).str[0] == "N"]
    by_month = lines.groupby(lines["day"].dt.to_period("M"))["amount"].sum()
    past = chart[chart["actual"].notna()]
    assert len(past) == 24
    assert len(chart) == 24 + job.HORIZON
    assert past["actual"].tolist() == pytest.approx(by_month.tail(24).tolist(), abs=0.01)
    assert past["last_year"].tolist() == pytest.approx(by_month.iloc[-36:-12].tolist(), abs=0.01)
    assert past["mean"].isna().all()
    assert chart["running"].sum() == 0
    goals = planted.targets()
    july = goals[(goals["period_start"] == dt.date(2026, 7, 1)) & goals["region_id"].str.startswith("N")]
    assert chart.set_index("start").loc[dt.date(2026, 7, 1), "target"] == pytest.approx(july["target_value"].sum())


def test_another_day_and_single_products_have_no_forecast(company):
    for keys in ({"as_of": "2026-05-31"}, {"product": company.store.names("product").index[0]}):
        for name in QUESTIONS:
            answer = ask(company, name, company.scope(keys))
            assert answer.verdict == "insufficient_evidence", name
            assert answer.notes


# ------------------------------------------------------------------ who sees what


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("regions", [("N",), ("N1", "S2"), ("S1",)])
def test_a_viewer_sees_what_everybody_sees_of_their_regions(whole, regions, name):
    viewer = Entitlement("somebody", regions=regions)
    theirs = ask(whole, name, whole.scope({}, viewer))
    everybodys = ask(whole, name, whole.scope({"region": ",".join(regions)}))
    said, full = numbers(theirs), numbers(everybodys)
    if (
        name == "forecast.changes"
    ):  # a view of several regions has no one thing; neither has a viewer's without a filter
        for values in (said[1], full[1]):
            values.pop("thing")
            values.pop("can_change")
    assert said == full


def test_a_viewer_sees_nothing_of_others(company):
    """Whatever they ask for beyond their region is empty, and no frame names a dealer or region of another."""
    viewer = Entitlement("east", regions=("East",))
    members = company.result(job.MEMBERS)
    others = set(members.loc[members["region1"] != "East"].drop(columns=["channel", "employee"]).to_numpy().ravel())
    others -= set(members.loc[members["region1"] == "East"].to_numpy().ravel())
    for name in QUESTIONS:
        for by in ("region", "dealer", "category", "channel") if name == "forecast.landing" else ("",):
            answer = ask(company, name, company.scope({}, viewer), **({"by": by} if by else {}))
            text = json.dumps(answer.to_dict()["frames"], ensure_ascii=False)
            assert not [id for id in others if f'"{id}"' in text], (name, by)
    south = outlook(company, viewer, region="South")
    assert south.verdict == "insufficient_evidence"
    assert south.frames["forecast"].empty


def test_a_viewer_of_dealers_sees_these(whole):
    both = Entitlement("two", dealers=("D01", "D08"))
    theirs = outlook(whole, both).frames["forecast"]
    stored = whole.result(job.DEALERS)
    mine = stored[stored["key"].isin(["D01", "D08"])].groupby("ds")["mean"].sum()
    assert theirs["mean"].tolist() == pytest.approx(mine.tolist(), abs=0.005)
    one = outlook(whole, both, region="N").frames["forecast"]
    assert one["mean"].tolist() == outlook(whole, dealer="D01").frames["forecast"]["mean"].tolist()


def test_a_viewer_of_products_is_told_why_not(company):
    viewer = Entitlement("buyer", products=(company.store.names("product").index[0],))
    for name in QUESTIONS:
        answer = ask(company, name, company.scope({}, viewer))
        assert answer.verdict == "insufficient_evidence", name
        assert any("not by product" in str(note) for note in answer.notes)
        assert all(frame.empty for frame in answer.frames.values())


def test_sees_all_is_for_whom_nothing_is_restricted():
    assert Company.sees_all(Entitlement("anybody", pages=("overview",)))
    for name in ("regions", "dealers", "products"):
        assert not Company.sees_all(Entitlement("somebody", **{name: ("x",)}))


def test_levels_split_as_the_members_do(whole):
    """Every node of a level is of dealers that share its key, and no dealer is in two of a level."""
    members = nodes.members(whole, whole.scope())
    assert list(members.columns) == ["dealer_id", "region1", "region2", "channel", "employee"]
    for dealer in members.itertuples():
        assert (dealer.region2, dealer.region1) == (planted.region_of(dealer.dealer_id), dealer.region2[0])
        assert (dealer.channel, dealer.employee) == (planted.channel_of(dealer.dealer_id),
                                                     planted.owner_of(dealer.dealer_id))  # fmt: skip
    for a, b in combinations(("region2", "channel", "employee"), 2):
        assert members.groupby(a)[b].nunique().max() > 1
