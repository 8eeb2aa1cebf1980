"""Cached answers are the fresh ones, for whoever asks, in whatever order, and whichever snapshot serves."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import questions
from dashboard import session
from data.company import Company
from data.scope import LOCAL, Entitlement, Period, Scope
from data.settings import Settings
from data.warehouse import Warehouse
from tests.golden_home import small_company

ASKED = ("sales.summary", "receivables.aging", "targets.attainment", "sales.trend")


def line(id, day, dealer, product, amount):
    return {"line_id": id, "document_id": id, "order_date": day, "invoice_date": day, "dealer_id": dealer,
            "product_id": product, "quantity": 1, "net_amount": amount, "line_type": "sale"}  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Two snapshots of four dealers in two regions: in the second everything costs more."""
    for factor in (1, 3):
        amounts = [(f"{dealer}{month}{product}", f"2026-0{month}-1{month}", dealer, product, factor * (7 * month + n))
                   for month in (1, 2, 3) for n, dealer in enumerate("ABCD") for product in "PQ"]  # fmt: skip
        with_base = tmp_path / "warehouse"
        if with_base.exists():
            with Warehouse(tmp_path, Settings()).build("import") as build:
                build.connection.execute("UPDATE fact_sales SET net_amount = net_amount * 3")
                build.publish(today=dt.date(2026, 4, 1))
            continue
        small_company(tmp_path, {
            "dim_region": [{"region_id": "N"}, {"region_id": "S"}],
            "dim_dealer": [{"dealer_id": d, "region_id": "N" if d in "AB" else "S"} for d in "ABCD"],
            "dim_product": [{"product_id": "P", "category": "tea"}, {"product_id": "Q", "category": "juice"}],
            "fact_sales": [line(*row) for row in amounts],
            "fact_receivable": [{"invoice_id": f"I{d}", "dealer_id": d, "invoice_date": "2026-02-01",
                                 "due_date": "2026-03-01", "amount": 100 + n} for n, d in enumerate("ABCD")],
        })  # fmt: skip
    monkeypatch.setenv("QUDAO_HOME", str(tmp_path))
    return tmp_path


VIEWERS = st.sampled_from([LOCAL, Entitlement("n", regions=("N",)), Entitlement("s", regions=("S",)),
                           Entitlement("a", dealers=("A",)), Entitlement("tea", products=("P",)),
                           Entitlement("n", regions=("N",), products=("Q",))])  # fmt: skip
SCOPES = st.builds(
    lambda month, region, category, viewer: Scope(
        Period(dt.date(2026, month, 1), dt.date(2026, 3, 31)), dt.date(2026, 4, 1), region=region, category=category,
        entitlement=viewer,
    ),
    st.integers(1, 3), st.sampled_from([(), ("N",), ("S",)]), st.sampled_from([(), ("tea",)]), VIEWERS,
)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(ASKED), SCOPES, st.booleans()), min_size=2, max_size=8))
def test_cached_and_fresh_answers_are_the_same(home, steps):
    warehouse = Warehouse(home, Settings())
    ids = [snapshot.id for snapshot in warehouse.snapshots()]
    for name, scope, newest in steps:
        warehouse.point_to(ids[-1] if newest else ids[0])
        cached = [session.ask(name, scope) for _ in range(2)][-1]
        fresh = questions.ask(Company.open(home), name, scope)
        assert cached.snapshot_id == fresh.snapshot_id == (ids[-1] if newest else ids[0])
        assert cached.notes == fresh.notes
        assert cached.frames.keys() == fresh.frames.keys()
        for key, frame in fresh.frames.items():
            pd.testing.assert_frame_equal(cached.frames[key], frame)
