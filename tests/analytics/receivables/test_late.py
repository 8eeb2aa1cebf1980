"""Late payment: features by hand, no leaks, figures against scikit-learn, planted late payers found."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from analytics.questions import ask
from analytics.receivables import late, risk

DAYS = 30


def invoices(seed: int = 3, number: int = 3_000, dealers: int = 20) -> pd.DataFrame:
    """Dealers whose chance to be late is their own; outcomes up to the end of 2025."""
    rng = np.random.default_rng(seed)
    dealer = rng.integers(0, dealers, number)
    issued = np.sort(np.datetime64("2024-01-01") + rng.integers(0, 730, number)).astype("datetime64[ns]")
    due = issued + np.timedelta64(15, "D")
    is_late = rng.random(number) < (dealer + 1) / (2 * dealers)
    delay = np.where(is_late, rng.integers(31, 80, number), rng.integers(-10, 25, number))
    settled = due + delay * np.timedelta64(1, "D")
    end = np.datetime64("2025-12-31")
    amount = rng.uniform(50, 500, number)
    known = due + np.timedelta64(DAYS, "D") <= end
    return pd.DataFrame({
        "invoice_id": [f"I{i}" for i in range(number)], "dealer_id": [f"D{d:02d}" for d in dealer],
        "invoice_date": issued, "due_date": due, "amount": amount,
        "settled": np.where(settled <= end, settled, np.datetime64("NaT")),
        "open_due": np.where(due <= end, np.where(delay > 0, amount, 0.0), np.nan),
        "open_late": np.where(known, np.where(is_late, amount, 0.0), np.nan),
        "balance": np.where(settled <= end, 0.0, amount),
    })  # fmt: skip


@pytest.fixture(scope="module")
def frame():
    return invoices()


def test_the_plain_rate_is_that_of_the_year_before_the_invoice(frame):
    found = late.features(frame, DAYS)
    for i in (10, 700, 1500, 2900):
        row = frame.iloc[i]
        known_on = frame["due_date"] + pd.Timedelta(days=DAYS)
        year = (known_on < row["invoice_date"]) & (known_on >= row["invoice_date"] - pd.Timedelta(days=365))
        mine = frame[year & (frame["dealer_id"] == row["dealer_id"])]
        assert found["outcomes"].iloc[i] == len(mine)
        base = mine if len(mine) >= risk.FEWEST else frame[year]
        rate = base["open_late"].sum() / base["amount"].sum() if len(base) else 0.0
        assert found["plain_rate"].iloc[i] == pytest.approx(rate)
        earlier = frame[(frame["dealer_id"] == row["dealer_id"]) & (frame["invoice_date"] < row["invoice_date"])]
        outside = earlier[earlier["settled"].isna() | (earlier["settled"] >= row["invoice_date"])]
        overdue = outside.loc[outside["due_date"] < row["invoice_date"], "amount"].sum()
        share = overdue / outside["amount"].sum() if len(outside) else 0.0
        assert found["overdue_share"].iloc[i] == pytest.approx(share, abs=1e-9)


def test_no_feature_knows_what_came_later(frame):
    day = pd.Timestamp("2025-03-01")
    changed = frame.copy()
    later = changed["due_date"] >= day
    changed.loc[later, "open_due"] = changed.loc[later, "amount"]
    changed.loc[changed["due_date"] + pd.Timedelta(days=DAYS) >= day, "open_late"] = 1.0
    unknown = changed["settled"] >= day
    changed.loc[unknown, "settled"] = pd.NaT
    before = frame["invoice_date"] <= day
    columns = [*late.FEATURES, "plain_rate", "outcomes"]
    pd.testing.assert_frame_equal(late.features(frame, DAYS).loc[before, columns],
                                  late.features(changed, DAYS).loc[before, columns])  # fmt: skip


def test_what_is_tested_was_not_learned_from(frame):
    as_of = pd.Timestamp("2025-12-31")
    scores = late.scored(frame, DAYS, as_of)
    first = scores[scores["part"] == "test"]["invoice_date"].min()
    turned = frame.copy()
    unseen = turned["invoice_date"] >= first
    turned.loc[unseen, "open_late"] = (turned.loc[unseen, "amount"] - turned.loc[unseen, "open_late"]).abs()
    again = late.scored(turned, DAYS, as_of).set_index("invoice_id")["probability"]
    early = scores[(scores["part"] == "test") & (scores["invoice_date"] < first + pd.Timedelta(days=14))]
    assert len(early) > 10
    assert again.loc[early["invoice_id"]].to_numpy() == pytest.approx(early["probability"].to_numpy())


def test_figures_agree_with_an_oracle_and_beat_chance(frame):
    scores = late.scored(frame, DAYS, pd.Timestamp("2025-12-31"))
    tested = scores[scores["part"] == "test"].reset_index(drop=True)
    for score in ("probability", "late_rate"):
        found = late.quality(tested, score)
        assert found.auc == pytest.approx(roc_auc_score(tested["late"], tested[score]))
        assert found.auc > 0.6
        top = (tested[score] * tested["amount"]).sort_values(ascending=False, kind="stable").index
        top = top[: -(-len(tested) // 5)]
        assert found.caught == pytest.approx(tested["late_value"][top].sum() / tested["late_value"].sum())
        assert found.caught > 0.25
        assert late.calibration(tested, score)["invoices"].sum() == len(tested)
    open_ = scores[scores["part"] == "open"]
    assert (open_["due_date"] >= pd.Timestamp("2025-12-31")).all()
    assert open_["late"].isna().all()


def test_too_little_to_learn_from_gives_no_scores(frame):
    assert late.scored(frame.head(200), DAYS, pd.Timestamp("2025-12-31")).empty
    never = frame.assign(open_late=frame["open_late"] * 0)
    assert late.scored(never, DAYS, pd.Timestamp("2025-12-31")).empty
    assert late.scored(frame.iloc[:0], DAYS, pd.Timestamp("2025-12-31")).empty


def test_planted_late_payers_are_ranked_first(company, demo_home):
    truth = json.loads((demo_home / "demo-truth.json").read_text(encoding="utf-8"))["late_payers"]["dealers"]
    dealers = ask(company, "receivables.late", company.scope()).frames["dealers"]
    there = [dealer for dealer in truth if dealer in set(dealers["dealer_id"])]
    by_rate = dealers.sort_values("late_rate", ascending=False)["dealer_id"]
    assert there
    assert set(by_rate.head(len(there))) & set(there)


def test_money_likely_late_adds_up_and_never_exceeds_what_is_in_term(company):
    whole = ask(company, "receivables.late", company.scope())
    south = ask(company, "receivables.late", company.scope({"region": "South"}))
    in_term = company.store.measure(company.scope(), ("in_term",)).iloc[0, 0]
    assert whole.values["open"] == pytest.approx(in_term)
    assert (whole.frames["dealers"]["likely_late"] <= whole.frames["dealers"]["open"] + 1e-6).all()
    assert 0 < south.values["likely_late"] < whole.values["likely_late"]
    pd.testing.assert_frame_equal(whole.frames["methods"], south.frames["methods"])
    caught = whole.frames["methods"].set_index("method")["caught"]
    assert whole.values["leads"] == ("model" if caught["model"] > caught["rule"] else "rule")
