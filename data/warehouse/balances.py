"""Receivables as balance intervals, so that aging as of any day is a plain scan.

Each invoice has one row for each span in which its open balance stays the same:
`valid_from <= day < valid_to`. A receipt dated before its invoice, or naming none, is unapplied until the invoice is
there. Hence on every day, over all dealers: open balances - unapplied = invoices so far - receipts so far.
"""

from __future__ import annotations

import duckdb

FAR = "DATE '9999-12-31'"

_BALANCES = f"""
CREATE OR REPLACE TABLE receivable_balance AS
WITH moves AS (
    SELECT invoice_id, invoice_date AS day, amount FROM fact_receivable
    UNION ALL
    SELECT r.invoice_id, greatest(r.receipt_date, i.invoice_date), -r.amount
    FROM fact_receipt r JOIN fact_receivable i USING (invoice_id)
),
days AS (SELECT invoice_id, day, sum(amount) AS change FROM moves GROUP BY ALL),
running AS (
    SELECT invoice_id, day AS valid_from,
        lead(day, 1, {FAR}) OVER w AS valid_to,
        sum(change) OVER w AS balance
    FROM days WINDOW w AS (PARTITION BY invoice_id ORDER BY day)
)
SELECT invoice_id, dealer_id, invoice_date, due_date, valid_from, valid_to, balance::DECIMAL(18,2) AS balance
FROM running JOIN fact_receivable USING (invoice_id)
WHERE balance <> 0
ORDER BY valid_from, dealer_id, invoice_id
"""

_UNAPPLIED = f"""
CREATE OR REPLACE TABLE unapplied_balance AS
SELECT r.receipt_id, r.invoice_id, r.dealer_id, r.receipt_date AS valid_from,
    coalesce(i.invoice_date, {FAR}) AS valid_to, r.amount
FROM fact_receipt r LEFT JOIN fact_receivable i USING (invoice_id)
WHERE i.invoice_date IS NULL OR i.invoice_date > r.receipt_date
ORDER BY valid_from, r.dealer_id
"""


def rebuild(con: duckdb.DuckDBPyConnection) -> None:
    """Write `receivable_balance` and `unapplied_balance` anew from invoices and receipts."""
    con.execute(_BALANCES)
    con.execute(_UNAPPLIED)
