"""Recency, frequency, monetary value and tenure by hand and by brute force."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analytics.segmentation import rfm
from analytics.segmentation.rfm import fifths

ROWS = [
    ("a", "2024-01-01", 100.0), ("a", "2024-01-01", 50.0), ("a", "2024-01-11", 30.0), ("a", "2024-01-20", -20.0),
    ("b", "2024-01-31", 10.0), ("b", "2024-02-01", 99.0), ("c", "2024-01-05", -5.0),
]  # fmt: skip


def orders(rows: list = ROWS) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["dealer_id", "order_date", "net_amount"])


def test_by_hand():
    out = rfm(orders(), "2024-01-31").set_index("dealer_id")
    a, b, c = out.loc["a"], out.loc["b"], out.loc["c"]
    assert a[["recency", "frequency", "monetary", "tenure"]].tolist() == [20, 2, 160.0, 30]  # the return is no order
    assert a[["x", "t_x", "T"]].tolist() == [1, 10, 30]
    assert a["first_order"] == pd.Timestamp("2024-01-01")
    assert a["last_order"] == pd.Timestamp("2024-01-11")
    assert b[["recency", "frequency", "monetary", "tenure"]].tolist() == [
        0,
        1,
        10.0,
        0,
    ]  # inclusive; 1 February not yet
    assert c[["frequency", "monetary", "x"]].tolist() == [0, -5.0, 0]
    assert c[["recency", "tenure", "t_x", "T", "first_order"]].isna().all()
    assert c["r_score"] == 1


@pytest.mark.parametrize("name", ["order_id", "document_id"])
def test_documents_where_they_are_known(name):
    given = orders().assign(**{name: ["1", "2", "3", "4", "5", "6", "7"]})
    assert rfm(given, "2024-01-31").set_index("dealer_id")["frequency"].to_dict() == {"a": 3, "b": 1, "c": 0}
    given[name] = ["1", "1", "1", "1", None, "6", "7"]  # one document over two days; a sale without a number
    assert rfm(given, "2024-01-31").set_index("dealer_id")["frequency"].to_dict() == {"a": 1, "b": 1, "c": 0}
    given[name] = ["1", "2", "3", "4", "1", "6", "7"]  # numbers may be used again by another dealer
    assert rfm(given, "2024-01-31").set_index("dealer_id")["frequency"].to_dict() == {"a": 3, "b": 1, "c": 0}


def test_against_brute_force():
    rng = np.random.default_rng(1)
    n = 3000
    given = pd.DataFrame({
        "dealer_id": rng.integers(0, 60, n), "order_date": pd.Timestamp("1969-06-01") + pd.to_timedelta(
            rng.integers(0, 400, n), unit="D"), "net_amount": rng.normal(50, 60, n).round(2)})  # fmt: skip
    as_of = pd.Timestamp("1970-03-01")
    out = rfm(given, as_of).set_index("dealer_id")
    for dealer, part in given[given["order_date"] <= as_of].groupby("dealer_id"):
        bought = part.loc[part["net_amount"] > 0, "order_date"]
        row = out.loc[dealer]
        assert row["frequency"] == bought.nunique()
        assert row["monetary"] == pytest.approx(part["net_amount"].sum())
        if len(bought):
            assert row["recency"] == (as_of - bought.max()).days
            assert row["tenure"] == row["T"] == (as_of - bought.min()).days
            assert row["t_x"] == (bought.max() - bought.min()).days


@pytest.mark.parametrize(
    "dates",
    [
        lambda d: pd.to_datetime(d),
        lambda d: pd.to_datetime(d) + pd.Timedelta(hours=23),
        lambda d: pd.to_datetime(d).dt.tz_localize("Asia/Shanghai"),
        lambda d: pd.Series([dt.date.fromisoformat(x) for x in d], index=d.index),
        lambda d: d + "T08:34:00",
    ],
)
@pytest.mark.parametrize("dealers", [str, lambda x: (x, 1), lambda x: ord(x)])
def test_kinds_of_dates_and_dealers(dates, dealers):
    given = orders()
    expected = rfm(given, dt.date(2024, 1, 31))
    given["order_date"] = dates(given["order_date"])
    given["dealer_id"] = pd.Series([dealers(x) for x in given["dealer_id"]])
    given.index = [7] * len(given)
    out = rfm(given, pd.Timestamp("2024-01-31"))
    assert out["dealer_id"].tolist() == [dealers(x) for x in "abc"]
    pd.testing.assert_frame_equal(out.drop(columns="dealer_id"), expected.drop(columns="dealer_id"))


def test_nothing_and_too_little():
    assert len(rfm(orders([]), "2024-01-31")) == 0
    assert len(rfm(orders(), "2023-01-31")) == 0
    assert list(rfm(orders([]), "2024-01-31")) == list(rfm(orders(), "2024-01-31"))
    with pytest.raises(ValueError, match="lacks net_amount"):
        rfm(orders().drop(columns="net_amount"), "2024-01-31")
    for column in ("dealer_id", "order_date", "net_amount"):
        bad = orders().astype({"dealer_id": object})
        bad.loc[1, column] = None
        with pytest.raises(ValueError, match=f"1 rows without an? {column}"):
            rfm(bad, "2024-01-31")


def test_fifths():
    assert fifths(pd.Series([10.0, 20, 30, 40, 50])).tolist() == [1, 2, 3, 4, 5]
    assert fifths(pd.Series([7.0] * 9)).tolist() == [3] * 9
    assert fifths(pd.Series([1.0, 1, 1, 1, 9])).tolist() == [3, 3, 3, 3, 5]  # mean rank 2.5 of 5
    assert fifths(pd.Series([np.nan, 1.0, 2.0])).tolist() == [1, 3, 5]
    counts = fifths(pd.Series(np.random.default_rng(0).normal(size=1000))).value_counts()
    assert counts.tolist() == [200] * 5


def test_scores_point_the_right_way():
    rows = [(i, f"2024-01-{1 + 5 * i:02}", 10.0 * (i + 1)) for i in range(5)]
    out = rfm(orders(rows), "2024-02-01")
    assert out["r_score"].tolist() == out["m_score"].tolist() == [1, 2, 3, 4, 5]
    assert out["f_score"].tolist() == [3] * 5
