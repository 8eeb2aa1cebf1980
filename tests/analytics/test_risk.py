"""Who will go quiet: planted stops stand out, bands equal brute force, and what is said adds up."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask, risk_job
from analytics.questions.risk import BANDS, DEPENDENT
from analytics.segmentation import churn
from data.scope import Entitlement

DAY = dt.date(2026, 6, 30)


@pytest.fixture(scope="module")
def told(company):
    answer = ask(company, "dealers.risk", company.scope())
    return answer, answer.frames["dealers"].set_index("dealer_id")


@pytest.fixture(scope="module")
def lines(table):
    """Sales and returns of dealers, with the days before DAY that they lie (0 = that day)."""
    frame = table("fact_sales")
    frame = frame[frame["line_type"].isin(["sale", "return"]) & frame["dealer_id"].notna()]
    ago = (pd.Timestamp(DAY) - pd.to_datetime(frame["sales_date"])).dt.days
    return frame.assign(ago=ago, net_amount=frame["net_amount"].astype(float),
                        margin=frame["net_amount"].astype(float) - frame["cost_amount"].astype(float))  # fmt: skip


def test_planted_stops_stand_out(told, truth):
    answer, dealers = told
    stopped = list(truth["lifecycle"]["stopped"])
    since = [(pd.Timestamp(DAY) - pd.Timestamp(day)).days for day in truth["lifecycle"]["stopped"].values()]
    assert all(49 <= days <= 100 for days in since)
    others = dealers.drop([*stopped, *truth["lifecycle"]["lost"]], errors="ignore")
    assert dealers.loc[stopped, "probability"].mean() > 0.5
    assert others["probability"].mean() < 0.1
    assert dealers.loc[stopped, "probability"].min() > others["probability"].quantile(0.9)
    assert answer.values["likely"] == (dealers["probability"] >= 0.5).sum() >= 3
    assert answer.verdict == "ok"


def test_chances_and_money_are_possible(told):
    answer, dealers = told
    assert dealers["probability"].between(0, 1).all()
    assert dealers["alive"].dropna().between(0, 1).all()
    expected = dealers["probability"] * dealers["expected_margin"].clip(lower=0) * 90 / 365
    assert (dealers["at_risk"] - expected).abs().max() < 1e-6
    assert dealers["at_risk"].is_monotonic_decreasing
    for name in ("at_risk", "expected_margin", "naive_margin"):
        assert answer.values[name] == pytest.approx(dealers[name].sum())


def test_who_was_silent_for_a_year_or_is_closed_is_left_out(told, lines, truth, open_ones):
    bought = lines[(lines["ago"] < 365) & (lines["line_type"] == "sale")]
    assert set(told[1].index) == set(bought["dealer_id"]) & open_ones
    gone = [dealer for dealer, day in truth["lifecycle"]["lost"].items() if day < "2025-06-01"]
    assert gone
    assert not set(gone) & set(told[1].index)


def test_margin_of_the_last_year_by_hand(told, lines):
    own = lines[lines["ago"] < 365].groupby("dealer_id")["margin"].sum()
    assert told[1]["naive_margin"].to_dict() == pytest.approx(own.reindex(told[1].index).to_dict())


def test_bands_by_hand(company, told, lines):
    """What would have been said 90 days ago from the orders by then, against who bought since."""
    sales = lines[(lines["line_type"] == "sale") & (lines["net_amount"] > 0)]
    asked = set(sales.loc[sales["ago"].between(90, 454), "dealer_id"])
    came = set(sales.loc[sales["ago"] < 90, "dealer_id"])
    orders = lines[lines["ago"] >= 90].assign(order_date=pd.to_datetime(lines["sales_date"]))
    sums = orders.groupby(["dealer_id", "order_date", "line_type"], as_index=False)["net_amount"].sum()
    said = churn(sums, DAY - dt.timedelta(90), 90).set_index("dealer_id")["probability"]
    said = said[said.index.isin(asked)]
    bands = told[0].frames["bands"]
    assert bands["count"].sum() == len(asked) == len(said)
    row = 0
    for low, high in pairwise(BANDS):
        inside = said[(said > low) & (said <= high) | ((said == 0) & (low == 0))]
        if inside.empty:
            continue
        silent = sum(dealer not in came for dealer in inside.index)
        assert bands.loc[row, "count"] == len(inside)
        assert bands.loc[row, "said"] == pytest.approx(inside.mean())
        assert bands.loc[row, "happened"] == pytest.approx(silent / len(inside))
        row += 1
    assert row == len(bands) >= 3
    assert (bands["lo"] <= bands["happened"]).all()
    assert (bands["happened"] <= bands["hi"]).all()
    values = told[0].values
    assert values["silent_came"] == pytest.approx(len(asked - came))
    assert values["silent_said"] == pytest.approx(said.sum())
    assert abs(values["silent_said"] - values["silent_came"]) < 5


def test_concentration_by_hand(told, lines):
    sold = lines[lines["ago"] < 365].groupby("dealer_id")["net_amount"].sum().reindex(told[1].index)
    sold = sold.clip(lower=0)
    assert told[0].values["top_share"] == pytest.approx(sold.nlargest(10).sum() / sold.sum())
    assert told[0].values["hhi"] == pytest.approx(((sold / sold.sum()) ** 2).sum())


def test_who_hangs_on_promotions(company, told, lines):
    year = lines[lines["ago"] < 365]
    sold = year.groupby("dealer_id")["net_amount"].sum()
    promoted = year[year["promotion_id"].notna()].groupby("dealer_id")["net_amount"].sum()
    share = (promoted.reindex(sold.index).fillna(0) / sold).reindex(told[1].index)
    assert told[1]["promoted_share"].to_dict() == pytest.approx(share.clip(0, 1).to_dict())
    assert set(told[0].frames["dependence"]["dealer_id"]) == set(share.index[share >= DEPENDENT])
    assert told[0].values["promoted_share"] == pytest.approx(
        promoted.reindex(told[1].index).sum() / sold.reindex(told[1].index).sum()
    )


def test_a_viewer_of_one_region_sees_its_dealers_with_the_same_chances(company, told):
    viewer = company.scope({}, Entitlement("wang", regions=("South",)))
    answer = ask(company, "dealers.risk", viewer)
    seen = answer.frames["dealers"].set_index("dealer_id")
    mine = set(company.store.query("dealer_terms", viewer)["dealer_id"])
    assert set(seen.index) == mine & set(told[1].index) != set(told[1].index)
    columns = ["probability", "rule", "expected_margin", "at_risk"]
    pd.testing.assert_frame_equal(seen[columns], told[1].loc[seen.index, columns])
    assert answer.frames["bands"]["count"].sum() < told[0].frames["bands"]["count"].sum()


def test_an_earlier_day_says_that_the_last_one_is_told(company, told):
    answer = ask(company, "dealers.risk", company.scope({"as_of": "2026-03-31"}))
    assert answer.values["day"] == DAY
    assert any("2026-06-30" in str(note) for note in answer.notes)
    assert np.isclose(answer.values["at_risk"], told[0].values["at_risk"])


def test_results_hold_what_the_job_promises(company):
    stored = company.result(risk_job.RISK)
    assert stored["dealer_id"].is_unique
    assert stored["probability"].notna().all()
    assert len(company.result(risk_job.TESTED)) == 1
