"""Cubes give what lines give: over random scopes and splits, for restricted viewers, dealers without a region."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import cubes
from data.scope import LOCAL, Entitlement, Period, Scope
from data.store import Store
from tests.data.test_store import scopes
from tests.golden_home import small_company

RANDOM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MEASURES = ("net_sales", "costed_sales", "gross_margin", "quantity", "orders", "active_dealers", "new_dealers",
            "returning_dealers", "lost_dealers", "returns", "allowances", "gift_cost", "list_sales", "discounts",
            "visits", "visits_with_order")  # fmt: skip
SPLITS = ((), ("region",), ("channel",), ("category",), ("dealer",), ("month",), ("product",), ("employee", "week"),
          ("region", "category"), ("month", "brand"))  # fmt: skip


class OfLines(Store):
    """Answers from the lines alone, as before there were cubes."""

    cubed = False


@pytest.fixture(scope="module")
def of_lines(company):
    return OfLines(company.snapshot, company.settings)


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(a, b, check_dtype=False, check_exact=False, rtol=1e-12, atol=1e-6)


def viewers(company):
    regions = st.lists(st.sampled_from(list(company.store.region_tree["region_id"])), max_size=2, unique=True)
    dealers = st.lists(st.sampled_from(list(company.store.names("dealer").index)), max_size=3, unique=True)
    products = st.lists(st.sampled_from(list(company.store.names("product").index)), max_size=3, unique=True)
    return st.tuples(regions, st.one_of(st.just([]), dealers), st.one_of(st.just([]), products)).map(
        lambda given: Entitlement("someone", *map(tuple, given))
    )


@RANDOM
@given(data=st.data())
def test_measures_of_cubes_equal_those_of_lines(company, of_lines, data):
    scope = data.draw(scopes(company)).but(entitlement=data.draw(viewers(company)))
    if data.draw(st.booleans()):  # whole months, which the cube by product needs
        scope = scope.but(period=Period(dt.date(2025, 1, 1), dt.date(2026, 3, 31)), as_of=dt.date(2026, 6, 30))
    by = data.draw(st.sampled_from(SPLITS))
    compared = company.compared(scope)
    same(company.store.measure(scope, MEASURES, by, compared=compared),
         of_lines.measure(scope, MEASURES, by, compared=compared))  # fmt: skip


@RANDOM
@given(data=st.data())
def test_queries_by_day_equal_those_of_lines(company, of_lines, data):
    scope = data.draw(scopes(company)).but(entitlement=data.draw(viewers(company)))
    options = {"dealer_attention": {"day": scope.as_of, "sales_from": dt.date(2025, 5, 17),
                                    "visits_from": dt.date(2026, 1, 1)}}  # fmt: skip
    for name in ("daily_sales", "dealer_rhythm", "dealer_orders", "dealer_attention"):
        found = [store.query(name, scope, **options.get(name, {})) for store in (company.store, of_lines)]
        keys = [c for c in ("day", "dealer_id", "order_date", "net_amount") if c in found[0]]
        same(*(frame.sort_values(keys, ignore_index=True) for frame in found))


def test_the_default_view_reads_no_line(company):
    """A page of the whole company, or of a region, comes from cubes; a filter by dealer and product needs the lines."""
    known = {"whole_months": True, "documents_add": True}
    scope = company.scope({})
    for by, id in itertools.product(((), ("region",), ("dealer",), ("month",)), MEASURES[:14]):
        assert cubes.table(id, by, scope, **known) == "sales_day"
    assert cubes.table("net_sales", ("category",), scope, **known) == "product_month"
    product = (company.store.names("product").index[0],)
    assert cubes.table("net_sales", (), scope.but(product=product), **known) == "product_month"
    assert cubes.table("net_sales", ("dealer",), scope.but(product=product), **known) == "sales"
    assert cubes.table("orders", (), scope.but(product=product), **known) == "sales"
    only = Entitlement("buyer", products=product)
    assert cubes.table("net_sales", (), scope.but(entitlement=only), **known) == "product_month"
    assert cubes.table("active_dealers", (), scope.but(entitlement=only), **known) == "sales"


@pytest.mark.parametrize(("start", "end", "as_of", "whole"), [
    ("2026-01-01", "2026-03-31", "2026-06-30", True),
    ("2026-01-02", "2026-03-31", "2026-06-30", False),
    ("2026-01-01", "2026-03-30", "2026-06-30", False),
    ("2026-01-01", "2026-12-31", "2026-06-14", False),
    ("2026-01-01", "2026-12-31", "2026-06-20", True),  # nothing was sold after
    ("2024-05-03", "2026-03-31", "2026-06-30", True),  # nothing was sold before
])  # fmt: skip
def test_months_are_whole_when_nothing_known_is_cut(start, end, as_of, whole):
    day = dt.date.fromisoformat
    known = Period(dt.date(2024, 5, 3), dt.date(2026, 6, 18))
    assert cubes.whole_months(Period(day(start), day(end)), day(as_of), known) is whole


def line(id, document, day, dealer, product, amount, **more):
    return {"line_id": id, "document_id": document, "order_date": day, "invoice_date": day, "dealer_id": dealer,
            "product_id": product, "quantity": 1, "net_amount": amount, "line_type": "sale"} | more  # fmt: skip


def odd_company(home, lines):
    dealers = [{"dealer_id": "A", "region_id": "N"}, {"dealer_id": "B"}]
    products = [{"product_id": "P", "category": "tea"}, {"product_id": "Q"}]
    return small_company(home, {"dim_region": [{"region_id": "N"}, {"region_id": "S"}], "dim_dealer": dealers,
                                "dim_product": products, "fact_sales": lines})  # fmt: skip


def test_documents_over_two_days_are_counted_from_the_lines(tmp_path):
    found = odd_company(
        tmp_path, [line("1", "X", "2026-01-05", "A", "P", 10), line("2", "X", "2026-01-06", "A", "Q", 5)]
    )
    assert found.snapshot.manifest["documents_add"] is False
    scope = found.scope({"period": "2026-01"})
    assert found.store.measure(scope, ("orders", "net_sales")).iloc[0].to_dict() == {"orders": 1, "net_sales": 15}


def test_unknown_cost_and_dealers_without_region_stay_apart(tmp_path):
    found = odd_company(tmp_path, [
        line("1", "X", "2026-01-05", "A", "P", 10, cost_amount=6),
        line("2", "X", "2026-01-05", "A", "Q", 5),
        line("3", "Y", "2026-01-05", "B", "P", 3, cost_amount=1, ship_to_region_id="S"),
        line("4", "Z", "2026-01-09", "B", "P", 4, cost_amount=1, ship_to_region_id="N"),
    ])  # fmt: skip
    scope = found.scope({"period": "2026-01"})
    ids = ("net_sales", "gross_margin", "costed_sales", "orders")
    for by in (("region",), ("region", "category")):
        sums = found.store.measure(scope, ids[:3], by).groupby("region_id")[list(ids[:3])].sum()
        assert sums.loc["N"].tolist() == [19, 7, 14]
        assert sums.loc["S"].tolist() == [3, 2, 3]
    south = scope.but(region=("S",))
    assert found.store.measure(south, ids).iloc[0].tolist() == [3, 2, 3, 1]
    assert found.store.measure(south.but(category=("tea",)), ("net_sales",)).iloc[0, 0] == 3
    restricted = scope.but(entitlement=Entitlement("south", regions=("S",)))
    for by in ((), ("category",)):  # who is limited to regions sees no dealer without one
        assert found.store.measure(restricted, ("net_sales",), by)["net_sales"].fillna(0).sum() == 0


def test_a_snapshot_without_cubes_still_answers(tmp_path):
    """One that an earlier version published: neither the tables nor the word in the manifest."""
    import json

    import duckdb

    found = odd_company(tmp_path, [line("1", "X", "2026-01-05", "A", "P", 10)])
    manifest = found.snapshot.path / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    del told["documents_add"], told["bytes"]
    for name in ("sales_day", "product_month", "visit_order"):
        del told["rows"][name]
    manifest.write_text(json.dumps(told), encoding="utf-8")
    with duckdb.connect(str(found.snapshot.database)) as con:
        for name in ("sales_day", "product_month", "visit_order"):
            con.execute(f"DROP TABLE {name}")
    old = type(found).open(tmp_path)
    scope = Scope(Period(dt.date(2026, 1, 1), dt.date(2026, 1, 31)), dt.date(2026, 1, 31), entitlement=LOCAL)
    assert old.store.measure(scope, ("net_sales", "orders", "visits"), ("category",))["net_sales"].tolist() == [10]
    assert old.store.query("dealer_rhythm", scope)["order_days"].tolist() == [1]


def test_an_import_of_a_day_leaves_cubes_as_if_built_anew(tmp_path):
    """New lines, replaced ones that moved to another day, visits alone: the cubes are those of all the lines."""
    import duckdb

    from data.importing import import_files
    from data.settings import Settings
    from data.warehouse import Warehouse

    home = tmp_path / "home"
    odd_company(home, [line("1", "X", "2026-01-05", "A", "P", 10), line("2", "Y", "2026-02-06", "B", "Q", 5),
                       line("3", "Z", "2026-02-06", "A", "Q", 7)])  # fmt: skip
    head = "line_id,document_id,order_date,invoice_date,dealer_id,product_id,quantity,net_amount\n"
    files = {
        "fact_sales.csv": head + "2,Y,2026-03-01,2026-03-01,B,Q,2,6\n4,W,2026-03-02,2026-03-02,A,P,1,4\n",
        "fact_visit.csv": "visit_id,dealer_id,visit_date\nV1,A,2026-03-02\nV2,A,2026-03-03\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        report = import_files(Warehouse(home, Settings()), [tmp_path / name])
        assert report.snapshot is not None
        with duckdb.connect(str(report.snapshot.database), read_only=True) as con:
            days = con.execute("SELECT sales_date::VARCHAR, dealer_id::VARCHAR, net_amount, orders FROM sales_day "
                               "ORDER BY ALL").fetchall()  # fmt: skip
            months = con.execute("SELECT month::VARCHAR, product_id::VARCHAR, net_amount FROM product_month "
                                 "ORDER BY ALL").fetchall()  # fmt: skip
            ordered = con.execute("SELECT dealer_id::VARCHAR, order_date::VARCHAR FROM visit_order").fetchall()
        assert days == [("2026-01-05", "A", 10, 1), ("2026-02-06", "A", 7, 1), ("2026-03-01", "B", 6, 1),
                        ("2026-03-02", "A", 4, 1)]  # fmt: skip
        assert months == [("2026-01-01", "P", 10), ("2026-02-01", "Q", 7), ("2026-03-01", "P", 4),
                          ("2026-03-01", "Q", 6)]  # fmt: skip
    assert ordered == [("A", "2026-03-02")]
