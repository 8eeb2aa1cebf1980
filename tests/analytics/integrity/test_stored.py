"""What is stored by month adds up to what the sales lines say: over random scopes and viewers, and where it cannot."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.questions import integrity_job as job
from analytics.refresh import JOBS
from data.scope import LOCAL, Entitlement, Period, add_months, month_end
from tests.data.test_cubes import viewers
from tests.data.test_store import scopes
from tests.golden_home import small_company

SUMS = ["lines", "units", "amount", "promoted", "gap", "deliveries", "quantity", "sell_in", "sell_in_last",
        "sell_in_first", "order_days", "sell_out", "stock"]  # fmt: skip
LAST = dt.date(2026, 6, 30)


def added_up(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that stand for the same thing, added up: what every reader of them does first."""
    keys = [name for name in frame if name not in (*SUMS, "floor", "cap")]
    sums = [name for name in SUMS if name in frame]
    frame = frame.assign(day=pd.to_datetime(frame["day"])) if "day" in frame else frame
    return frame.groupby(keys, dropna=False)[sums].sum(min_count=1).sort_index().reset_index()


def lines(company, name, scope):
    return company.store.query(name, scope, **job._OPTIONS.get(name, {}))


def same(company, name, scope):
    pd.testing.assert_frame_equal(added_up(job.cells(company, name, scope)), added_up(lines(company, name, scope)),
                                  check_dtype=False, check_exact=False, rtol=1e-9, atol=1e-6)  # fmt: skip


def months(first: dt.date):
    begins = st.integers(0, 25).map(lambda back: add_months(first, back))
    return st.tuples(begins, st.integers(1, 14)).map(lambda of: Period(of[0], month_end(add_months(of[0], of[1] - 1))))


@settings(max_examples=40)
@given(data=st.data())
def test_stored_rows_equal_the_lines(company, data):
    scope = data.draw(scopes(company)).but(entitlement=data.draw(viewers(company)))
    if data.draw(st.booleans()):  # what a page asks for: whole months, no products
        scope = scope.but(period=data.draw(months(dt.date(2024, 5, 1))), product=(), category=(),
                          as_of=data.draw(st.sampled_from([LAST, dt.date(2026, 3, 31), dt.date(2026, 5, 12)])),
                          channel=(), employee=())  # fmt: skip
    for name in job.RESULTS:
        same(company, name, scope)


@pytest.mark.parametrize("name", job.RESULTS)
def test_a_page_reads_no_line(company, name, monkeypatch):
    region = company.store.region_tree["region_id"].iloc[-1]
    asked = [company.scope(), company.scope({"region": region}), company.scope({"period": "2025-05"}),
             company.scope(entitlement=Entitlement("wang", regions=(region,)))]  # fmt: skip
    monkeypatch.setattr(job, "_asked", lambda *_: pytest.fail("the lines were read"))
    for scope in asked:
        job.cells(company, name, scope)


def sale(id, document, day, dealer="D1", place="S"):
    return {"line_id": id, "document_id": document, "order_date": day, "invoice_date": day, "dealer_id": dealer,
            "product_id": "P1", "quantity": 1, "net_amount": 10,
            "line_type": "sale", "ship_to_region_id": place}  # fmt: skip


def stored(company):
    """The job of the stored rows, run on a company of one's own."""
    company.snapshot.results.mkdir(exist_ok=True)
    job_ = next(of for of in JOBS if of.name == "channel_order")
    for name, frame in job_.compute(company, company.scope(), lambda *_: None).items():
        frame.to_parquet(company.snapshot.results / f"{name}.parquet", index=False)
    return company


def test_what_dealers_sold_on_before_the_first_sale_and_after_the_last_day_counts(tmp_path):
    days = [dt.date(2025, 11, 3), dt.date(2026, 1, 20), dt.date(2026, 3, 9)]
    company = stored(small_company(tmp_path, {
        "dim_product": [{"product_id": "P1"}], "dim_dealer": [{"dealer_id": "D1"}],
        "fact_sales": [sale(id, id, dt.date(2026, 1, day), place=None) for id, day in (("1", 5), ("2", 31))],
        "fact_sell_out": [{"dealer_id": "D1", "product_id": "P1", "sell_out_date": day, "quantity": 1, "amount": 7}
                          for day in days],
    }, dt.date(2026, 2, 1)))  # fmt: skip
    for keys, lines_ in (({"period": "2025-11..2026-01"}, 2), ({"period": "2025"}, 1), ({"period": "2026-01"}, 1),
                         ({"period": "2025-11..2026-03", "as_of": "2026-03-31"}, 3)):  # fmt: skip
        scope = company.scope(keys)
        found = job.cells(company, job.PRICES, scope)
        assert found.loc[found["flow"] == "resold", "lines"].sum() == lines_, keys
        same(company, job.PRICES, scope)


def test_a_delivery_of_two_months_counts_once(tmp_path):
    """One document with lines in January and February: stored by month it would be two deliveries."""
    lines_ = [sale("1", "A", dt.date(2026, 1, 30)), sale("2", "A", dt.date(2026, 2, 2)),
              sale("3", "B", dt.date(2026, 2, 3), "D2")]  # fmt: skip
    company = stored(small_company(tmp_path, {
        "dim_region": [{"region_id": "S"}, {"region_id": "N"}], "dim_product": [{"product_id": "P1"}],
        "dim_dealer": [{"dealer_id": "D1", "region_id": "S"}, {"dealer_id": "D2"}], "fact_sales": lines_,
    }))  # fmt: skip
    scope = company.scope({"period": "2026-01..2026-02"}).but(entitlement=LOCAL)
    assert job.cells(company, job.TERRITORY, scope)["deliveries"].sum() == 1
    for name in job.RESULTS:
        same(company, name, scope.but(region=("S",)))  # D2 has no region: its goods went to S
