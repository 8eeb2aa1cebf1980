"""Past forecasts against what came: sums by hand, and alarms for who was always on one side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask
from analytics.questions import forecast_job as job
from analytics.questions import forecast_nodes as nodes
from analytics.questions.answer import Answer
from data.company import Company
from data.scope import Entitlement


def accuracy(company: Company, entitlement: Entitlement | None = None, **keys: str) -> Answer:
    scope = company.scope(keys, entitlement) if entitlement else company.scope(keys)
    return ask(company, "forecast.accuracy", scope)


def by_hand(rows: pd.DataFrame) -> dict[str, float]:
    """WAPE, bias and coverage of rows of the stored track, term by term."""
    off, size = 0.0, 0.0
    naive, signed, inside = 0.0, 0.0, 0
    for row in rows.to_dict("records"):
        off += abs(row["mean"] - row["y"])
        naive += abs(row["naive"] - row["y"])
        signed += row["mean"] - row["y"]
        size += abs(row["y"])
        inside += row["lo-80"] <= row["y"] <= row["hi-80"]
    return {"wape": off / size, "naive_wape": naive / size, "bias": signed / size, "coverage_80": inside / len(rows)}


@pytest.fixture(scope="module")
def track(whole) -> pd.DataFrame:
    return whole.result(job.TRACK).dropna(subset="y")


@pytest.mark.parametrize(
    ("keys", "level", "chosen"),
    [({}, "company", [""]), ({"region": "N"}, "region1", ["N"]), ({"region": "N1,S1"}, "region2", ["N1", "S1"]),
     ({"channel": "TR"}, "channel", ["TR"]), ({"category": "gifts"}, "category", ["gifts"]),
     ({"dealer": "D02"}, "dealer", ["D02"])],
)  # fmt: skip
def test_the_accuracy_of_a_scope_is_that_of_its_nodes(whole, track, keys, level, chosen):
    """One to three months ahead, at the level that answers the scope; the outlook says the same."""
    mine = track[(track["level"] == level) & track["key"].isin(chosen) & (track["horizon"] <= 3)]
    answer = accuracy(whole, **keys)
    for name, value in by_hand(mine).items():
        assert answer.values[name] == pytest.approx(value), name
    assert answer.values["tested"] == len(mine)
    assert answer.values["tested_months"] == mine["ds"].nunique()
    outlook = ask(whole, "forecast.outlook", whole.scope(keys)).values
    assert outlook["wape"] == answer.values["wape"]
    steps = answer.frames["steps"].set_index("horizon")
    all_steps = track[(track["level"] == level) & track["key"].isin(chosen)]
    for horizon, rows in all_steps.groupby("horizon"):
        assert steps.loc[horizon, "wape"] == pytest.approx(by_hand(rows)["wape"])
        assert steps.loc[horizon, "count"] == len(rows)


def test_levels_by_hand_and_in_order(whole, track):
    levels = accuracy(whole).frames["levels"]
    assert levels["level"].tolist() == ["company", "region1", "region2", "channel", "category", "region1+category",
                                        "employee", "dealer"]  # fmt: skip
    for row in levels.to_dict("records"):
        mine = track[(track["level"] == row["level"]) & (track["horizon"] <= 3)]
        for name, value in by_hand(mine).items():
            assert row[name] == pytest.approx(value), (row["level"], name)
        assert row["nodes"] == mine["key"].nunique()
        assert row["added"] == pytest.approx(row["naive_wape"] - row["wape"])


def test_the_planted_law_is_forecast_better_than_by_the_last_year(whole):
    """Growth of 10 and -5 % a year lies in the error of the seasonal naive forecast and not in the model's."""
    levels = accuracy(whole).frames["levels"].set_index("level")
    for level in ("region1", "region2"):
        assert levels.loc[level, "wape"] < 0.6 * levels.loc[level, "naive_wape"]
    assert levels.loc["region1", "naive_wape"] > 0.05
    assert levels["bias"].abs().max() < 0.05


def test_what_was_said_of_a_month(whole, track):
    said = accuracy(whole, region="S").frames["said"].set_index("ds")
    mine = track[(track["level"] == "region1") & (track["key"] == "S")]
    one = mine[mine["horizon"] == 1].set_index("ds")
    three = mine[mine["horizon"] == 3].set_index("ds")
    for day, row in said.iterrows():
        assert row["said"] == pytest.approx(one.loc[day, "mean"])
        assert row["actual"] == pytest.approx(one.loc[day, "y"])
        assert (row["low"], row["high"]) == pytest.approx((one.loc[day, "lo-80"], one.loc[day, "hi-80"]))
        if day in three.index:
            assert row["said_before"] == pytest.approx(three.loc[day, "mean"])
        else:
            assert np.isnan(row["said_before"])
    assert said.index.max() == pd.Timestamp("2026-06-01")


def test_who_is_always_too_high_or_too_low_is_named(copied, whole_home):
    """Six months one after another, all to one side by more than 5 %; one month on the other side ends it."""
    company = copied(whole_home)
    path = company.snapshot.results / f"{job.TRACK}.parquet"
    rows = pd.read_parquet(path)
    first = rows["horizon"] == 1
    recent = rows["ds"] >= "2026-01-01"
    rows.loc[first, "mean"] = rows.loc[first, "y"] * 1.01  # all are a little high: no alarm
    for key, factors in {"N1": [1.2] * 6, "S1": [0.7] * 6, "N2": [1.5] * 5 + [0.99], "S2": [1.04] * 6}.items():
        mine = first & recent & (rows["level"] == "region2") & (rows["key"] == key)
        order = rows[mine].sort_values("ds").index
        rows.loc[order, "mean"] = rows.loc[order, "y"] * factors
    rows.to_parquet(path, index=False)
    alarms = accuracy(company).frames["alarms"].set_index("key")
    assert set(alarms.index) == {"N1", "S1"}
    assert alarms.loc["N1", "bias"] == pytest.approx(0.2)
    assert alarms.loc["S1", "bias"] == pytest.approx(-0.3)
    mine = rows[first & recent & (rows["level"] == "region2") & (rows["key"] == "N1")]
    assert alarms.loc["N1", "money"] == pytest.approx(mine["y"].mean() * 0.2)
    assert (alarms["months"] == 6).all()
    assert accuracy(company, region="N").frames["alarms"]["key"].tolist() == ["N1"]
    assert accuracy(company, Entitlement("s", regions=("S",))).frames["alarms"]["key"].tolist() == ["S1"]


def test_a_viewer_is_judged_on_their_own_nodes(whole, track):
    levels = accuracy(whole, Entitlement("n", regions=("N",))).frames["levels"].set_index("level")
    assert set(levels.index) == {"region1", "region2", "region1+category", "dealer"}
    assert levels["nodes"].to_dict() == {"region1": 1, "region2": 2, "region1+category": 2, "dealer": 6}
    mine = track[(track["level"] == "region2") & track["key"].isin(["N1", "N2"]) & (track["horizon"] <= 3)]
    assert levels.loc["region2", "wape"] == pytest.approx(by_hand(mine)["wape"])


def test_two_years_and_two_months_are_too_few(company):
    answer = accuracy(company)
    assert answer.verdict == "insufficient_evidence"
    assert any("Too short a history" in str(note) for note in answer.notes)
    assert np.isnan(answer.values["wape"])
    assert answer.values["tested"] == 0
    assert answer.values["level"] == nodes.COMPANY


def test_the_categories_of_a_region_are_judged(whole, track):
    """Shown beside the landing by category of a region: the region's own categories, and nobody else's."""
    values = ask(whole, "forecast.landing", whole.scope({"region": "N"}), by="category").values["quality_by"]
    mine = track[(track["level"] == "region1+category") & (track["horizon"] <= 3)]
    mine = mine[mine["key"].str.startswith("N" + nodes.JOINT)]
    assert values["tested"] == len(mine) > 0
    assert values["wape"] == pytest.approx((mine["mean"] - mine["y"]).abs().sum() / mine["y"].abs().sum())
