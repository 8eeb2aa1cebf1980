"""Days outside, roll rates and provisions of the demo company against plain pandas over invoices and receipts."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.questions import ask
from analytics.questions.credit import month_back
from analytics.receivables.days import countback
from analytics.receivables.rolls import roll_rates

ANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EDGES = [-math.inf, 0, 30, 60, 90, 120, math.inf]
BUCKETS = ("in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121")
SCOPES = ({}, {"region": "South"}, {"region": "CN-GD"}, {"channel": "TT"})


@pytest.fixture(scope="module")
def book(company):
    """Invoices and the payments applied to them, as they were imported."""
    invoices = company.store._unscoped(
        "SELECT invoice_id, dealer_id::VARCHAR AS dealer_id, invoice_date, due_date, amount::DOUBLE AS amount "
        "FROM fact_receivable"
    )
    receipts = company.store._unscoped(
        "SELECT invoice_id, receipt_date, amount::DOUBLE AS paid FROM fact_receipt WHERE invoice_id IS NOT NULL"
    )
    paid = receipts.merge(invoices[["invoice_id", "invoice_date"]], on="invoice_id")
    paid["day"] = paid[["receipt_date", "invoice_date"]].max(axis=1)
    return invoices, paid


def open_on(book, day: pd.Timestamp) -> pd.DataFrame:
    """Positive open balances on a day, by invoice, with the bucket in which they stand."""
    invoices, paid = book
    known = invoices[invoices["invoice_date"] <= day].set_index("invoice_id")
    so_far = paid[paid["day"] <= day].groupby("invoice_id")["paid"].sum()
    known["balance"] = (known["amount"] - so_far.reindex(known.index).fillna(0)).round(2)
    known = known[known["balance"] > 0]
    known["bucket"] = pd.cut((day - known["due_date"]).dt.days, EDGES, labels=False)
    return known


# ------------------------------------------------------------------ days


@ANY
@given(receivables=st.floats(1, 1e6), sales=st.lists(st.floats(1, 1e5), min_size=1, max_size=12))
def test_countback_grows_with_receivables_and_ends_at_the_history(receivables, sales):
    lengths = [30.0] * len(sales)
    found, more = countback(receivables, sales, lengths), countback(receivables * 1.1, sales, lengths)
    assert more.days >= found.days - 1e-9
    assert found.days <= sum(lengths) + 1e-9
    assert found.beyond == (receivables > sum(sales) + 1e-9) or math.isclose(receivables, sum(sales))
    even = countback(receivables, [receivables], [90])
    assert even.days == pytest.approx(90)


@pytest.mark.parametrize("keys", SCOPES[:3])
def test_days_equal_plain_pandas(company, book, keys):
    invoices, _paid = book
    answer = ask(company, "receivables.days", company.scope(keys))
    dealers = set(company.store.query("dealer_terms", company.scope(keys))["dealer_id"])
    sold = invoices[invoices["dealer_id"].isin(dealers)]
    for row in answer.frames["days"].iloc[[0, -1]].itertuples():
        day = pd.Timestamp(row.day)
        open_ = open_on(book, day)
        open_ = open_[open_["dealer_id"].isin(dealers)]
        sales = sold[(sold["invoice_date"] > day - pd.Timedelta(days=90)) & (sold["invoice_date"] <= day)][
            "amount"
        ].sum()
        assert row.dso == pytest.approx(open_["balance"].sum() / sales * 90)
        in_term = open_.loc[open_["bucket"] == 0, "balance"].sum()
        assert row.best_possible_dso == pytest.approx(in_term / sales * 90)
        assert row.delinquent_days == pytest.approx(row.dso - row.best_possible_dso)
        begin_day = day.replace(day=1) - pd.Timedelta(days=1)
        before = open_on(book, begin_day)
        begin = before.loc[before["dealer_id"].isin(dealers), "balance"].sum()
        month = sold[(sold["invoice_date"] > begin_day) & (sold["invoice_date"] <= day)]["amount"].sum()
        assert row.cei == pytest.approx((begin + month - open_["balance"].sum()) / (begin + month - in_term))


def test_days_agree_with_the_registry(company):
    scope = company.scope({"as_of": "2026-05-17"})
    answer = ask(company, "receivables.days", scope)
    row = company.store.measure(scope, ("dso", "best_possible_dso", "delinquent_days")).iloc[0]
    for id in row.index:
        assert answer.values[id] == pytest.approx(row[id])
    assert not answer.values["whole"]


# ------------------------------------------------------------------ roll rates


@pytest.mark.parametrize("keys", [{}, {"as_of": "2026-05-17"}, {"region": "South"}, {"region": "CN-GD-GUANGZHOU"}])
def test_roll_rates_equal_brute_force(company, book, keys):
    scope = company.scope(keys)
    frame = ask(company, "receivables.rolls", scope).frames["rolls"]
    dealers = set(company.store.query("dealer_terms", scope)["dealer_id"])
    for back in (0, 3):
        day, before = month_back(scope.as_of, back), month_back(scope.as_of, back + 1)
        then = open_on(book, pd.Timestamp(before))
        then = then[then["dealer_id"].isin(dealers)]
        both = then.join(open_on(book, pd.Timestamp(day))[["balance", "bucket"]].add_suffix("_now"))
        for row in frame[frame["day"] == day].itertuples():
            number = BUCKETS.index(row.bucket)
            mine = both[both["bucket"] == number]
            assert row.then == pytest.approx(mine["balance"].sum())
            wanted = 5 if number == 5 else number + 1
            rolled = mine.loc[mine["bucket_now"] == wanted, "balance_now"].sum()
            assert row.roll_rate == pytest.approx(rolled / mine["balance"].sum())
            parts = row.roll_rate + row.stay_rate + row.further_rate + row.paid_rate
            assert parts == pytest.approx(1)
            assert -1e-9 <= row.paid_rate <= 1 + 1e-9


def test_a_view_without_very_old_invoices_keeps_the_meaning_of_its_buckets():
    moves = pd.DataFrame({"day": [dt.date(2026, 6, 30)] * 2, "bucket": [3, 4], "then": [100.0, 50.0],
                          "same": [10.0, 0.0], "next": [40.0, 50.0], "further": [0.0, 0.0]})  # fmt: skip
    found = roll_rates(moves).set_index("bucket")
    assert found["roll_rate"].to_dict() == {3: 0.4, 4: 1.0}
    assert found["stay_rate"].to_dict() == {3: 0.1, 4: 0.0}


def test_usual_is_the_median_of_the_months_before():
    days = [dt.date(2026, month, 1) for month in range(1, 6)]
    rows = [
        {"day": day, "bucket": bucket, "then": 100.0, "same": 5.0, "next": value, "further": 0.0}
        for day, value in zip(days, (10, 20, 30, 40, 90), strict=True)
        for bucket in (1, 5)
    ]
    moves = pd.DataFrame(rows)
    found = roll_rates(moves).set_index(["day", "bucket"])
    assert found.loc[(days[-1], 1), "roll_rate"] == pytest.approx(0.9)
    assert found.loc[(days[-1], 1), "usual"] == pytest.approx(0.25)
    assert found.loc[(days[-1], 5), "roll_rate"] == pytest.approx(0.05)  # nothing comes after the last bucket: it stays
    assert roll_rates(moves[moves["day"] >= days[2]])["usual"].isna().all()  # two months are no habit


@pytest.mark.parametrize(("day", "back", "expected"), [
    ("2026-06-30", 1, "2026-05-31"), ("2026-03-31", 1, "2026-02-28"), ("2026-05-17", 2, "2026-03-17"),
])  # fmt: skip
def test_a_month_back_from_the_end_of_a_month_is_the_end_of_a_month(day, back, expected):
    assert month_back(dt.date.fromisoformat(day), back) == dt.date.fromisoformat(expected)


# ------------------------------------------------------------------ provision


def test_loss_rates_equal_brute_force(company, book):
    invoices, paid = book
    scope = company.scope()
    answer = ask(company, "receivables.provision", scope)
    old = invoices[
        (invoices["amount"] > 0) & (invoices["due_date"] + pd.Timedelta(days=365) <= pd.Timestamp(scope.as_of))
    ]

    def open_after(days: int, cohort: pd.DataFrame = old, since: str = "due_date") -> float:
        moved = paid.merge(cohort[["invoice_id", "due_date"]], on="invoice_id")
        so_far = moved[moved["day"] <= moved[since] + pd.Timedelta(days=days)].groupby("invoice_id")["paid"].sum()
        left = cohort["amount"] - cohort["invoice_id"].map(so_far).fillna(0)
        return float(left[left > 0.004].sum())

    matrix = answer.frames["matrix"].set_index("bucket")
    lost = open_after(365)
    assert answer.values["invoices"] == len(old)
    for bucket, first in zip(BUCKETS[1:], (1, 31, 61, 91, 121), strict=True):
        reached = open_after(first)
        assert matrix.loc[bucket, "reached"] == pytest.approx(reached)
        assert matrix.loc[bucket, "loss_rate"] == pytest.approx(lost / reached)
    assert matrix["loss_rate"].is_monotonic_increasing
    judged = invoices["due_date"] + pd.Timedelta(days=31)
    recent = (judged <= pd.Timestamp(scope.as_of)) & (judged + pd.Timedelta(days=180) > pd.Timestamp(scope.as_of))
    lately = invoices[(invoices["amount"] > 0) & recent]
    now, then = (open_after(31, rows) / open_after(0, rows, "invoice_date") for rows in (lately, old))
    assert answer.values["worse"] == pytest.approx(now / then)


@ANY
@given(keys=st.sampled_from(SCOPES), as_of=st.dates(dt.date(2026, 1, 5), dt.date(2026, 6, 30)),
       factor=st.sampled_from([0.5, 1.0, 1.7]))  # fmt: skip
def test_parts_of_the_provision_add_up_and_no_part_exceeds_the_whole(company, keys, as_of, factor):
    scope = company.scope(keys | {"as_of": str(as_of)})
    answer = ask(company, "receivables.provision", scope, factor=factor)
    assert answer.frames["dealers"]["provision"].sum() == pytest.approx(answer.values["provision"])
    assert answer.frames["matrix"]["provision"].sum() == pytest.approx(answer.values["provision"])
    whole = ask(company, "receivables.provision", company.scope({"as_of": str(as_of)}), factor=factor)
    assert answer.values["provision"] <= whole.values["provision"] + 1e-6
    assert list(answer.frames["matrix"]["loss_rate"]) == list(whole.frames["matrix"]["loss_rate"])
    plain = ask(company, "receivables.provision", scope)
    rate = plain.frames["matrix"]["loss_rate"] * factor
    assert answer.frames["matrix"]["adjusted_rate"].to_numpy() == pytest.approx(np.minimum(rate, 1).to_numpy())


def test_too_short_a_history_cannot_tell(company):
    answer = ask(company, "receivables.provision", company.scope(), horizon=780)
    assert answer.verdict == "insufficient_evidence"
    assert math.isnan(answer.values["provision"])
    assert any("Cannot tell" in str(note) for note in answer.notes)
