"""Identities that the tables of the demo company keep."""

from __future__ import annotations

from typing import Any

from tests.data.demo.conftest import Query


def test_net_is_list_less_discount_on_every_line(query: Query) -> None:
    bad = query("SELECT count(*) AS n FROM fact_sales WHERE net_amount <> list_amount - discount_amount")
    assert bad["n"][0] == 0


def test_quantities_are_whole_and_signs_fit_the_type_of_line(query: Query) -> None:
    bad = query(
        """SELECT count(*) AS n FROM fact_sales WHERE quantity <> floor(quantity)
        OR (line_type = 'sale' AND (quantity <= 0 OR net_amount <= 0 OR cost_amount <= 0))
        OR (line_type = 'return' AND (quantity >= 0 OR net_amount >= 0 OR cost_amount >= 0))
        OR (line_type = 'gift' AND (quantity <= 0 OR net_amount <> 0 OR cost_amount <= 0))
        OR (line_type = 'allowance' AND (quantity <> 0 OR net_amount >= 0))"""
    )
    assert bad["n"][0] == 0
    kinds = query("SELECT line_type, count(*) AS n FROM fact_sales GROUP BY 1").set_index("line_type")["n"]
    assert set(kinds.index) == {"sale", "return", "gift", "allowance"}
    assert 0.01 < kinds["return"] / kinds["sale"] < 0.02


def test_lines_are_sorted_and_dated_in_order(query: Query) -> None:
    bad = query(
        """SELECT count(*) AS n FROM (
            SELECT sales_date, lag(sales_date) OVER (ORDER BY rowid) AS before FROM fact_sales)
        WHERE sales_date < before"""
    )
    assert bad["n"][0] == 0
    bad = query(
        """SELECT count(*) AS n FROM fact_sales JOIN dim_date ON date = order_date
        WHERE NOT is_selling_day OR ship_date < order_date OR invoice_date < ship_date
        OR date_trunc('week', invoice_date) <> date_trunc('week', order_date) OR sales_date <> invoice_date"""
    )
    assert bad["n"][0] == 0


def test_nothing_is_sold_before_a_launch_or_after_a_discontinuation(query: Query) -> None:
    bad = query(
        """SELECT count(*) AS n FROM fact_sales JOIN dim_product USING (product_id)
        WHERE line_type = 'sale' AND (order_date < launched_date - 7 OR order_date > discontinued_date)"""
    )
    assert bad["n"][0] == 0


def test_each_document_has_one_invoice_with_tax(query: Query) -> None:
    rows = query(
        """WITH d AS (SELECT document_id, any_value(dealer_id) AS dealer, any_value(invoice_date) AS day,
            round(sum(net_amount) * 1.13, 2) AS amount FROM fact_sales GROUP BY 1)
        SELECT count(*) AS n, max(abs(coalesce(r.amount, 0) - d.amount)) AS off,
            count(*) FILTER (r.dealer_id <> d.dealer OR r.invoice_date <> d.day) AS bad,
            count(*) FILTER (r.invoice_id IS NULL AND d.amount <> 0) AS missing
        FROM d LEFT JOIN fact_receivable r USING (document_id)"""
    )
    assert rows["n"][0] > 10_000
    assert rows["off"][0] <= 0.011  # a cent, where half a cent rounds either way
    assert rows["bad"][0] == rows["missing"][0] == 0


def test_receivables_are_invoices_less_receipts_at_every_month_end(query: Query) -> None:
    rows = query(
        """SELECT m.date AS day,
            (SELECT coalesce(sum(balance), 0) FROM receivable_balance
                WHERE valid_from <= m.date AND valid_to > m.date)
            - (SELECT coalesce(sum(amount), 0) FROM unapplied_balance
                WHERE valid_from <= m.date AND valid_to > m.date) AS open,
            (SELECT sum(amount) FROM fact_receivable WHERE invoice_date <= m.date)
            - (SELECT coalesce(sum(amount), 0) FROM fact_receipt WHERE receipt_date <= m.date) AS owed
        FROM dim_date m WHERE m.date = last_day(m.date) AND m.date BETWEEN DATE '2024-05-31' AND DATE '2026-06-30'"""
    )
    assert len(rows) == 26
    assert (rows["open"] - rows["owed"]).abs().max() < 0.005


def test_receivables_look_like_a_company(query: Query) -> None:
    open_now = query(
        """SELECT sum(balance) FILTER (balance > 0) AS open, count(*) FILTER (balance < 0) AS credits,
            sum(balance) FILTER (due_date < DATE '2026-06-30' AND balance > 0) AS overdue
        FROM receivable_balance WHERE valid_from <= DATE '2026-06-30' AND valid_to > DATE '2026-06-30'"""
    ).iloc[0]
    june = query("SELECT sum(net_amount) AS net FROM fact_sales WHERE sales_date >= DATE '2026-06-01'")["net"][0]
    assert 0.6 < open_now["open"] / (june * 1.13) < 1.3
    assert 0.2 < open_now["overdue"] / open_now["open"] < 0.45
    assert open_now["credits"] > 0
    assert query("SELECT count(*) AS n FROM fact_receipt WHERE invoice_id IS NULL")["n"][0] > 0
    assert query("SELECT count(*) AS n FROM fact_receipt WHERE receipt_date > DATE '2026-06-30'")["n"][0] == 0


def test_targets_of_all_levels_agree_but_for_the_planted_gap(query: Query, truth: dict[str, Any]) -> None:
    by_level = query(
        """SELECT target_level AS level, period_start AS month, measure, sum(target_value)::DOUBLE AS value
        FROM fact_target GROUP BY ALL"""
    ).pivot_table(index=["measure", "month"], columns="level", values="value")
    net, margin = by_level.loc["net_sales"], by_level.loc["gross_margin"]
    assert (net["company"] - net["region1"]).abs().max() < 0.01
    assert (margin["company"] - margin["region1"]).abs().max() < 0.01
    assert (net["dealer"] - net["employee"]).abs().max() < 0.01
    assert (net["dealer"] - net["region2+category"]).abs().max() < 0.01
    planted = truth["targets"]
    gaps = query(
        """WITH below AS (SELECT ancestor_id AS region_id, period_start, sum(target_value) AS value FROM fact_target t
            JOIN region_path p ON p.region_id = t.region_id AND p.depth = 1
            WHERE target_level = 'region2+category' GROUP BY ALL)
        SELECT region_id::VARCHAR AS region, t.period_start AS month,
            (t.target_value - b.value)::DOUBLE AS gap, t.target_value::DOUBLE AS whole
        FROM fact_target t JOIN below b USING (region_id, period_start)
        WHERE target_level = 'region1' AND measure = 'net_sales'"""
    )
    here = (gaps["region"] == planted["gap_region"]) & (gaps["month"] >= planted["from"])
    assert gaps.loc[~here, "gap"].abs().max() < 0.01
    assert ((gaps["gap"] / (gaps["whole"] - gaps["gap"]))[here] - planted["gap_share"]).abs().max() < 0.002


def test_targets_reach_the_end_of_the_fiscal_year_and_attainment_is_as_planted(
    query: Query, truth: dict[str, Any]
) -> None:
    assert str(query("SELECT max(period_end) AS day FROM fact_target")["day"][0])[:10] == "2026-12-31"
    rows = query(
        """WITH handed_down AS (SELECT ancestor_id AS region_id, sum(target_value) AS target FROM fact_target t
            JOIN region_path p ON p.region_id = t.region_id AND depth = 1 WHERE target_level = 'region2+category'
            AND period_start BETWEEN DATE '2026-01-01' AND DATE '2026-06-30' GROUP BY 1),
        sold AS (SELECT ancestor_id AS region_id, sum(net_amount) AS net
            FROM fact_sales JOIN dim_dealer d USING (dealer_id)
            JOIN region_path p ON p.region_id = d.region_id AND depth = 1
            WHERE line_type IN ('sale', 'return') AND sales_date >= DATE '2026-01-01' GROUP BY 1)
        SELECT region_id::VARCHAR AS region, (net / target)::DOUBLE AS attained
        FROM sold JOIN handed_down USING (region_id)"""
    ).set_index("region")["attained"]
    for region, planned in truth["targets"]["attainment"].items():
        assert abs(rows[region] - planned) < 0.002


def test_stock_follows_deliveries_and_sell_out(query: Query) -> None:
    rows = query(
        """WITH stock AS (SELECT *, lag(quantity) OVER w AS before, lag(stock_date) OVER w AS day_before FROM fact_stock
            WINDOW w AS (PARTITION BY dealer_id, product_id ORDER BY stock_date)),
        delivered AS (SELECT dealer_id, product_id, last_day(sales_date) AS stock_date, sum(quantity) AS delivered
            FROM fact_sales WHERE line_type <> 'allowance' GROUP BY ALL)
        SELECT count(*) AS n, min(least(stock.quantity, o.quantity))::DOUBLE AS least, count(*) FILTER (
            stock.quantity <> before + coalesce(delivered, 0) - o.quantity) AS bad
        FROM stock LEFT JOIN delivered USING (dealer_id, product_id, stock_date)
        JOIN fact_sell_out o ON o.dealer_id = stock.dealer_id AND o.product_id = stock.product_id
            AND o.sell_out_date = stock.stock_date
        WHERE last_day(day_before + 1) = stock_date"""
    ).iloc[0]
    assert rows["n"] > 20_000
    assert rows["least"] >= 0
    assert rows["bad"] == 0


def test_an_order_taken_at_a_visit_is_that_dealers_order_of_that_day(query: Query) -> None:
    rows = query(
        """SELECT count(*) AS n, count(*) FILTER (v.dealer_id <> s.dealer_id OR v.visit_date <> s.order_date) AS bad
        FROM fact_visit v JOIN (
            SELECT document_id, any_value(dealer_id) AS dealer_id, any_value(order_date) AS order_date
            FROM fact_sales GROUP BY 1) s USING (document_id)"""
    ).iloc[0]
    named = query("SELECT count(document_id) AS n, count(DISTINCT document_id) AS orders FROM fact_visit").iloc[0]
    assert rows["n"] == named["n"] == named["orders"]
    assert rows["bad"] == 0


def test_every_dimension_speaks_both_languages(query: Query) -> None:
    for table in ("dim_region", "dim_employee", "dim_channel", "dim_dealer", "dim_product", "dim_promotion"):
        bad = query(f"SELECT count(*) AS n FROM {table} WHERE name_en IS NULL OR name_en = ''")
        assert bad["n"][0] == 0, table
    assert query("SELECT count(DISTINCT dealer_name) - count(*) AS n FROM dim_dealer")["n"][0] == 0


def test_cost_lines_add_up_to_the_cost_of_each_execution(query: Query) -> None:
    bad = query(
        """SELECT count(*) AS n, count(*) FILTER (
                spent IS DISTINCT FROM cost_amount OR planned IS DISTINCT FROM planned_cost
            ) AS bad FROM fact_promotion_cost LEFT JOIN (
                SELECT execution_id, sum(unit_price * quantity) AS spent,
                    sum(planned_unit_price * planned_quantity) AS planned
                FROM fact_promotion_cost_line GROUP BY 1
            ) USING (execution_id)"""
    )
    assert bad["bad"][0] == 0
    assert bad["n"][0] > 100
    low = query("SELECT min(unit_price) AS a, min(planned_unit_price) AS b FROM fact_promotion_cost_line")
    assert (low > 0).all(axis=None)
