"""The aging form against a computation by hand from invoices and receipts, and its identities over random scopes."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.questions import ask
from analytics.questions.receivables import APART, BUCKETS, MONEY, last_month
from data.company import Company
from data.scope import Entitlement
from tests.analytics.receivables.by_hand import aged, books

ANY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAYS = st.dates(dt.date(2024, 7, 1), dt.date(2026, 6, 30))
PLACES = st.sampled_from([{}, {"region": "South"}, {"region": "CN-GD"}, {"channel": "TT"}, {"region": "East"}])


def total(answer: Any) -> pd.Series:
    return answer.frames["aging"].set_index("dealer_id").loc["total"]


@pytest.fixture(scope="module")
def ledgers(company: Company) -> tuple[pd.DataFrame, pd.DataFrame]:
    return books(company)


@ANY
@given(day=DAYS)
def test_every_dealer_equals_the_computation_by_hand(company, ledgers, day):
    answer = ask(company, "receivables.aging", company.scope({"as_of": str(day)}))
    frame = answer.frames["aging"].set_index("dealer_id").drop("total")
    expected = aged(*ledgers, day)
    found = frame[[*BUCKETS, *APART]].fillna(0.0)
    assert sorted(found.index) == sorted(expected.index)
    assert np.allclose(found.loc[expected.index], expected[[*BUCKETS, *APART]], rtol=0, atol=0.005)


@ANY
@given(day=DAYS, keys=PLACES)
def test_parts_add_up_to_wholes(company, day, keys):
    scope = company.scope({"as_of": str(day)} | keys)
    answer = ask(company, "receivables.aging", scope)
    whole, dealers = total(answer), answer.frames["aging"].iloc[:-1]
    assert whole[list(BUCKETS)].sum() == pytest.approx(whole["receivables"], abs=0.01)
    for id in MONEY:
        assert dealers[id].sum() == pytest.approx(whole[id], abs=0.01), id
        assert answer.frames["offices"][id].sum() == pytest.approx(whole[id], abs=0.01), id
    form = answer.frames["form"].set_index("kind")
    if whole["receivables"]:
        assert form.loc["share", list(BUCKETS)].sum() == pytest.approx(1.0)
    for id in MONEY:
        assert form.loc["now", id] - form.loc["before", id] == pytest.approx(form.loc["change", id], abs=0.01)
    invoices = ask(company, "receivables.invoices", scope).frames["invoices"]
    open_ = invoices[invoices["balance"] > 0]
    by_bucket = open_.groupby("bucket")["balance"].sum().reindex(list(BUCKETS), fill_value=0.0)
    assert list(by_bucket) == pytest.approx([whole[id] for id in BUCKETS], abs=0.01)
    by_dealer = open_.groupby("dealer_id")["balance"].sum()
    owed = dealers.set_index("dealer_id")["receivables"]
    assert list(by_dealer) == pytest.approx(list(owed[by_dealer.index]), abs=0.01)


@ANY
@given(day=DAYS, keys=PLACES)
def test_what_became_overdue_less_what_was_paid_leads_from_month_to_month(company, day, keys):
    scope = company.scope({"as_of": str(day)} | keys)
    moved = ask(company, "receivables.movement", scope)
    values, steps = moved.values, moved.frames["movement"]["value"].sum()
    assert values["opening"] + steps == pytest.approx(values["closing"], abs=0.01)
    assert values["closing"] == pytest.approx(total(ask(company, "receivables.aging", scope))["overdue"], abs=0.01)
    before = scope.but(as_of=last_month(day))
    assert values["opening"] == pytest.approx(total(ask(company, "receivables.aging", before))["overdue"], abs=0.01)
    assert 0 <= values["newly_paid"] <= values["newly"] + 0.01


@ANY
@given(day=DAYS)
def test_a_narrower_scope_never_owes_more(company, day):
    wide = company.scope({"as_of": str(day)})
    narrow = company.scope({"as_of": str(day), "region": "South"})
    narrower = company.scope({"as_of": str(day), "region": "CN-GD"})
    owed = [total(ask(company, "receivables.aging", scope))[list(MONEY)] for scope in (wide, narrow, narrower)]
    for more, less in pairwise(owed):
        assert (less.fillna(0) <= more.fillna(0) + 0.01).all()


def test_the_months_are_the_form_of_their_days(company):
    days = ask(company, "receivables.aging", company.scope()).frames["days"].set_index("day")
    assert len(days) == 13
    for day in (days.index[0], days.index[7]):
        then = total(ask(company, "receivables.aging", company.scope({"as_of": str(day)})))
        assert list(days.loc[day, list(MONEY)]) == pytest.approx([then[id] for id in MONEY], abs=0.01)


def test_a_viewer_sees_the_debtors_of_their_regions_only(company):
    viewer = Entitlement("south", regions=("South",))
    answer = ask(company, "receivables.aging", company.scope({}, viewer))
    whole = total(ask(company, "receivables.aging", company.scope({"region": "South"})))
    assert total(answer)["receivables"] == pytest.approx(whole["receivables"])
    for name in ("receivables.worklist", "receivables.limits", "receivables.concentration"):
        seen = set(next(iter(ask(company, name, company.scope({}, viewer)).frames.values()))["dealer_id"])
        assert seen <= set(answer.frames["aging"]["dealer_id"])


def test_headroom_of_an_earlier_day_leaves_open_orders_out_and_says_so(company):
    now = ask(company, "receivables.aging", company.scope())
    then = ask(company, "receivables.aging", company.scope({"as_of": "2026-05-31"}))
    assert now.frames["aging"]["open_orders"].sum() > 0
    assert then.frames["aging"]["open_orders"].iloc[:-1].isna().all()
    assert any("Open orders" in str(note) for note in then.notes)
    row = then.frames["aging"].iloc[0]
    assert row["headroom"] == pytest.approx(row["credit_limit"] - row["receivables"])


def test_the_contract_of_the_command_line(company):
    rows = ask(company, "receivables.aging", company.scope()).to_dict()["rows"]
    assert rows[-1]["dealer_id"] == "total"
    assert {"in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121", "credit", "unapplied"} <= set(rows[0])
    assert len({row["dealer_id"] for row in rows}) == len(rows)
    for id in MONEY:
        assert sum(row[id] or 0 for row in rows[:-1]) == pytest.approx(rows[-1][id], abs=0.01)
    json.dumps(rows, allow_nan=False)
