"""Cubes: sales added up by dealer and day and by product and month, so that a page need not read every line.

A cube has the columns of a sales line and keeps apart what measures keep apart: the type of the line, and whether its
cost and its list price are known. So the SQL of a measure gives over a cube what it gives over the lines. Documents are
counted a cell: they add up where none lies in two cells, which is looked at, and told in the manifest.

An import that changed some days alone writes the cells of these days anew.
"""

from __future__ import annotations

import duckdb

_SUMS = ", ".join(f"sum({name})::DECIMAL(18,4) AS {name}"
                  for name in ("quantity", "net_amount", "list_amount", "cost_amount"))  # fmt: skip
# Lines with the place of those whose dealer has none.
_LINES = """(SELECT s.*, d.region_id, CASE WHEN d.region_id IS NULL THEN s.ship_to_region_id END AS place,
    s.list_amount IS NULL AS unlisted, s.cost_amount IS NULL AS uncosted
FROM fact_sales s LEFT JOIN (SELECT dealer_id, region_id FROM dim_dealer) d USING (dealer_id))"""

# By document first: counting distinct ones a cell takes three times as long.
_SALES_DAY = f"""
SELECT sales_date, dealer_id, channel_id, employee_id, place AS ship_to_region_id, line_type, {_SUMS},
    (count(document_id) FILTER (line_type = 'sale'))::INTEGER AS orders
FROM (
    SELECT sales_date, dealer_id, channel_id, employee_id, place, line_type, unlisted, uncosted, document_id, {_SUMS}
    FROM {_LINES} {{where}} GROUP BY ALL
)
GROUP BY sales_date, dealer_id, channel_id, employee_id, place, line_type, unlisted, uncosted
ORDER BY sales_date, dealer_id
"""

_PRODUCT_MONTH = f"""
SELECT date_trunc('month', sales_date)::DATE AS month, product_id, region_id, place AS ship_to_region_id, channel_id,
    line_type, {_SUMS}
FROM {_LINES} {{where}}
GROUP BY month, product_id, region_id, place, channel_id, line_type, unlisted, uncosted
ORDER BY month, product_id
"""

_VISIT_ORDER = """
CREATE OR REPLACE TABLE visit_order AS
SELECT DISTINCT s.dealer_id, s.order_date
FROM fact_sales s SEMI JOIN fact_visit v ON v.dealer_id = s.dealer_id AND v.visit_date = s.order_date
WHERE s.line_type = 'sale'
"""

_TOTALS = """SELECT line_type, sum(quantity), sum(net_amount), sum(list_amount), sum(cost_amount) FROM {}
GROUP BY 1 ORDER BY 1"""


CHANGED = "changed_days"  # temporary table of an import: the sales days whose lines it changed


def rebuild(con: duckdb.DuckDBPyConnection, *, changed: bool = False) -> None:
    """Write the cubes anew from sales lines and visits; with `changed`, the cells of the days in CHANGED alone."""
    con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {CHANGED} (day DATE)")
    days, months = f"SELECT day FROM {CHANGED}", f"SELECT date_trunc('month', day)::DATE FROM {CHANGED}"
    for name, text, column, cells in (("sales_day", _SALES_DAY, "sales_date", days),
                                      ("product_month", _PRODUCT_MONTH, "month", months)):  # fmt: skip
        if changed:
            con.execute(f"DELETE FROM {name} WHERE {column} IN ({cells})")
            first, last = con.execute(f"SELECT min(c), max(last_day(c)) FROM ({cells}) t(c)").fetchall()[0]
            where = "WHERE sales_date BETWEEN $first AND $last AND " + (
                f"sales_date IN ({days})"
                if column == "sales_date"
                else f"date_trunc('month', sales_date) IN ({months})"
            )
            con.execute(f"INSERT INTO {name} BY NAME {text.format(where=where)}", {"first": first, "last": last})
        else:
            con.execute(f"CREATE OR REPLACE TABLE {name} AS {text.format(where='')}")
    con.execute(_VISIT_ORDER)


def wrong(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The cubes that do not add up to the lines: none, unless something is broken."""
    whole = con.execute(_TOTALS.format("fact_sales")).fetchall()
    return [cube for cube in ("sales_day", "product_month")
            if con.execute(_TOTALS.format(cube)).fetchall() != whole]  # fmt: skip


def documents_add(con: duckdb.DuckDBPyConnection) -> bool:
    """No document has sale lines in two cells of `sales_day`: the documents of cells add up."""
    cells, documents = con.execute(
        "SELECT (SELECT coalesce(sum(orders), 0) FROM sales_day), "
        "(SELECT count(DISTINCT document_id) FILTER (line_type = 'sale') FROM fact_sales)"
    ).fetchall()[0]
    return bool(cells == documents)
