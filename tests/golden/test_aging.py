"""Worked example 5 of the metric definitions: boundaries of the aging form, its as-of rule, its first overdue day."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from analytics.questions import ask
from data.company import Company
from tests.golden_home import small_company

DAY = dt.date(2026, 6, 30)
# days past due, amount, column of the form
BOUNDARIES = [
    (-5, 7, "in_term"), (0, 11, "in_term"), (1, 200, "d1_30"), (30, 310, "d1_30"), (31, 4000, "d31_60"),
    (60, 5100, "d31_60"), (61, 60000, "d61_90"), (90, 71000, "d61_90"), (91, 800000, "d91_120"),
    (120, 910000, "d91_120"), (121, 1000000, "d121"), (400, 2000000, "d121"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Company:
    dealers = [
        {"dealer_id": "D1", "credit_limit": 5_000_000, "payment_term_days": 30},
        {"dealer_id": "D2", "credit_limit": None, "payment_term_days": 30},
        {"dealer_id": "D3", "credit_limit": 150, "payment_term_days": 30},
    ]
    invoices = [
        {"invoice_id": f"I{dpd}", "dealer_id": "D1", "invoice_date": DAY - dt.timedelta(500),
         "due_date": DAY - dt.timedelta(dpd), "amount": amount}
        for dpd, amount, _column in BOUNDARIES
    ]  # fmt: skip
    invoices += [
        # shipped 15 January with a term of 30: the importer's rule, due 14 February
        {"invoice_id": "S1", "dealer_id": "D2", "invoice_date": dt.date(2026, 1, 15), "due_date": None, "amount": 9},
        {"invoice_id": "P1", "dealer_id": "D3", "invoice_date": DAY - dt.timedelta(20), "due_date": DAY, "amount": 100},
        {"invoice_id": "N1", "dealer_id": "D3", "invoice_date": DAY, "due_date": DAY, "amount": -30},
    ]
    receipts = [
        {"receipt_id": "R1", "dealer_id": "D1", "invoice_id": "I30", "receipt_date": DAY, "amount": 10},
        {"receipt_id": "R2", "dealer_id": "D1", "invoice_id": "I60", "receipt_date": DAY + dt.timedelta(1),
         "amount": 100},
        {"receipt_id": "R3", "dealer_id": "D3", "invoice_id": None, "receipt_date": DAY, "amount": 40},
    ]  # fmt: skip
    invoices.append({"invoice_id": "C1", "dealer_id": "D4", "invoice_date": DAY, "due_date": DAY, "amount": 100})
    receipts.append({"receipt_id": "R4", "dealer_id": "D4", "invoice_id": "C1", "receipt_date": DAY, "amount": 120})
    dealers.append({"dealer_id": "D4", "credit_limit": None, "payment_term_days": None})
    orders = [{"document_id": "O1", "dealer_id": "D3", "order_date": DAY, "amount": 80}]
    tables = {"dim_dealer": dealers, "fact_receivable": invoices, "fact_receipt": receipts, "open_order": orders}
    return small_company(tmp_path_factory.mktemp("aging"), tables, today=DAY + dt.timedelta(1))


@pytest.mark.parametrize(("dpd", "amount", "column"), BOUNDARIES)
def test_each_boundary_stands_in_its_column(shop: Company, dpd: int, amount: int, column: str):
    frame = ask(shop, "receivables.invoices", shop.scope({"as_of": str(DAY)})).frame("invoices").set_index("invoice_id")
    row = frame.loc[f"I{dpd}"]
    paid = 10 if dpd == 30 else 0  # on the day itself: counts; the receipt of the day after does not
    assert (row["dpd"], row["bucket"], row["amount"], row["balance"]) == (dpd, column, amount, amount - paid)


def test_the_form_adds_the_boundaries_up(shop: Company):
    frame = ask(shop, "receivables.aging", shop.scope({"as_of": str(DAY), "dealer": "D1"})).frames["aging"]
    total = frame.set_index("dealer_id").loc["total"]
    expected = {"in_term": 18, "d1_30": 500, "d31_60": 9100, "d61_90": 131000, "d91_120": 1710000, "d121": 3000000}
    assert {column: total[column] for column in expected} == expected
    assert total["receivables"] == sum(expected.values())
    after = ask(shop, "receivables.aging", shop.scope({"as_of": str(DAY + dt.timedelta(1)), "dealer": "D1"}))
    assert after.values["receivables"] == total["receivables"] - 100  # the receipt of the day after counts on its day


def test_shipped_15_january_with_a_term_of_30_is_first_overdue_on_15_february(shop: Company):
    for day, column in (("2026-02-14", "in_term"), ("2026-02-15", "d1_30")):
        row = ask(shop, "receivables.invoices", shop.scope({"as_of": day, "dealer": "D2"})).frames["invoices"].iloc[0]
        assert (str(row["due_date"])[:10], row["bucket"]) == ("2026-02-14", column)


def test_credit_and_unapplied_cash_stand_apart_and_headroom_counts_open_orders(shop: Company):
    scope = shop.scope({"as_of": str(shop.snapshot.as_of)})
    rows = ask(shop, "receivables.aging", scope).frames["aging"].set_index("dealer_id")
    third = rows.loc["D3"]
    assert (third["receivables"], third["credit"], third["unapplied"]) == (100, 30, 40)
    assert (third["headroom"], third["utilisation"]) == (150 - 100 - 80, pytest.approx(1.2))
    assert rows["headroom"].isna()["D2"]  # no limit
    breaches = ask(shop, "receivables.limits", scope).frames["limits"]
    assert list(breaches["dealer_id"]) == ["D3"]
    assert list(breaches["over"]) == [30]


def test_an_overpayment_is_a_credit_balance_and_never_nets_a_bucket(shop: Company):
    rows = ask(shop, "receivables.aging", shop.scope({"as_of": str(DAY)})).to_dict()["rows"]
    row = next(row for row in rows if row["dealer_id"] == "D4")
    assert (row["credit"], row["receivables"], row["in_term"]) == (20.0, 0.0, 0.0)


def test_days_without_data_are_not_told(shop: Company):
    """Before the first invoice nothing is known, a year before it neither; after the last day not what was paid."""
    first = DAY - dt.timedelta(500)
    before = ask(shop, "receivables.aging", shop.scope({"as_of": str(first - dt.timedelta(1))}))
    assert before.values["before_data"]
    assert math.isnan(before.values["receivables"])
    assert before.notes[0].message.startswith("Invoices start on")
    soon = ask(shop, "receivables.aging", shop.scope({"as_of": str(first + dt.timedelta(300))})).values
    assert soon["receivables"] > 0
    assert math.isnan(soon["receivables_last_year"])
    later = ask(shop, "receivables.aging", shop.scope({"as_of": str(DAY + dt.timedelta(90))}))
    assert any(note.message.startswith("The data end on") for note in later.notes)
