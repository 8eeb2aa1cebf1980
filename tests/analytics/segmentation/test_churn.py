"""Chances of silence against planted truth, brute force and other libraries; nothing after the as-of day counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from analytics.segmentation import BgNbd, churn, churn_features, churn_model, expected_margin, rfm
from analytics.segmentation.rfm import by_day, number

START = pd.Timestamp("2021-01-01")
TRUE = BgNbd(1.5, 60.0, 1.2, 9.0, 0.0)  # days: an order every 40, an eighth lost after each
CODES = {code for _, code in churn_features.FEATURES.values()} | {"returns_only", "unknown"}


def planted(n: int, length: int, seed: int = 0, season: bool = False, dropout: bool = True) -> pd.DataFrame:
    """Orders of n dealers who start at any time and buy and drop out as TRUE has it; with `season`, a third of the
    orders outside October to December does not happen."""
    rng = np.random.default_rng(seed)
    rate, drop = rng.gamma(TRUE.r, 1 / TRUE.alpha, n), rng.beta(TRUE.a, TRUE.b, n) * dropout
    who, now = np.arange(n), rng.uniform(0, 0.8 * length, n)
    dealers, days = [], []
    while len(who):
        dealers.append(who)
        days.append(now)
        stay = rng.random(len(who)) >= drop[who]
        who, now = who[stay], now[stay]
        now = now + rng.exponential(1 / rate[who])
        who, now = who[now < length], now[now < length]
    dealer, day = np.concatenate(dealers), np.concatenate(days).astype(int)
    out = pd.DataFrame({"dealer_id": dealer, "order_date": START + pd.to_timedelta(day, unit="D"),
                        "net_amount": rng.lognormal(6, 1, len(day)).round(2)})  # fmt: skip
    if season:
        kept = (out["order_date"].dt.month >= 10) | (rng.random(len(out)) > 0.6)
        out = out[kept]
    return out.sort_values("order_date", kind="stable", ignore_index=True)


def outcome(orders: pd.DataFrame, as_of: pd.Timestamp, horizon: int = 90) -> pd.Series:
    """Of each dealer that had bought by the as-of day: whether it stayed silent in the horizon."""
    sales = orders[orders["net_amount"] > 0]
    known = sales.loc[sales["order_date"] <= as_of, "dealer_id"].unique()
    after = (sales["order_date"] > as_of) & (sales["order_date"] <= as_of + pd.Timedelta(days=horizon))
    return pd.Series(~np.isin(known, sales.loc[after, "dealer_id"]), index=known)


@pytest.fixture(scope="module")
def two_years() -> pd.DataFrame:
    return planted(1500, 730)


AS_OF = START + pd.Timedelta(days=639)


def test_as_good_as_the_model_that_made_the_orders(two_years):
    said = churn(two_years, AS_OF).set_index("dealer_id")
    assert said.attrs["verdict"] == "ok"
    assert said.attrs["measured"] == "out_of_time"
    silent = outcome(two_years, AS_OF)
    said = said.loc[silent.index]
    history = rfm(two_years, AS_OF).set_index("dealer_id").loc[silent.index]
    best = TRUE.probability_no_purchase(90, history["x"], history["t_x"], history["T"])
    assert roc_auc_score(silent, said["probability"]) > roc_auc_score(silent, best) - 0.015
    assert roc_auc_score(silent, said["probability"]) > roc_auc_score(silent, said["rule"]) + 0.02
    assert churn_model.calibration_error(said["probability"].to_numpy(), silent.to_numpy()) < 0.05
    attrs = churn(two_years, AS_OF).attrs
    assert attrs["auc"] == pytest.approx(roc_auc_score(silent, said["probability"]), abs=0.04)
    assert attrs["ece"] < 0.08
    assert attrs["auc"] > attrs["auc_rule"]


def test_nothing_after_the_as_of_day_counts(two_years):
    upto = two_years[two_years["order_date"] <= AS_OF]
    rng = np.random.default_rng(1)
    later = two_years.sample(3000, random_state=1).assign(
        order_date=AS_OF + pd.to_timedelta(rng.integers(1, 400, 3000), unit="D"), net_amount=1e6
    )
    before, after = churn(upto, AS_OF), churn(pd.concat([upto, later]), AS_OF)
    assert len(after) >= len(before)
    pd.testing.assert_frame_equal(after.iloc[: len(before)], before)
    assert before.attrs == after.attrs
    assert (after.iloc[len(before) :]["drivers"] == "unknown").all()
    first = churn(pd.concat([later, upto]), AS_OF).set_index("dealer_id").loc[before["dealer_id"]]
    assert first["probability"].to_numpy() == pytest.approx(before["probability"].to_numpy(), abs=1e-6)


def test_the_as_of_day_itself_counts(two_years):
    more = pd.concat([two_years, pd.DataFrame({"dealer_id": ["x"], "order_date": [AS_OF], "net_amount": [5.0]})])
    assert churn(more, AS_OF).set_index("dealer_id").loc["x", "drivers"] != "unknown"
    assert churn(more, AS_OF - pd.Timedelta(days=1)).set_index("dealer_id").loc["x", "drivers"] == "unknown"


def test_the_order_of_rows_and_the_kind_of_dates_do_not_matter(two_years):
    base = churn(two_years, AS_OF).set_index("dealer_id").sort_index()
    mixed = two_years.sample(frac=1, random_state=2)
    mixed["order_date"] = mixed["order_date"].dt.strftime("%Y-%m-%d")
    other = churn(mixed, str(AS_OF.date())).set_index("dealer_id").sort_index()
    assert other["probability"].to_numpy() == pytest.approx(base["probability"].to_numpy(), abs=1e-5)
    named = two_years.assign(dealer_id=[("d", i) for i in two_years["dealer_id"]])
    out = churn(named, AS_OF.date())
    assert out["dealer_id"].iloc[0] == ("d", two_years["dealer_id"].iloc[0])
    assert out["probability"].between(0, 1).all()


def test_every_dealer_has_a_row_and_known_codes(two_years):
    odd = pd.DataFrame({"dealer_id": [-1, -2], "order_date": [AS_OF - pd.Timedelta(days=5), AS_OF + pd.Timedelta(
        days=5)], "net_amount": [-10.0, 10.0]})  # fmt: skip
    out = churn(pd.concat([two_years, odd]), AS_OF)
    assert sorted(out["dealer_id"]) == sorted({*two_years["dealer_id"], -1, -2})
    assert out["probability"].between(0, 1).all()
    assert np.isfinite(out["rule"]).all()
    assert {code for text in out["drivers"] for code in text.split(",") if code} <= CODES
    assert out["drivers"].str.split(",").str.len().max() <= 3
    out = out.set_index("dealer_id")
    assert out.loc[-1, ["rule", "drivers"]].tolist() == [1.0, "returns_only"]
    assert out.loc[-2, ["rule", "drivers"]].tolist() == [1.0, "unknown"]
    # who is worse off than the average is told why
    assert (out.loc[out["probability"] > out["probability"].mean() + 0.2, "drivers"] != "").mean() > 0.95


def test_a_season_seen_before_is_expected():
    given = planted(2500, 3 * 365, seed=5, season=True, dropout=False)
    as_of = pd.Timestamp("2023-09-30")
    said = churn(given, as_of).set_index("dealer_id")
    silent = outcome(given, as_of)
    assert said.attrs["verdict"] == "ok"
    usual = np.mean([outcome(given, as_of - pd.Timedelta(days=back)).mean() for back in (120, 180, 240, 300)])
    assert abs(usual - silent.mean()) > 0.1  # the season matters
    assert abs(said.loc[silent.index, "probability"].mean() - silent.mean()) < 0.5 * abs(usual - silent.mean())


def test_the_level_follows_the_dealers_and_not_the_calendar(two_years):
    """Dormant dealers gather, so the share of silent ones rises: dealers explain it, no trend of time is needed."""
    as_of = START + pd.Timedelta(days=300)
    silent = outcome(two_years, as_of)
    before = np.mean([outcome(two_years, as_of - pd.Timedelta(days=90 + 14 * k)).mean() for k in range(12)])
    said = churn(two_years, as_of).set_index("dealer_id").loc[silent.index, "probability"].mean()
    assert silent.mean() > before + 0.05
    assert said == pytest.approx(silent.mean(), abs=0.03)


@pytest.mark.parametrize("horizon", [30, 180])
def test_other_horizons(two_years, horizon):
    as_of = START + pd.Timedelta(days=730 - horizon)
    said = churn(two_years, as_of, horizon).set_index("dealer_id")
    silent = outcome(two_years, as_of, horizon)
    assert roc_auc_score(silent, said.loc[silent.index, "probability"]) > 0.8
    assert said.loc[silent.index, "probability"].mean() == pytest.approx(silent.mean(), abs=0.06)


def test_too_little_evidence_is_said():
    few = planted(12, 700, seed=3)
    short = planted(300, 700, seed=4)
    short = short[short["order_date"] < START + pd.Timedelta(days=100)]
    for given, as_of, reason in [(few, AS_OF, "few_dealers"), (short, "2021-04-10", "short_history")]:
        out = churn(given, as_of)
        assert (out.attrs["verdict"], out.attrs["reason"]) == ("insufficient_evidence", reason)
        assert out["probability"].between(0, 1).all()
    assert len(out) == short["dealer_id"].nunique()
    # of two dealers of one age the one with more orders is safer
    pair = pd.DataFrame({"dealer_id": list("aabbbb"), "net_amount": 1.0, "order_date": pd.to_datetime(
        ["2024-01-01", "2024-02-01", "2024-01-01", "2024-01-10", "2024-01-20", "2024-02-01"])})  # fmt: skip
    chance = churn(pair, "2024-03-01").set_index("dealer_id")["probability"]
    assert chance["a"] > chance["b"]
    # by hand: 4 repeats in 120 days, a gap of 30; a: ((30 + 60) / (30 + 60 + 90)) ** 2
    assert chance["a"] == pytest.approx(0.25)


def test_everybody_always_orders():
    days = pd.date_range("2023-01-01", "2024-12-31", freq="10D")
    given = pd.DataFrame([(i, day, 9.0) for i in range(40) for day in days], columns=["dealer_id", "order_date",
                                                                                      "net_amount"])  # fmt: skip
    out = churn(given, "2024-12-31")
    assert (out.attrs["verdict"], out.attrs["reason"]) == ("insufficient_evidence", "one_class")
    assert (out["probability"] < 0.05).all()


def test_nothing_and_what_is_wrong():
    empty = pd.DataFrame({"dealer_id": [], "order_date": [], "net_amount": []})
    assert list(churn(empty, "2024-01-01")) == ["dealer_id", "probability", "rule", "drivers"]
    assert len(churn(empty, "2024-01-01")) == 0
    returns = pd.DataFrame({"dealer_id": ["a"], "order_date": ["2024-01-01"], "net_amount": [-1.0]})
    assert churn(returns, "2024-02-01")["probability"].between(0, 1).all()
    assert churn(returns, "2023-02-01")["drivers"].tolist() == ["unknown"]
    with pytest.raises(ValueError, match="lacks dealer_id"):
        churn(empty.drop(columns="dealer_id"), "2024-01-01")
    with pytest.raises(ValueError, match="horizon_days"):
        churn(returns, "2024-02-01", 0)


def test_features_and_rule_by_hand():
    rows = [("a", day, 10.0 * k) for k, day in enumerate(["2024-01-01", "2024-01-11", "2024-03-11"], 1)]
    given = pd.DataFrame([*rows, ("a", "2024-03-20", -15.0)], columns=["dealer_id", "order_date", "net_amount"])
    cut = number("2024-03-31")
    state = churn_features.known(by_day(given, "2024-12-31"), cut, 90)
    got = dict(zip(churn_features.FEATURES, state.features[0], strict=True))
    assert np.expm1(got["recency"]) == pytest.approx(20)
    assert got["rate"] == pytest.approx(np.log(3 / 150))
    assert [round(float(np.expm1(got[f"orders_{w}"]))) for w in (30, 60, 90, 180)] == [1, 1, 2, 3]  # 1 January: day 91
    assert got["overdue"] == pytest.approx(np.log(25 / ((70 + 60) / 3)))
    assert got["overdue_longest"] == pytest.approx(np.log(25 / 90))
    assert got["irregular"] == pytest.approx(25 / 45)  # gaps 10 and 60
    assert got["return_share"] == pytest.approx(15 / 75)
    assert state.rule[0] == pytest.approx(20 / (130 / 3))
    assert got["single"] == got["last_year"] == 0
    assert not churn_features.silent(by_day(given, "2024-12-31"), number("2024-03-10"), 1)[0]
    assert churn_features.silent(by_day(given, "2024-12-31"), number("2024-03-11"), 90)[0]


def test_the_fit_is_the_usual_one_where_signs_do_not_bind_and_keeps_them_where_they_do():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(2000, len(churn_model.SIGNS)))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    planted_weights = np.where(churn_model.SIGNS == 0, 0.3, 0.4 * churn_model.SIGNS)
    y = rng.random(2000) < 1 / (1 + np.exp(-(x @ planted_weights)))
    one = np.zeros(2000)
    got = churn_model._signed(x, y, one)
    usual = LogisticRegression(C=1 / (2000 * churn_model.PENALTY), tol=1e-8, max_iter=1000).fit(x, y)
    assert got == pytest.approx(usual.coef_[0], abs=2e-3)
    wrong = churn_model._signed(x, ~y, one)
    assert np.allclose(wrong[churn_model.SIGNS != 0], 0)


def test_auc_and_calibration_error():
    rng = np.random.default_rng(0)
    score, hit = rng.integers(0, 20, 500), rng.random(500) < 0.3
    assert churn_model.auc(score, hit) == pytest.approx(roc_auc_score(hit, score))
    assert churn_model.calibration_error(np.full(100, 0.4), np.arange(100) % 10 < 4) == pytest.approx(0)
    assert churn_model.calibration_error(np.repeat([0.2, 0.9], 50), np.repeat([0, 1], 50)) == pytest.approx(0.15)


def test_real_orders(real_data: Path):
    file = real_data / "segmentation" / "online_retail_dev.parquet"
    if not file.exists():
        pytest.skip(f"no Online Retail orders: {file} is absent; they are no part of this repository")
    lines = pd.read_parquet(file)
    given = pd.DataFrame({"dealer_id": lines["CustomerID"], "order_date": lines["InvoiceDate"],
                          "net_amount": lines["Quantity"].astype(float) * lines["UnitPrice"]})  # fmt: skip
    as_of = pd.Timestamp("2011-09-10")
    said = churn(given, as_of).set_index("dealer_id")
    silent = outcome(given.assign(order_date=given["order_date"].dt.normalize()), as_of)
    said = said.loc[silent.index]
    assert roc_auc_score(silent, said["probability"]) > 0.74
    assert churn_model.calibration_error(said["probability"].to_numpy(), silent.to_numpy()) < 0.05


def test_expected_margin_beats_the_last_year_where_dealers_drop_out():
    given = planted(1500, 4 * 365, seed=6)
    given["margin"] = given["net_amount"] * 0.2
    as_of = START + pd.Timedelta(days=3 * 365)
    said = expected_margin(given, as_of)
    assert (said.attrs["verdict"], said.attrs["method"]) == ("ok", "run_rate")
    assert said.attrs["wape"] < said.attrs["wape_naive"]
    year = pd.Timedelta(days=365)
    ahead = given[(given["order_date"] > as_of) & (given["order_date"] <= as_of + year)]
    actual = ahead.groupby("dealer_id")["margin"].sum().reindex(said["dealer_id"]).fillna(0).to_numpy()
    assert np.abs(said["expected"] - actual).sum() < 0.98 * np.abs(said["naive"] - actual).sum()
    behind = given[(given["order_date"] <= as_of) & (given["order_date"] > as_of - year)]
    naive = behind.groupby("dealer_id")["margin"].sum().reindex(said["dealer_id"]).fillna(0).to_numpy()
    assert said["naive"].to_numpy() == pytest.approx(naive)
    upto = expected_margin(given[given["order_date"] <= as_of], as_of)
    both = said.set_index("dealer_id").loc[upto["dealer_id"]]
    assert both["expected"].to_numpy() == pytest.approx(upto["expected"].to_numpy())
    assert upto.attrs == said.attrs


def test_expected_margin_without_evidence_is_the_last_year(two_years):
    given = two_years.assign(margin=two_years["net_amount"] * 0.2)
    said = expected_margin(given, AS_OF)
    assert (said.attrs["verdict"], said.attrs["method"]) == ("insufficient_evidence", "naive")
    assert (said["expected"] == said["naive"]).all()
    assert said["dealer_id"].is_unique
    assert len(expected_margin(given[:0], AS_OF)) == 0
    with pytest.raises(ValueError, match="lacks margin"):
        expected_margin(two_years, AS_OF)


def test_chances_that_past_days_do_not_bear_out_are_doubted():
    """Dealers that all buy at one steady rate: nothing tells who will be silent."""
    rng = np.random.default_rng(4)
    n, days = 300, 900
    orders = pd.DataFrame({"dealer_id": rng.integers(0, n, 6 * n), "net_amount": 100.0,
                           "order_date": START + pd.to_timedelta(rng.integers(0, days, 6 * n), unit="D")})  # fmt: skip
    said = churn(orders, START + pd.Timedelta(days=days))
    assert said.attrs["auc"] < 0.6
    assert (said.attrs["verdict"], said.attrs["reason"]) == ("insufficient_evidence", "no_better_than_chance")
    assert said["probability"].between(0, 1).all()


def test_who_is_long_silent_is_expected_to_bring_little():
    """One dealer in ten stops for good; among the others silence is short."""
    rng = np.random.default_rng(8)
    rows = []
    for dealer in range(400):
        end = rng.integers(200, 1400) if dealer % 10 == 0 else 1500
        days = np.arange(rng.integers(0, 10), end, 10)
        rows.append(pd.DataFrame({"dealer_id": dealer, "order_date": START + pd.to_timedelta(days, unit="D")}))
    orders = pd.concat(rows).assign(net_amount=100.0, margin=20.0)
    as_of = START + pd.Timedelta(days=1500)
    said = expected_margin(orders, as_of).set_index("dealer_id")
    quiet = (as_of - orders.groupby("dealer_id")["order_date"].max()).dt.days
    kept = said["expected"] / said["naive"].where(said["naive"] > 0)
    assert kept[quiet < 30].mean() > 0.9
    assert kept[quiet.between(120, 364)].mean() < 0.4
