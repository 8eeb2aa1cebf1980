"""Collect this week: the rule by hand, the planted late payers, what people agreed; limits and concentration."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask
from analytics.receivables import risk
from analytics.receivables.limits import headroom
from data import records
from data.company import Company
from tests.analytics.receivables.by_hand import books


@pytest.fixture(scope="module")
def worklist(company: Company) -> pd.DataFrame:
    return ask(company, "receivables.worklist", company.scope()).frame("worklist")


def test_the_rule_of_the_definition():
    history = pd.DataFrame({"dealer_id": ["A", "B", "C"], "invoices": [10, 4, 10], "due": [100.0, 50.0, 250.0],
                            "late": [20.0, 50.0, 10.0]})  # fmt: skip
    rates = risk.late_rates(history).set_index("dealer_id")
    assert list(rates["late_rate"]) == pytest.approx([0.2, 80 / 400, 0.04])  # B: too few invoices, the network's
    assert list(rates["own_rate"]) == [True, False, True]
    debts = pd.DataFrame({"overdue": [100.0, 100.0], "overdue_long": [40.0, 0.0], "due_soon": [50.0, 10.0],
                          "late_rate": [0.2, float("nan")]})  # fmt: skip
    assert list(risk.at_risk(debts)) == pytest.approx([40 + 0.2 * 110, 110])
    nothing = risk.late_rates(history.iloc[:0])
    assert nothing.empty


def test_late_rates_and_money_equal_the_computation_by_hand(company, worklist):
    invoices, receipts = books(company)
    today = pd.Timestamp(company.snapshot.as_of)
    invoices = invoices.assign(due=pd.to_datetime(invoices["due_date"]), key=invoices["invoice_id"].astype(str))
    receipts = receipts.assign(day=pd.to_datetime(receipts["receipt_date"]), key=receipts["invoice_id"].astype(str))
    first = today - pd.Timedelta(days=365 + risk.LATE_AFTER)
    known = invoices[(invoices["amount"] > 0) & (invoices["due"] > first)
                     & (invoices["due"] <= today - pd.Timedelta(days=risk.LATE_AFTER))]  # fmt: skip
    paid = receipts.merge(known[["key", "due"]], on="key")
    paid = paid[paid["day"] <= paid["due"] + pd.Timedelta(days=risk.LATE_AFTER)].groupby("key")["amount"].sum()
    still = (known["amount"] - known["key"].map(paid).fillna(0.0)).round(2).clip(lower=0.0)
    sums = pd.DataFrame({"dealer": known["dealer_id"].astype(str), "due": known["amount"], "late": still})
    sums = sums.groupby("dealer").sum()
    own = worklist[worklist["own_rate"]].set_index("dealer_id")
    rate = (sums["late"] / sums["due"]).loc[own.index]
    assert np.allclose(own["late_rate"], rate, rtol=0, atol=1e-9)
    at_risk = own["overdue_long"] + rate * (own["overdue"] - own["overdue_long"] + own["due_soon"])
    assert np.allclose(own["at_risk"], at_risk, rtol=0, atol=0.006)
    open_ = ask(company, "receivables.invoices", company.scope()).frames["invoices"].query("balance > 0")
    late = open_[open_["dpd"] > 0].groupby("dealer_id")["balance"].sum()
    soon = open_[open_["dpd"].between(-risk.SOON, 0)].groupby("dealer_id")["balance"].sum()
    listed = worklist.set_index("dealer_id")
    assert np.allclose(listed["overdue"], late.reindex(listed.index, fill_value=0.0), atol=0.005)
    assert np.allclose(listed["due_soon"], soon.reindex(listed.index, fill_value=0.0), atol=0.005)


def test_the_planted_late_payers_lead(company, demo_home, worklist):
    truth = json.loads((demo_home / "demo-truth.json").read_text(encoding="utf-8"))["late_payers"]["dealers"]
    first = worklist["dealer_id"].head(len(truth) + 1)
    assert set(truth) <= set(first)
    assert list(worklist["rank"]) == list(range(1, len(worklist) + 1))
    assert worklist["at_risk"].is_monotonic_decreasing


def test_an_outcome_after_the_day_changes_nothing(company):
    """The list of an earlier day knows only what was known then."""
    scope = company.scope({"as_of": "2026-03-31"})
    row = ask(company, "receivables.worklist", scope, shown=5).frame("worklist")
    assert len(row) == 5
    assert (pd.to_datetime(row["last_paid"]) <= pd.Timestamp("2026-03-31")).all()
    assert (row["overdue_long"] <= row["overdue"]).all()


def test_an_agreed_step_whose_day_has_passed_is_said(demo_home: Path, tmp_path: Path):
    shutil.copytree(demo_home, tmp_path / "home")
    company = Company.open(tmp_path / "home")
    day = company.snapshot.as_of
    first, second, third = ask(company, "receivables.worklist", company.scope(), shown=3).frames["worklist"][
        "dealer_id"
    ]

    def agree(dealer: str, **body: str) -> None:
        company.ledger.write("collection_action", f"dealer:{dealer}", "ann", records.checked("collection_action", body))

    agree(first, next_step="call", due=str(day - dt.timedelta(3)), owner="E0001")
    agree(second, next_step="visit", due=str(day - dt.timedelta(3)), result="paid half")
    agree(third, next_step="letter", due=str(day + dt.timedelta(3)))
    agree(third, next_step="lawyer", due=str(day))  # history: the newest stands
    answer = ask(company, "receivables.worklist", company.scope(), shown=3)
    rows = answer.frames["worklist"].set_index("dealer_id")
    assert rows.loc[first, "promise_passed"] == str(day - dt.timedelta(3))
    assert rows["promise_passed"].notna().sum() == 1
    assert rows.loc[third, "next_step"] == "lawyer"
    assert answer.values["no_action"] == 0
    assert len(company.ledger.history("collection_action", f"dealer:{third}")) == 2
    form = ask(company, "receivables.aging", company.scope()).frames["aging"].set_index("dealer_id")
    assert form.loc[first, "action_owner"] == "E0001"
    json.dumps(answer.to_dict(), allow_nan=False)


def test_no_limit_and_a_limit_of_zero():
    debtors = pd.DataFrame({"receivables": [80.0, 80.0, 10.0], "credit_limit": [100.0, float("nan"), 0.0],
                            "open_orders": [30.0, 5.0, float("nan")]})  # fmt: skip
    found = headroom(debtors)
    assert found["headroom"].fillna(-1).tolist() == [-10, -1, -10]
    assert found["utilisation"].tolist()[0] == pytest.approx(1.1)
    assert found["utilisation"].isna().tolist() == [False, True, True]


def test_breaches_are_those_above_the_limit(company):
    answer = ask(company, "receivables.limits", company.scope())
    form = ask(company, "receivables.aging", company.scope()).frames["aging"].iloc[:-1]
    above = form["receivables"] + form["open_orders"].fillna(0) - form["credit_limit"]
    assert sorted(answer.frames["limits"]["dealer_id"]) == sorted(form.loc[above > 0.005, "dealer_id"])
    assert answer.values["over"] == pytest.approx(above[above > 0].sum(), abs=0.05)
    assert (answer.frames["limits"]["utilisation"] > 1).all()


def test_concentration_of_equal_debtors_and_of_the_demo(company):
    answer = ask(company, "receivables.concentration", company.scope())
    frame, values = answer.frames["concentration"], answer.values
    assert frame["share"].sum() == pytest.approx(1.0)
    assert values["top_share"] == pytest.approx(frame["share"].head(10).sum())
    assert values["hhi"] == pytest.approx((frame["share"] ** 2).sum())
    assert 1 <= values["equal"] <= len(frame)
