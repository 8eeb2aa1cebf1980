"""Measures against brute force in pandas, over random scopes; and what an entitlement lets through."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.guards import NotEntitled
from data.scope import LOCAL, Entitlement, Period, Scope, ScopeError
from tests.golden_home import small_company

RANDOM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MONTHS = [d.date() for d in pd.date_range("2024-05-01", "2026-06-01", freq="MS")]


@st.composite
def scopes(draw, company):
    """Any filters, any period, any as-of day."""
    store = company.store
    start = draw(st.dates(dt.date(2024, 5, 1), dt.date(2026, 6, 30)))
    end = draw(st.dates(start, dt.date(2026, 6, 30)))
    ids = {
        "region": list(store.region_tree["region_id"]), "channel": list(store.names("channel").index),
        "category": list(store.categories), "dealer": list(store.names("dealer").index),
        "employee": list(store.names("employee").index), "product": list(store.names("product").index),
    }  # fmt: skip
    chosen = draw(st.sets(st.sampled_from(sorted(ids)), max_size=2))
    filters = {name: tuple(draw(st.lists(st.sampled_from(ids[name]), min_size=1, max_size=4, unique=True)))
               for name in sorted(chosen)}  # fmt: skip
    return Scope(Period(start, end), draw(st.dates(dt.date(2024, 8, 1), dt.date(2026, 6, 30))), entitlement=LOCAL,
                 **filters)  # fmt: skip


def dealers_of(scope, table, *, all_filters=True):
    """Brute force: dealers under the regions, dealers, channels and owners of a scope."""
    dealers = table("dim_dealer")
    parents = table("dim_region").set_index("region_id")["parent_id"].to_dict()

    def above(region):
        while isinstance(region, str):
            yield region
            region = parents.get(region)

    kept = pd.Series(True, index=dealers.index)
    if scope.region:
        kept &= dealers["region_id"].map(lambda r: any(a in scope.region for a in above(r)))
    if scope.dealer:
        kept &= dealers["dealer_id"].isin(scope.dealer)
    if all_filters and scope.channel:
        kept &= dealers["channel_id"].isin(scope.channel)
    if all_filters and scope.employee:
        kept &= dealers["employee_id"].isin(scope.employee)
    return set(dealers.loc[kept, "dealer_id"])


def lines_of(scope, table):
    """Brute force: sales lines of a scope."""
    sales = table("fact_sales")
    if "category" not in sales:
        categories = table("dim_product").set_index("product_id")["category"]
        sales["category"] = sales["product_id"].map(categories)
    end = min(scope.period.end, scope.as_of)
    kept = sales["sales_date"].between(pd.Timestamp(scope.period.start), pd.Timestamp(end))
    kept &= sales["dealer_id"].isin(dealers_of(scope, table, all_filters=False))
    for column, values in (("channel_id", scope.channel), ("employee_id", scope.employee),
                           ("product_id", scope.product), ("category", scope.category)):  # fmt: skip
        if values:
            kept &= sales[column].isin(values)
    return sales[kept]


@RANDOM
@given(data=st.data())
def test_sales_measures_equal_pandas(company, table, data):
    scope = data.draw(scopes(company))
    ids = ("net_sales", "gross_margin", "quantity", "orders", "active_dealers", "returns", "gift_cost", "discounts")
    row = company.store.measure(scope, ids).iloc[0]
    lines = lines_of(scope, table)
    sold = lines[lines["line_type"].isin(["sale", "return"])]
    sale = lines[lines["line_type"] == "sale"]
    assert row["net_sales"] == pytest.approx(sold["net_amount"].sum(), abs=0.001)
    assert row["quantity"] == pytest.approx(sold["quantity"].sum(), abs=0.001)
    assert row["orders"] == sale["document_id"].nunique()
    assert row["active_dealers"] == sale["dealer_id"].nunique()
    assert row["returns"] == pytest.approx(-lines.loc[lines["line_type"] == "return", "net_amount"].sum(), abs=0.001)
    if len(sold):
        assert row["gross_margin"] == pytest.approx((sold["net_amount"] - sold["cost_amount"]).sum(), abs=0.001)
        assert row["discounts"] == pytest.approx((sold["list_amount"] - sold["net_amount"]).sum(), abs=0.001)
    else:
        assert pd.isna(row["gross_margin"])


@RANDOM
@given(data=st.data())
def test_aging_equals_brute_force_from_invoices_and_receipts(company, table, data):
    scope = data.draw(scopes(company))
    day = pd.Timestamp(scope.as_of)
    ids = ("in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121", "credit", "unapplied", "receivables", "overdue")
    row = company.store.measure(scope, ids).iloc[0]
    who = dealers_of(scope, table)
    invoices = table("fact_receivable")
    invoices = invoices[invoices["dealer_id"].isin(who) & (invoices["invoice_date"] <= day)]
    receipts = table("fact_receipt")
    receipts = receipts[receipts["dealer_id"].isin(who) & (receipts["receipt_date"] <= day)]
    paid = receipts.groupby("invoice_id")["amount"].sum()
    balance = invoices["amount"] - invoices["invoice_id"].map(paid).astype(float).fillna(0)
    late = (day - invoices["due_date"]).dt.days
    owed = balance > 0.004
    spans = {"in_term": (-99999, 0), "d1_30": (1, 30), "d31_60": (31, 60), "d61_90": (61, 90), "d91_120": (91, 120),
             "d121": (121, 99999)}  # fmt: skip
    for name, (low, high) in spans.items():
        assert row[name] == pytest.approx(balance[owed & late.between(low, high)].sum(), abs=0.005), name
    assert row["credit"] == pytest.approx(-balance[balance < -0.004].sum(), abs=0.005)
    unapplied = receipts.loc[~receipts["invoice_id"].isin(invoices["invoice_id"]), "amount"].sum()
    assert row["unapplied"] == pytest.approx(unapplied, abs=0.005)
    assert row["receivables"] == pytest.approx(sum(row[name] for name in spans), abs=0.005)
    # Whatever the buckets say, the whole is invoices less receipts.
    whole = invoices["amount"].sum() - receipts["amount"].sum()
    assert row["receivables"] - row["credit"] - row["unapplied"] == pytest.approx(whole, abs=0.01)


@RANDOM
@given(data=st.data())
def test_visit_measures_equal_pandas(company, table, data):
    scope = data.draw(scopes(company)).but(category=(), product=(), channel=())
    row = company.store.measure(scope, ("planned_visits", "planned_visits_done", "unplanned_visits", "visits",
                                        "visits_with_order")).iloc[0]  # fmt: skip
    visits = table("fact_visit")
    if scope.region or scope.dealer:
        visits = visits[visits["dealer_id"].isin(dealers_of(scope, table, all_filters=False))]
    if scope.employee:
        visits = visits[visits["employee_id"].isin(scope.employee)]
    day = visits["planned_date"].fillna(visits["visit_date"])
    end = min(scope.period.end, scope.as_of)
    visits = visits[day.between(pd.Timestamp(scope.period.start), pd.Timestamp(end))]
    visits = visits[visits["dealer_id"].notna()]
    planned, done = visits["planned_date"].notna(), visits["visit_date"].notna()
    assert (row["planned_visits"], row["planned_visits_done"]) == (planned.sum(), (planned & done).sum())
    assert (row["unplanned_visits"], row["visits"]) == ((~planned & done).sum(), done.sum())
    always = Period(dt.date(2000, 1, 1), dt.date(2100, 1, 1))
    lines = lines_of(scope.but(period=always, as_of=always.end), table)
    orders = set(
        lines.loc[lines["line_type"] == "sale", ["dealer_id", "order_date"]].itertuples(index=False, name=None)
    )
    ordered = [pair in orders for pair in zip(visits["dealer_id"], visits["visit_date"], strict=True)]
    met = visits["document_id"].notna() | pd.Series(ordered, index=visits.index, dtype=bool)
    assert row["visits_with_order"] == (done & met).sum()


@RANDOM
@given(data=st.data())
def test_parts_add_up_and_a_filter_never_adds(company, data):
    scope = data.draw(scopes(company))
    total = company.store.measure(scope, ("net_sales", "orders", "active_dealers", "receivables")).iloc[0]
    for by in ("region", "dealer", "product", "category", "channel", "month", "employee", "brand"):
        parts = company.store.measure(scope, ("net_sales",), (by,))
        assert parts["net_sales"].sum() == pytest.approx(total["net_sales"], abs=0.01), by
    assert company.store.measure(scope, ("receivables",), ("region",))["receivables"].sum() == pytest.approx(
        total["receivables"], abs=0.01
    )
    wider = company.store.measure(scope.but(**dict.fromkeys(scope.filters, ())), ("orders", "active_dealers")).iloc[0]
    assert total["orders"] <= wider["orders"]
    assert total["active_dealers"] <= wider["active_dealers"]


def test_each_week_of_one_query_equals_the_same_week_asked_alone(company):
    monday, ids = dt.date(2026, 3, 30), ("net_sales", "active_dealers", "visits", "visit_coverage")
    weeks = [Period(day, day + dt.timedelta(6)) for day in (monday + dt.timedelta(7 * n) for n in range(5))]
    span = Period(weeks[0].start, weeks[-1].end)
    found = company.store.measure(plain(company), ids, ("region", "week"), period=span, depth=1)
    assert {pd.Timestamp(day).date() for day in found["week"]} == {week.start for week in weeks}
    for week in weeks:
        alone = company.store.measure(plain(company), ids, ("region",), period=week, depth=1).set_index("region_id")
        of_it = found[pd.to_datetime(found["week"]).dt.date == week.start].set_index("region_id")
        pd.testing.assert_frame_equal(of_it[list(ids)], alone[list(ids)])
    assert company.store.measure(plain(company), ("target",), ("week",))["target"].isna().all()  # months have targets


def plain(company, **changes) -> Scope:
    return Scope(Period(dt.date(2026, 1, 1), dt.date(2026, 6, 30)), dt.date(2026, 6, 30), entitlement=LOCAL).but(
        **changes
    )


def test_targets_of_a_region_equal_its_dealers_targets_month_by_month(company, table):
    targets = table("fact_target")
    scope = plain(company, region=("East",))
    level = company.store.target_level(scope, ("dealer",))
    by_dealer = company.store.measure(scope, ("target",), ("dealer",))
    rows = targets[(targets["target_level"] == level) & (targets["measure"] == "net_sales")
                   & targets["dealer_id"].isin(dealers_of(scope, table))
                   & targets["period_start"].between("2026-01-01", "2026-06-30")]  # fmt: skip
    expected = rows.groupby("dealer_id")["target_value"].sum()
    got = by_dealer.set_index("dealer_id")["target"].dropna()
    assert got.to_dict() == pytest.approx(expected.astype(float).to_dict())
    assert len(got) > 5


def test_a_period_that_cuts_a_month_counts_targets_by_selling_days(company):
    days = company.store.calendar.set_index("date")["is_selling_day"]
    whole = company.store.measure(plain(company, period=Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))), ("target",))
    part = company.store.measure(plain(company, period=Period(dt.date(2026, 3, 1), dt.date(2026, 3, 10))), ("target",))
    share = days["2026-03-01":"2026-03-10"].sum() / days["2026-03-01":"2026-03-31"].sum()
    assert part["target"].iloc[0] == pytest.approx(whole["target"].iloc[0] * share)
    early = plain(company, period=Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31)), as_of=dt.date(2026, 3, 10))
    assert company.store.measure(early, ("target_to_date",)).iloc[0, 0] == pytest.approx(part["target"].iloc[0])


def test_a_question_for_targets_at_a_level_that_nobody_gave_is_unknown_not_zero(company):
    brands = company.store.measure(plain(company), ("net_sales", "target"), ("brand",))
    assert brands["net_sales"].notna().all()
    assert brands["target"].isna().all()


def test_ratios_divide_sums_and_a_zero_denominator_is_unknown(company):
    scope = plain(company)
    row = company.store.measure(scope, ("gross_margin", "costed_sales", "gross_margin_rate")).iloc[0]
    assert row["gross_margin_rate"] == row["gross_margin"] / row["costed_sales"]
    empty = company.store.measure(scope.but(period=Period(dt.date(1990, 1, 1), dt.date(1990, 1, 2))),
                                  ("net_sales", "price", "visit_coverage")).iloc[0]  # fmt: skip
    assert empty["net_sales"] == 0
    assert pd.isna(empty["price"])
    assert pd.isna(empty["visit_coverage"])


def test_a_dealer_without_a_region_belongs_where_its_goods_went(tmp_path):
    regions = [{"region_id": "S"}, {"region_id": "S1", "parent_id": "S"}, {"region_id": "N"}]
    dealers = [{"dealer_id": "D1"}, {"dealer_id": "D2", "region_id": "N"}]
    lines = [
        {"line_id": str(i), "line_type": "sale", "dealer_id": dealer, "order_date": dt.date(2026, 1, 5),
         "net_amount": amount, "ship_to_region_id": region}
        for i, (dealer, region, amount) in enumerate([("D1", "S1", 1), ("D1", "N", 10), ("D2", "S1", 100)])
    ]  # fmt: skip
    company = small_company(tmp_path, {"dim_region": regions, "dim_dealer": dealers, "fact_sales": lines})
    store, everything = company.store, company.scope({"period": "2026"})
    by = store.measure(everything, ("net_sales",), ("region",)).set_index("region_id")["net_sales"]
    assert by.to_dict() == {"N": 110, "S": 1}
    for region, total in (("S", 1), ("N", 110), ("S1", 1)):
        scope = everything.but(region=(region,))
        assert store.measure(scope, ("net_sales",)).iloc[0, 0] == total, region
    limited = everything.but(entitlement=Entitlement("s", regions=("S",)))
    assert store.measure(limited, ("net_sales",)).iloc[0, 0] == 0  # who may see S alone does not see D1


# ------------------------------------------------------------------ entitlement


def test_without_an_entitlement_nothing_is_answered(company):
    with pytest.raises(NotEntitled):
        company.store.measure(plain(company, entitlement=None), ("net_sales",))
    with pytest.raises(NotEntitled):
        company.store._run("SELECT * FROM main.fact_sales", plain(company), {})


@pytest.mark.parametrize("grouping", ["region", "dealer", "month", "product", "employee"])
def test_a_regional_viewer_sees_that_region_alone_however_it_is_asked(company, table, grouping):
    viewer = Entitlement("south", regions=("South",))
    ids = ("net_sales", "receivables", "visits", "target")
    limited = company.store.measure(plain(company, entitlement=viewer), ids, (grouping,))
    filtered = company.store.measure(plain(company, region=("South",)), ids, (grouping,))
    pd.testing.assert_frame_equal(limited, filtered)
    elsewhere = company.store.measure(plain(company, entitlement=viewer, region=("North",)), ("net_sales",)).iloc[0, 0]
    assert elsewhere == 0
    if grouping == "dealer":
        assert set(limited["dealer_id"]) <= dealers_of(plain(company, region=("South",)), table)


def test_entitlements_to_dealers_and_products_hold_in_every_query_file(company):
    dealer = company.store.names("dealer").index[0]
    viewer = Entitlement("one", dealers=(dealer,))
    for name in ("dealer_rhythm", "dealer_owners", "dealer_profiles", "promotion_overspend", "dealer_terms"):
        frame = company.store.query(name, plain(company, entitlement=viewer), depth=1)
        assert set(frame["dealer_id"]) <= {dealer}, name
    product = company.store.names("product").index[0]
    seen = company.store.measure(
        plain(company, entitlement=Entitlement("p", products=(product,))), ("net_sales",), ("product",)
    )
    assert list(seen["product_id"]) == [product]


def test_no_query_file_reaches_past_its_guards():
    from importlib import resources

    for file in resources.files("data.queries").iterdir():
        if file.name.endswith(".sql"):
            assert "main." not in file.read_text(encoding="utf-8"), file.name


def test_the_snapshot_is_all_that_sql_can_reach(company, tmp_path):
    import duckdb

    for sql in ("SELECT * FROM read_csv('/etc/passwd')", f"COPY (SELECT 1) TO '{tmp_path}/x'", "DELETE FROM fact_sales",
                "SET enable_external_access = true", "ATTACH ':memory:' AS other"):  # fmt: skip
        with pytest.raises(duckdb.Error):
            company.store._unscoped(sql)


def test_names_resolve_to_ids(company):
    store = company.store
    assert store.resolve("region", "South") == store.resolve("region", "华南") == store.resolve("region", "south")
    with pytest.raises(ScopeError, match="region: there is no region 'Atlantis'"):
        store.resolve("region", "Atlantis")
