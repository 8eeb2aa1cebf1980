"""What happens to a warehouse between its last row and its publication: derived tables, then the checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb

from data import schema
from data.calendar import calendar
from data.settings import Settings
from data.warehouse import balances, cubes, ids

_DATE_ORDER = {
    "invoice": ("invoice_date", "ship_date", "order_date"),
    "ship": ("ship_date", "invoice_date", "order_date"),
    "order": ("order_date", "invoice_date", "ship_date"),
}


class CheckFailed(Exception):
    """The new warehouse broke a rule and was not published. The message names table, rule and number of rows."""


def sales_date_sql(settings: Settings) -> str:
    """SQL over the three dates of a sales line: the one that counts."""
    return f"coalesce({', '.join(_DATE_ORDER[settings.sales_date])})"


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create every declared table that is not there yet, and every column that an older version lacked."""
    for table in schema.TABLES:
        con.execute(schema.ddl(table, if_not_exists=True))
        present = {row[0] for row in con.execute(f"DESCRIBE {table.name}").fetchall()}
        for column in table.columns:
            if column.name not in present:
                con.execute(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {column.sql_type}")


def as_of(con: duckdb.DuckDBPyConnection, today: dt.date) -> dt.date:
    """The day the data reach: the latest event that is not in the future; today when there is none."""
    events = " UNION ALL ".join(
        f"SELECT max({column}) FILTER ({column} <= $today) AS day, min({column}) AS first FROM {table}"
        for table, column in (("fact_sales", "sales_date"), ("fact_visit", "visit_date"),
                              ("fact_receivable", "invoice_date"), ("fact_receipt", "receipt_date"))
    )  # fmt: skip
    day, first = con.execute(f"SELECT max(day), min(first) FROM ({events})", {"today": today}).fetchall()[0]
    return day or first or today


Changed = Mapping[str, Sequence[str]]  # table -> its batches of new rows; none: any row of it may be new


def finish(con: duckdb.DuckDBPyConnection, settings: Settings, *, today: dt.date, basis_changed: bool,
           changed: Changed | None = None) -> dt.date:  # fmt: skip
    """Write every derived table and column; return the as-of date. `basis_changed`: redate all sales. `changed`: what
    the build changed of its base; None: everything."""
    only_new = "" if basis_changed else " WHERE sales_date IS NULL"
    con.execute(f"UPDATE fact_sales SET sales_date = {sales_date_sql(settings)}{only_new}")
    con.execute(
        """UPDATE fact_sales SET employee_id = coalesce(fact_sales.employee_id, d.employee_id),
            channel_id = coalesce(fact_sales.channel_id, d.channel_id)
        FROM dim_dealer d WHERE d.dealer_id = fact_sales.dealer_id AND (
            (fact_sales.employee_id IS NULL AND d.employee_id IS NOT NULL)
            OR (fact_sales.channel_id IS NULL AND d.channel_id IS NOT NULL))"""
    )
    con.execute("UPDATE fact_target SET scenario = 'plan' WHERE scenario IS NULL")
    con.execute("UPDATE fact_target SET measure = 'net_sales' WHERE measure IS NULL")
    con.execute("UPDATE fact_target SET period_end = last_day(period_start) WHERE period_end IS NULL")
    con.execute(
        """UPDATE fact_receivable SET due_date = invoice_date + coalesce(
            (SELECT payment_term_days FROM dim_dealer d WHERE d.dealer_id = fact_receivable.dealer_id), 0)
        WHERE due_date IS NULL"""
    )
    ids.tighten(con, ())
    day = as_of(con, today)
    _dates(con, settings, day)
    con.execute(
        """CREATE OR REPLACE TABLE region_path AS
        WITH RECURSIVE up AS (
            SELECT region_id, region_id AS ancestor_id, 0 AS distance FROM dim_region
            UNION ALL
            SELECT up.region_id, r.parent_id, up.distance + 1
            FROM up JOIN dim_region r ON r.region_id = up.ancestor_id
            WHERE r.parent_id IS NOT NULL AND up.distance < 50
        ),
        depths AS (SELECT region_id, max(distance) + 1 AS depth FROM up GROUP BY 1)
        SELECT up.region_id, up.ancestor_id, up.distance, d.depth
        FROM up JOIN depths d ON d.region_id = up.ancestor_id"""
    )
    _target_levels(con)
    everything = changed is None or basis_changed
    if everything or {"fact_receivable", "fact_receipt", "dim_dealer"} & set(changed or ()):
        balances.rebuild(con)
    if everything or {"dim_dealer", "sales_document"} & set(changed or ()):
        cubes.rebuild(con)
    elif {"fact_sales", "fact_visit"} & set(changed or ()):
        cubes.rebuild(con, changed=True)
    return day


def _dates(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> None:
    first = con.execute(
        """SELECT min(day) FROM (
            SELECT min(sales_date) FROM fact_sales
            UNION ALL SELECT min(coalesce(visit_date, planned_date)) FROM fact_visit
            UNION ALL SELECT min(invoice_date) FROM fact_receivable
            UNION ALL SELECT min(receipt_date) FROM fact_receipt
            UNION ALL SELECT min(period_start) FROM fact_target) t(day)"""
    ).fetchall()[0][0]
    start, end = dt.date((first or day).year - 1, 1, 1), dt.date(day.year + 2, 12, 31)
    con.register("calendar_days", calendar(start, end, settings))
    names = ", ".join(f"{c.name}::{c.sql_type} AS {c.name}" for c in schema.table("dim_date").columns)
    con.execute(f"CREATE OR REPLACE TABLE dim_date AS SELECT {names} FROM calendar_days ORDER BY date")
    con.unregister("calendar_days")


def _target_levels(con: duckdb.DuckDBPyConnection) -> None:
    """`target_level` = which scope columns a target fills; regions carry their depth, which makes levels disjoint."""
    parts = ", ".join(
        f"CASE WHEN {column} IS NOT NULL THEN '{name}' END"
        for column, name in (("t.dealer_id", "dealer"), ("t.employee_id", "employee"), ("t.channel_id", "channel"),
                             ("t.category", "category"), ("t.product_id", "product"))
    )  # fmt: skip
    con.execute(
        f"""UPDATE fact_target SET target_level = coalesce(nullif(l.level, ''), 'company') FROM (
            SELECT t.rowid AS id,
                concat_ws('+', CASE WHEN t.region_id IS NOT NULL THEN 'region' || p.depth END, {parts}) AS level
            FROM fact_target t LEFT JOIN region_path p ON p.region_id = t.region_id AND p.distance = 0) l
        WHERE l.id = fact_target.rowid"""
    )


def check(con: duckdb.DuckDBPyConnection, day: dt.date, changed: Changed | None = None) -> None:
    """Keys unique, references whole, no region above itself, parts equal to the whole. Raises CheckFailed.

    `changed` as in `finish`: rows that were checked when they came in, and refer to nothing that changed, are not
    checked again.
    """
    for table in schema.IMPORTABLE:
        batches = None if changed is None else changed.get(table.name)
        if changed is None or batches is not None:
            _key(con, table, batches or ())
        for column in table.references:
            dimension = str(column.references)
            if changed is None or dimension in changed or (batches is not None and not batches):
                sources: Sequence[str] = (table.name,)
            else:
                sources = [f"{name} WHERE fault IS NULL" for name in batches or ()]
            for source in sources:
                _none(
                    con,
                    f"SELECT 1 FROM (SELECT DISTINCT {column.name} AS id FROM {source}) x WHERE id IS NOT NULL "
                    f"AND id::VARCHAR NOT IN (SELECT {schema.key_of(dimension)}::VARCHAR FROM {dimension})",
                    f"{table.name}.{column.name}: ids that {dimension} does not have",
                )
    _none(con, "SELECT 1 FROM region_path WHERE distance >= 50", "dim_region: a region lies above itself")
    _none(con, "SELECT 1 FROM fact_sales WHERE sales_date IS NULL", "fact_sales: lines without a date")
    gap = con.execute(
        """SELECT
            coalesce((SELECT sum(balance) FROM receivable_balance WHERE valid_from <= $day AND valid_to > $day), 0)
            - coalesce((SELECT sum(amount) FROM unapplied_balance WHERE valid_from <= $day AND valid_to > $day), 0)
            - coalesce((SELECT sum(amount) FROM fact_receivable WHERE invoice_date <= $day), 0)
            + coalesce((SELECT sum(amount) FROM fact_receipt WHERE receipt_date <= $day), 0)""",
        {"day": day},
    ).fetchall()[0][0]
    if gap:
        raise CheckFailed(f"receivables: open balances differ from invoices less receipts by {gap}")
    for cube in cubes.wrong(con):
        raise CheckFailed(f"{cube}: differs from the sales lines that it adds up")
    _none(con, "SELECT 1 FROM import_file WHERE rows_in <> accepted + quarantined", "import_file: rows lost")


def _key(con: duckdb.DuckDBPyConnection, table: schema.Table, batches: Sequence[str]) -> None:
    """No two rows share a key; of new rows alone, where it is known which these are and their keys are never empty."""
    key = ", ".join(table.key)
    new = ""
    if batches and all(table.column(name).required for name in table.key):
        keys = " UNION ALL ".join(f"SELECT {key} FROM {name} WHERE fault IS NULL" for name in batches)
        new = f"SEMI JOIN ({keys}) USING ({key}) "
    says = f"{table.name}: the key ({key}) repeats"
    _none(con, f"SELECT 1 FROM {table.name} {new}GROUP BY {key} HAVING count(*) > 1", says)


def _none(con: duckdb.DuckDBPyConnection, sql: str, says: str) -> None:
    count = con.execute(f"SELECT count(*) FROM ({sql})").fetchall()[0][0]
    if count:
        raise CheckFailed(f"{says} ({count:,})")
