"""What was planted is in the tables: each truth recovered directly, without the methods that later have to find it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from data.demo import orders
from data.demo.promotions import COMPONENTS
from data.demo.world import World
from tests.data.demo.conftest import Query

HALVES = """SELECT dealer_id::VARCHAR AS dealer,
    coalesce(sum(net_amount) FILTER (sales_date >= DATE '2026-01-01'), 0)::DOUBLE AS now,
    coalesce(sum(net_amount) FILTER (sales_date BETWEEN DATE '2025-01-01' AND DATE '2025-06-30'), 0)::DOUBLE AS before
    FROM fact_sales WHERE line_type IN ('sale', 'return') GROUP BY 1"""


def out_of_territory(query: Query, since: str) -> pd.DataFrame:
    """Share of net sales that went outside the dealer's territory, all of it and what no exception clears."""
    return query(
        """WITH lines AS (SELECT s.dealer_id, s.order_date, s.net_amount, NOT EXISTS (SELECT 1 FROM region_path p
                WHERE p.region_id = s.ship_to_region_id AND p.ancestor_id = d.territory_id) AS outside,
            EXISTS (SELECT 1 FROM territory_exception e JOIN region_path p ON p.ancestor_id = e.region_id
                WHERE e.dealer_id = s.dealer_id AND p.region_id = s.ship_to_region_id AND e.agreed_by_id IS NOT NULL
                AND e.notified_date <= s.order_date AND s.order_date BETWEEN e.valid_from AND e.valid_to) AS cleared
            FROM fact_sales s JOIN dim_dealer d USING (dealer_id) WHERE line_type = 'sale' AND order_date >= ?::DATE)
        SELECT dealer_id::VARCHAR AS dealer, count(*) AS n,
            (coalesce(sum(net_amount) FILTER (outside), 0) / sum(net_amount))::DOUBLE AS share,
            (coalesce(sum(net_amount) FILTER (outside AND NOT cleared), 0) / sum(net_amount))::DOUBLE AS suspect
        FROM lines GROUP BY 1""",
        since,
    ).set_index("dealer")


def test_six_dealers_sell_across_regions_and_some_are_cleared(query: Query, truth: dict[str, Any]) -> None:
    planted = truth["diversion"]
    found = out_of_territory(query, planted["since"])
    assert len(planted["dealers"]) == 6
    for dealer, parameters in planted["dealers"].items():
        assert abs(found.loc[dealer, "share"] - parameters["share"]) < 0.13
        assert found.loc[dealer, "suspect"] > 0.12
    for dealer in planted["cleared"]:
        assert found.loc[dealer, "share"] > 0.08
        assert found.loc[dealer, "suspect"] < 0.005
    others = found[(found["n"] > 300) & ~found.index.isin([*planted["dealers"], *planted["cleared"]])]
    assert others["suspect"].max() < found.loc[list(planted["dealers"]), "suspect"].min()
    assert others["suspect"].max() > 0  # there is harmless noise


def test_late_payers_slide_while_others_stay(query: Query, truth: dict[str, Any]) -> None:
    days = query(
        """WITH paid AS (SELECT invoice_id, max(receipt_date) AS day FROM fact_receipt GROUP BY 1)
        SELECT dealer_id::VARCHAR AS dealer,
            avg(coalesce(day, DATE '2026-06-30') - due_date) FILTER (due_date >= DATE '2026-04-01') AS late,
            avg(coalesce(day, DATE '2026-06-30') - due_date) FILTER (due_date < DATE '2025-07-01') AS before
        FROM fact_receivable LEFT JOIN paid USING (invoice_id)
        WHERE amount > 0 AND due_date <= DATE '2026-06-15' GROUP BY 1"""
    ).set_index("dealer")
    late = list(truth["late_payers"]["dealers"])
    assert len(late) == 4  # a dozen in the company of 600
    rise = (days["late"] - days["before"]).dropna()
    assert rise[late].min() > 15
    assert rise[late].median() > 4 * rise[~rise.index.isin(late)].quantile(0.9)


def test_five_dealers_explain_most_of_the_gap_of_one_region(query: Query, truth: dict[str, Any]) -> None:
    halves = query(HALVES).set_index("dealer")
    target = query(
        """SELECT t.dealer_id::VARCHAR AS dealer, ancestor_id::VARCHAR AS region, sum(target_value)::DOUBLE AS target
        FROM fact_target t JOIN dim_dealer d USING (dealer_id)
        JOIN region_path p ON p.region_id = d.region_id AND p.depth = 1
        WHERE target_level = 'dealer' AND period_start BETWEEN DATE '2026-01-01' AND DATE '2026-06-30' GROUP BY ALL"""
    ).set_index("dealer")
    gap = halves["now"].reindex(target.index).fillna(0) - target["target"]
    by_region = gap.groupby(target["region"]).sum()
    five = truth["gap"]["still_buys"]
    south = gap[target["region"] == truth["gap"]["region"]]
    assert len(five) == 5
    assert by_region.idxmin() == truth["gap"]["region"]
    assert set(south.nsmallest(5).index) == set(five)
    assert south[list(five)].sum() / south.sum() > 0.6
    name = query("SELECT dealer_id::VARCHAR AS dealer FROM dim_dealer WHERE name_en = 'Hengda Trading'")["dealer"][0]
    assert -0.70 < halves.loc[name, "now"] / halves.loc[name, "before"] - 1 < -0.50


def test_one_region_is_loaded_at_quarter_ends_and_sells_no_more(query: Query, truth: dict[str, Any]) -> None:
    loaders = truth["loading"]["dealers"]
    rows = query(
        """WITH stock AS (SELECT dealer_id, stock_date AS day, sum(quantity) AS stock FROM fact_stock GROUP BY ALL),
        sold AS (SELECT dealer_id, sell_out_date AS day, sum(quantity) AS sold FROM fact_sell_out GROUP BY ALL)
        SELECT (list_contains(?, dealer_id::VARCHAR)) AS loaded, day, (sum(stock) / sum(sold) * 30.4)::DOUBLE AS days,
            sum(sold)::DOUBLE AS sold FROM stock JOIN sold USING (dealer_id, day) GROUP BY ALL""",
        loaders,
    )
    wide = rows.pivot_table(index="day", columns="loaded", values=["days", "sold"])
    june, year_ago = pd.Timestamp("2026-06-30"), pd.Timestamp("2025-06-30")
    assert wide.loc[june, ("days", True)] > 1.5 * wide.loc[year_ago, ("days", True)]
    assert wide.loc[june, ("days", False)] < 1.2 * wide.loc[year_ago, ("days", False)]
    assert 0.8 < wide.loc[june, ("sold", True)] / wide.loc[year_ago, ("sold", True)] < 1.25
    jump = query(
        """SELECT (list_contains(?, dealer_id::VARCHAR)) AS loaded,
            (sum(quantity) FILTER (order_date >= DATE '2026-03-16')
            / sum(quantity) FILTER (order_date < DATE '2026-03-16'))::DOUBLE AS ratio FROM fact_sales
        WHERE line_type = 'sale' AND order_date BETWEEN DATE '2026-03-02' AND DATE '2026-04-05' GROUP BY 1""",
        loaders,
    ).set_index("loaded")["ratio"]
    assert jump[True] > 1.4 * jump[False]


def test_prices_leave_the_band_only_where_planted(query: Query, truth: dict[str, Any]) -> None:
    prices = truth["prices"]
    sold = query(
        """SELECT s.dealer_id::VARCHAR AS dealer, count(*) FILTER (net_amount / quantity < floor_price - 0.01) AS low,
            count(*) FILTER (net_amount / quantity > cap_price + 0.01) AS high
        FROM fact_sales s
        JOIN price_list p ON p.product_id = s.product_id AND sales_date BETWEEN valid_from AND valid_to
        WHERE line_type = 'sale' GROUP BY 1"""
    ).set_index("dealer")
    assert set(sold[sold["low"] > 0].index) == set(prices["sold_below_floor"])
    assert set(sold[sold["high"] > 0].index) == set(prices["sold_above_cap"])
    resold = query(
        """SELECT s.dealer_id::VARCHAR AS dealer, count(*) FILTER (amount / quantity < floor_price - 0.01) AS low,
            count(*) FILTER (amount / quantity > cap_price + 0.01) AS high
        FROM fact_sell_out s
        JOIN price_list p ON p.product_id = s.product_id AND sell_out_date BETWEEN valid_from AND valid_to
        WHERE quantity > 0 GROUP BY 1"""
    ).set_index("dealer")
    assert set(resold[resold["low"] > 0].index) == set(prices["resold_below_floor"])
    assert set(resold[resold["high"] > 0].index) == set(prices["resold_above_cap"])


def test_spring_festival_moves_sales_between_january_and_february(query: Query) -> None:
    net = query(
        """SELECT year(sales_date) AS y, month(sales_date) AS m, sum(net_amount)::DOUBLE AS net FROM fact_sales
        WHERE line_type IN ('sale', 'return') GROUP BY ALL"""
    ).set_index(["y", "m"])["net"]
    # the festival fell on 29 January 2025 and on 17 February 2026: stocking up moved from December into January
    assert net[2026, 1] / net[2025, 1] > 1.10
    assert net[2026, 2] / net[2025, 2] < 0.95
    assert (net[2026, 2] / net[2026, 1]) < 0.75 * (net[2025, 2] / net[2025, 1])


def test_promotion_effects_are_in_the_orders(query: Query, truth: dict[str, Any], company: World) -> None:
    """Units in the promotion weeks exceed the counterfactual by the gross effect, to what rounding leaves."""
    actions = company.promotions
    baseline = np.zeros(len(actions.dealer))
    weeks = company.timeline.weeks
    month = company.timeline.monday[:weeks].astype("datetime64[M]").astype(int)
    starts = [*np.flatnonzero(np.diff(month, prepend=-1)), weeks]
    for first, last in pairwise(starts):
        span = range(int(first), int(last))
        chunk = orders.wanted(company, span, company.random("wanted", span.start))
        on = chunk.execution >= 0
        np.add.at(baseline, chunk.execution[on], chunk.baseline[on])
    planted = truth["promotions"]["executions"]
    gross = np.array(planted["gross_units"])
    whole = np.array(planted["complete"])
    assert np.allclose(baseline[whole], np.array(planted["baseline_promoted_units"])[whole], atol=0.01)
    sold = query(
        """SELECT e.execution_id AS execution, sum(s.quantity)::DOUBLE AS units FROM fact_promotion_cost e
        JOIN fact_sales s ON s.dealer_id = e.dealer_id AND s.promotion_id = e.promotion_id AND line_type = 'sale'
        GROUP BY 1"""
    ).set_index("execution")["units"].reindex(planted["execution_id"]).fillna(0).to_numpy()  # fmt: skip
    extra = (sold - baseline)[whole].sum()
    assert abs(extra / gross[whole].sum() - 1) < 0.02
    parts = sum(np.array(planted[f"{c}_margin"]) for c in COMPONENTS)
    assert np.allclose(parts, planted["net_margin"], atol=0.05)
    assert np.allclose(np.array(planted["net_margin"]) / np.array(planted["spend"]) - 1, planted["roi"], atol=0.001)


def test_some_promotions_pay_and_some_lose(query: Query, truth: dict[str, Any]) -> None:
    by_type = {kind: row["roi"] for kind, row in truth["promotions"]["by_type"].items()}
    assert by_type["gift-box"] > 0.3
    assert by_type["price-off"] < -0.15
    assert by_type["second-case-discount"] < -0.3
    assert abs(by_type["buy-n-get-one"]) < 0.25
    spend = query("SELECT sum(cost_amount)::DOUBLE AS spend, count(*) AS n FROM fact_promotion_cost").iloc[0]
    assert abs(spend["spend"] - truth["promotions"]["overall"]["spend"]) < 1
    assert spend["n"] == truth["promotions"]["overall"]["executions"]


def test_promoted_dealers_leave_controls_and_never_overlap(query: Query) -> None:
    overlaps = query(
        """SELECT count(*) AS n FROM fact_promotion_cost a JOIN fact_promotion_cost b ON a.dealer_id = b.dealer_id
            AND a.category = b.category AND a.execution_id < b.execution_id
            AND a.start_date - 7 < b.end_date + 57 AND b.start_date - 7 < a.end_date + 57"""
    )
    assert overlaps["n"][0] == 0
    share = query(
        """WITH there AS (SELECT ancestor_id AS region_id, count(*) AS dealers FROM dim_dealer d
            JOIN region_path p ON p.region_id = d.region_id AND depth = 1 GROUP BY 1)
        SELECT count(*) / any_value(dealers) AS share FROM fact_promotion_cost JOIN there USING (region_id)
        GROUP BY promotion_id, region_id"""
    )["share"]
    assert share.max() < 0.65


def test_segments_are_recoverable_from_what_dealers_do(query: Query, truth: dict[str, Any]) -> None:
    seen = query(
        """SELECT dealer_id::VARCHAR AS dealer, log(sum(net_amount)) AS size,
            log(count(DISTINCT document_id)) AS orders, log(count(DISTINCT product_id)) AS breadth FROM fact_sales
        WHERE line_type = 'sale' AND sales_date > DATE '2025-06-30' GROUP BY 1"""
    ).set_index("dealer")
    life = truth["lifecycle"]
    steady = ~seen.index.isin([d for kind in life.values() for d in kind] + list(truth["gap"]["still_buys"]))
    for rows, least in ((seen, 0.80), (seen[steady], 0.90)):
        scaled = (rows - rows.mean()) / rows.std()
        labels = KMeans(4, n_init=10, random_state=0).fit_predict(scaled)
        planted = [truth["segments"]["dealers"][d] for d in rows.index]
        assert adjusted_rand_score(planted, labels) > least


def test_visits_raise_later_orders_and_future_visits_do_not(query: Query, truth: dict[str, Any]) -> None:
    """Two-way fixed effects on the weekly orders of frequent dealers; the pooled slope is biased upward."""
    visits = query(
        """SELECT dealer_id::VARCHAR AS dealer, date_trunc('week', visit_date) AS week, count(*) AS n FROM fact_visit
        WHERE dealer_id IS NOT NULL AND visit_date IS NOT NULL GROUP BY ALL"""
    ).pivot_table(index="dealer", columns="week", values="n")
    sales = query(
        """SELECT dealer_id::VARCHAR AS dealer, date_trunc('week', order_date) AS week, sum(net_amount)::DOUBLE AS net
        FROM fact_sales WHERE line_type = 'sale' GROUP BY ALL"""
    ).pivot_table(index="dealer", columns="week", values="net")
    frequent = [d for d in sales.index if truth["segments"]["dealers"][d] in ("anchor", "climber")]
    sales = sales.loc[frequent]
    visits = visits.reindex(index=sales.index, columns=sales.columns).fillna(0)
    lags = range(1, truth["visits"]["weeks"] + 1)
    after = sum(visits.shift(lag, axis=1) for lag in lags)
    ahead = sum(visits.shift(-lag, axis=1) for lag in lags)
    window = sales.columns[6:-6]
    y, x, lead = np.log(sales[window]).to_numpy(), after[window].to_numpy(), ahead[window].to_numpy()
    seen = ~np.isnan(y)

    def within(values: np.ndarray) -> np.ndarray:
        left = np.where(seen, values, np.nan)
        for _ in range(20):
            left = left - np.nanmean(left, axis=1, keepdims=True)
            left = left - np.nanmean(left, axis=0, keepdims=True)
        return np.asarray(left[seen])

    slope, placebo = np.linalg.lstsq(np.column_stack([within(x), within(lead)]), within(y), rcond=None)[0]
    pooled = np.polyfit(x[seen], y[seen], 1)[0]
    planted = np.log1p(truth["visits"]["effect"])
    assert abs(slope - planted) < 0.012
    assert abs(placebo) < 0.012
    assert pooled > 2 * planted


def test_dealers_come_go_and_return(query: Query, truth: dict[str, Any]) -> None:
    life = truth["lifecycle"]
    days = query(
        """SELECT dealer_id::VARCHAR AS dealer, min(sales_date) AS first, max(sales_date) AS last FROM fact_sales
        WHERE line_type = 'sale' GROUP BY 1"""
    ).set_index("dealer")
    for kind in ("stopped", "lost"):
        for dealer, monday in life[kind].items():
            assert dealer not in days.index or days.loc[dealer, "last"] < pd.Timestamp(monday)
    for dealer, monday in life["new"].items():
        assert dealer not in days.index or days.loc[dealer, "first"] >= pd.Timestamp(monday)
    gaps = query(
        """SELECT dealer_id::VARCHAR AS dealer, max(gap) AS gap FROM (SELECT dealer_id,
            sales_date - lag(sales_date) OVER (PARTITION BY dealer_id ORDER BY sales_date) AS gap
            FROM fact_sales WHERE line_type = 'sale') GROUP BY 1"""
    ).set_index("dealer")["gap"]
    for dealer in life["returning"]:
        assert gaps[dealer] > 365


def test_growth_differs_by_category_as_planted(query: Query, truth: dict[str, Any]) -> None:
    years = query(
        """SELECT category_en AS category, (sum(net_amount) FILTER (sales_date > DATE '2025-06-28')
            / sum(net_amount) FILTER (sales_date <= DATE '2025-06-28') - 1)::DOUBLE AS growth
        FROM fact_sales JOIN dim_product USING (product_id)
        WHERE line_type IN ('sale', 'return') AND sales_date > DATE '2024-06-29' GROUP BY 1"""
    ).set_index("category")["growth"]
    planted = pd.Series(truth["growth"]["category"])
    assert years.rank().corr(planted.reindex(years.index).rank()) > 0.8
    assert abs((years["Energy"] - years["Carbonates"]) - (planted["Energy"] - planted["Carbonates"])) < 0.06
