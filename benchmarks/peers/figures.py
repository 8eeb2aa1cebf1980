"""Six charts of half a year's sales from the warehouse's file, as somebody writes them with DuckDB and plotly.express.

Shared by the pages in Streamlit and Vizro. A frame is asked for a region ("" is all of them).
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

HOME = Path(os.environ["QUDAO_HOME"])
SNAPSHOT = (HOME / "warehouse" / "CURRENT").read_text().strip()
CONNECTION = duckdb.connect(str(HOME / "warehouse" / "snapshots" / SNAPSHOT / "warehouse.duckdb"), read_only=True)
REGIONS = ["", "North", "Northeast", "East", "Central", "South", "Southwest", "Northwest"]
NOW = "s.sales_date BETWEEN DATE '2026-01-01' AND DATE '2026-06-30'"
BEFORE = "s.sales_date BETWEEN DATE '2025-01-01' AND DATE '2025-06-30'"
INSIDE = "($region = '' OR {id} IN (SELECT region_id FROM region_path WHERE ancestor_id = $region))"
LINES = f"""FROM fact_sales s JOIN dim_dealer d USING (dealer_id) JOIN dim_product p USING (product_id)
    JOIN region_path rp ON rp.region_id = d.region_id JOIN dim_region r ON r.region_id = rp.ancestor_id
    AND r.parent_id IS NULL WHERE ({NOW} OR {BEFORE}) AND {INSIDE.format(id="d.region_id")}"""
BOTH = f"sum(net_amount) FILTER ({NOW})::DOUBLE AS actual, sum(net_amount) FILTER ({BEFORE})::DOUBLE AS last_year"


def _asked(sql: str, region: str) -> pd.DataFrame:
    return CONNECTION.cursor().execute(sql, {"region": region}).df()


def trend(region: str = "") -> pd.DataFrame:
    frame = _asked(f"SELECT month(s.sales_date) AS month, {BOTH} {LINES} GROUP BY 1 ORDER BY 1", region)
    target = _asked(
        "SELECT month(period_start) AS month, sum(target_value)::DOUBLE AS target FROM fact_target "
        "WHERE target_level = 'region1' AND period_start BETWEEN DATE '2026-01-01' AND DATE '2026-06-01' "
        "AND measure = 'net_sales' "
        f"AND {INSIDE.format(id='region_id')} GROUP BY 1",
        region,
    )
    return frame.merge(target, how="left").melt("month")


def gap(region: str = "") -> pd.DataFrame:
    sql = (
        f"SELECT d.name_en AS dealer, {BOTH}, coalesce(actual, 0) - coalesce(last_year, 0) AS change {LINES} GROUP BY 1"
    )
    frame = _asked(sql, region).sort_values("change")
    return pd.concat([frame.head(5), frame.tail(5)])


def regions(region: str = "") -> pd.DataFrame:
    return _asked(f"SELECT r.name_en AS region, {BOTH} {LINES} GROUP BY 1 ORDER BY 2", region).melt("region")


def categories(region: str = "") -> pd.DataFrame:
    return _asked(f"SELECT p.category_en AS category, {BOTH} {LINES} GROUP BY 1 ORDER BY 2", region).melt("category")


def alike(region: str = "") -> pd.DataFrame:
    sql = f"""WITH of AS (SELECT d.dealer_id, {BOTH} {LINES} GROUP BY 1)
        SELECT CASE WHEN last_year IS NULL THEN 'new' WHEN actual IS NULL THEN 'lost' ELSE 'same' END AS kind,
        sum(coalesce(actual, 0) - coalesce(last_year, 0)) AS change FROM of GROUP BY 1 ORDER BY 1"""
    return _asked(sql, region)


def bridge(region: str = "") -> pd.DataFrame:
    sql = f"""WITH of AS (SELECT product_id, {BOTH}, sum(quantity) FILTER ({NOW})::DOUBLE AS q,
        sum(quantity) FILTER ({BEFORE})::DOUBLE AS q0 {LINES} GROUP BY 1)
        SELECT sum((actual / q - last_year / q0) * q) AS price, sum((q - q0) * last_year / q0) AS volume,
        sum(coalesce(actual, 0) - coalesce(last_year, 0)) - price - volume AS mix FROM of"""
    return _asked(sql, region).melt(var_name="step")


def draw(name: str, frame: pd.DataFrame) -> go.Figure:
    """The chart of a frame."""
    match name:
        case "trend":
            return px.bar(frame, x="month", y="value", color="variable", barmode="group", title="Net sales by month")
        case "gap":
            return px.bar(frame, x="change", y="dealer", orientation="h", title="Dealers behind the change")
        case "regions":
            return px.bar(frame, x="value", y="region", color="variable", barmode="group", title="By region")
        case "categories":
            return px.bar(frame, x="value", y="category", color="variable", barmode="group", title="By category")
        case "alike":
            return px.bar(frame, x="kind", y="change", title="New, lost and same dealers")
    return go.Figure(go.Waterfall(x=frame["step"], y=frame["value"]), {"title": "Price, volume, mix"})


FRAMES = {"trend": trend, "gap": gap, "regions": regions, "categories": categories, "alike": alike, "bridge": bridge}
