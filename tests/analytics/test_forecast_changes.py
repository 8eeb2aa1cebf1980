"""The layers of changes: where each stands, who sees it, and what it was worth once the actual is in."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask
from analytics.questions.answer import Answer
from data.company import Company
from data.scope import Entitlement, Period
from tests.analytics import planted
from tests.analytics.planted import said

EAST_VIEWER = Entitlement("east", regions=("East",))


@pytest.fixture
def planted_copy(copied, whole_home) -> Company:
    return copied(whole_home)


def changes(company: Company, entitlement: Entitlement | None = None, **keys: str) -> Answer:
    scope = company.scope(keys, entitlement) if entitlement else company.scope(keys)
    answer = ask(company, "forecast.changes", scope)
    json.dumps(answer.to_dict(), allow_nan=False)
    return answer


def states(answer: Answer) -> list[tuple[str, str]]:
    return list(answer.frames["layers"][["subject", "state"]].itertuples(index=False, name=None))


def sold(company: Company, start: str, end: str, **keys: str) -> float:
    period = Period(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    return float(company.store.measure(company.scope(keys), ("net_sales",), period=period)["net_sales"].iloc[0])


# ------------------------------------------------------------------ layers


def test_each_layer_says_where_it_stands(planted_copy):
    company = planted_copy
    said(company, "region:N|2026-Q3", 1_500_000.0, model=1_450_000.0)
    said(company, "region:N|2026-Q3", 1_600_000.0)
    said(company, "region:S|2026-Q3", 1_000_000.0)
    said(company, "company:all|2026-Q4", 2_000_000.0)
    said(company, "company:all|2026-Q4", None)
    said(company, "region:N|2026-Q2", 1.0)
    said(company, "region:N1|2026-08", 100_000.0)  # a part of N, later: N moves
    answer = changes(company)
    assert states(answer) == [
        ("region:N1|2026-08", "stands"), ("region:N|2026-Q2", "over"), ("company:all|2026-Q4", "withdrawn"),
        ("company:all|2026-Q4", "replaced"), ("region:S|2026-Q3", "stands"), ("region:N|2026-Q3", "moved"),
        ("region:N|2026-Q3", "replaced"),
    ]  # fmt: skip
    layers = answer.frames["layers"]
    assert answer.values["standing"] == 3
    now = layers.loc[layers["state"] == "moved", "stands"].iloc[0]
    ahead = ask(company, "forecast.outlook", company.scope({"region": "N"}), grain="quarter").frames["forecast"]
    assert now == pytest.approx(ahead["mean"].iloc[0], abs=0.01)
    assert layers["amount"].tolist()[-1] == 1_500_000.0
    assert layers["model"].tolist()[-1] == 1_450_000.0
    assert np.isnan(layers.loc[layers["state"] == "withdrawn", "amount"]).all()
    assert layers.loc[layers["state"] == "over", "stands"].isna().all()


def test_a_scope_shows_the_changes_of_what_it_holds(planted_copy):
    company = planted_copy
    subjects = ("company:all|2026-07", "region:N|2026-07", "channel:KA|2026-07", "dealer:D01|2026-07",
                "dealer:D08|2026-07", "region:N|2026-07|beer")  # fmt: skip
    for subject in subjects:
        said(company, subject, 1000.0)

    def shown(**keys: str) -> set[str]:
        return set(changes(company, **keys).frames["layers"]["subject"])

    assert shown() == set(subjects)
    assert shown(region="N") == {"region:N|2026-07", "dealer:D01|2026-07", "region:N|2026-07|beer"}
    assert shown(region="S") == {"dealer:D08|2026-07"}
    assert shown(channel="KA") == {"channel:KA|2026-07", "dealer:D08|2026-07"}  # even numbers
    assert shown(dealer="D01") == {"dealer:D01|2026-07"}
    assert shown(region="N", category="beer") == {"region:N|2026-07|beer"}


def test_what_can_be_changed_is_one_thing_that_the_viewer_sees_whole(company):
    assert changes(company).values["thing"] == "company:all"
    assert changes(company, region="South").values["thing"] == "region:South"
    assert not changes(company, region="South,East").values["can_change"]
    for keys, thing in (({}, None), ({"region": "East"}, "region:East")):
        answer = changes(company, EAST_VIEWER, **keys)
        assert (answer.values["can_change"], answer.values["thing"]) == (thing is not None, thing)
    channel = company.store.names("channel").index[0]
    assert not changes(company, EAST_VIEWER, channel=channel).values["can_change"]
    opened = changes(company, region="South").frames["open"]
    outlook = ask(company, "forecast.outlook", company.scope({"region": "South"})).frames["forecast"]
    assert opened["amount"].tolist() == outlook["mean"].tolist()
    assert opened["model"].tolist() == outlook["model"].tolist()


def test_viewers_see_no_numbers_of_others(copied, demo_home):
    company = copied(demo_home)
    members = company.result("forecast_members").set_index("dealer_id")["region1"]
    active = set(company.result("forecast_dealers")["key"])
    east, south = (next(id for id in members.index[members == region] if id in active) for region in ("East", "South"))
    channel = company.store.names("channel").index[0]
    own = {"region:East|2026-07", f"dealer:{east}|2026-07", "region:East|2026-05", f"dealer:{east}|2026-05"}
    for when in ("2026-07", "2026-05"):
        for thing in ("company:all", "region:South", "region:East", f"channel:{channel}", f"dealer:{south}",
                      f"dealer:{east}"):  # fmt: skip
            said(company, f"{thing}|{when}", 1e6, data_to="2026-04-30", model=9e5)
    answer = changes(company, EAST_VIEWER)
    assert set(answer.frames["layers"]["subject"]) == own
    assert set(answer.frames["judged"]["subject"]) == {subject for subject in own if "2026-05" in subject}
    alone = changes(company, Entitlement("one", dealers=(south,)))
    assert set(alone.frames["layers"]["subject"]) == {f"dealer:{south}|2026-07", f"dealer:{south}|2026-05"}
    product = company.store.names("product").index[0]
    blind = changes(company, Entitlement("buyer", products=(product,)))
    assert blind.verdict == "insufficient_evidence"
    assert all(frame.empty for frame in blind.frames.values())
    assert not blind.values["can_change"]


# ------------------------------------------------------------------ what they were worth


def test_the_staircase_by_hand(planted_copy):
    """Two quarters that are over: errors of each step summed by hand, over what was sold."""
    company = planted_copy
    words = {"region:N|2026-Q2": [1_400_000.0, 1_300_000.0], "region:S|2026-Q2": [900_000.0, 950_000.0]}
    models = {"region:N|2026-Q2": 1_250_000.0, "region:S|2026-Q2": 1_000_000.0}
    for subject, (first, last) in words.items():
        said(company, subject, first, model=models[subject], data_to="2026-03-31")
        said(company, subject, last, model=1.0, data_to="2026-04-30")
    said(company, "region:N|2026-Q2", 1_234_567.0, model=1.0, data_to="2026-06-30")  # all was known: no forecast
    said(company, "region:N|2026-05", 5.0, model=1.0, data_to="2026-04-30")
    said(company, "region:N|2026-05", None)  # withdrawn: judged no more
    said(company, "region:N|2026-Q4", 5.0, model=1.0, data_to="2026-04-30")  # not over
    answer = changes(company)
    judged = answer.frames["judged"].set_index("subject")
    assert set(judged.index) == set(words)
    errors = dict.fromkeys(("seasonal_naive", "model", "override", "final"), 0.0)
    total = 0.0
    for subject, (first, last) in words.items():
        region = {"region": subject[7]}
        came, before = (
            sold(company, "2026-04-01", "2026-06-30", **region),
            sold(company, "2025-04-01", "2025-06-30", **region),
        )
        row = judged.loc[subject]
        assert (row["override"], row["final"], row["model"]) == (first, last, models[subject])
        assert row["actual"] == pytest.approx(came, abs=0.01)
        assert row["seasonal_naive"] == pytest.approx(before, abs=0.01)
        total += came
        for step, value in zip(errors, (before, models[subject], first, last), strict=True):
            errors[step] += abs(value - came)
    stairs = answer.frames["staircase"]
    assert stairs["model"].tolist() == list(errors)
    wapes = [error / total for error in errors.values()]
    assert stairs["wape"].tolist() == pytest.approx(wapes)
    assert np.isnan(stairs["added"].iloc[0])
    assert stairs["added"].tolist()[1:] == pytest.approx([a - b for a, b in pairwise(wapes)])
    assert answer.values["judged"] == 2
    assert changes(company, region="S").frames["judged"]["subject"].tolist() == ["region:S|2026-Q2"]


def test_a_month_that_is_running_is_not_judged(copied, running):
    company = copied(running.home)
    said(company, "company:all|2026-06", 5.0, model=1.0, data_to="2026-05-31")
    said(company, "company:all|2026-05", 5.0, model=1.0, data_to="2026-04-30")
    answer = changes(company)
    assert answer.frames["judged"]["subject"].tolist() == ["company:all|2026-05"]
    assert dict(states(answer))["company:all|2026-06"] in ("stands", "moved")
    assert dict(states(answer))["company:all|2026-05"] == "over"


def test_a_month_is_judged_when_its_last_selling_day_is_over(tmp_path):
    """The data end on Friday 29 May 2026; the month ends on Sunday."""
    home = tmp_path / "may"
    home.mkdir()
    rows = planted.tables(dt.date(2026, 5, 29))
    sales = rows["fact_sales"]
    rows["fact_sales"] = sales[sales["dealer_id"].isin(["D01"]) & (sales["order_date"] >= "2025-04-01")]
    rows["dim_dealer"] = rows["dim_dealer"].query("dealer_id == 'D01'")
    company = planted.publish(home, rows, dt.date(2026, 5, 29))
    said(company, "company:all|2026-05", 5.0, model=1.0, data_to="2026-04-30")
    answer = changes(company)
    assert states(answer) == [("company:all|2026-05", "over")]
    assert answer.frames["judged"]["actual"].tolist() == [pytest.approx(sold(company, "2026-05-01", "2026-05-31"))]
    assert pd.notna(answer.frames["judged"]["seasonal_naive"]).all()
