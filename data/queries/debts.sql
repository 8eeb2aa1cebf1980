-- What each dealer owes on the as-of day, as collecting needs it: overdue, the part more than $late_after days late, what
-- falls due within $soon days, how late it is on average (by amount) and at most, and the last day money came in.
WITH owed AS (
    SELECT dealer_id, sum(balance) FILTER (due_date < $as_of) AS overdue,
        sum(balance) FILTER (due_date < $as_of - $late_after) AS overdue_long,
        sum(balance) FILTER (due_date BETWEEN $as_of AND $as_of + $soon) AS due_soon,
        count(*) FILTER (due_date < $as_of) AS overdue_invoices, max($as_of - due_date) AS oldest_days,
        sum(balance * ($as_of - due_date)) FILTER (due_date < $as_of)::DOUBLE AS money_days
    FROM receivable_balance WHERE balance > 0 AND valid_from <= $as_of AND valid_to > $as_of GROUP BY 1
),
paid AS (
    SELECT dealer_id, max(receipt_date) AS last_paid FROM fact_receipt
    WHERE receipt_date <= $as_of AND amount > 0 GROUP BY 1
)
SELECT o.dealer_id::VARCHAR AS dealer_id, coalesce(overdue, 0)::DOUBLE AS overdue,
    coalesce(overdue_long, 0)::DOUBLE AS overdue_long, coalesce(due_soon, 0)::DOUBLE AS due_soon,
    overdue_invoices::INTEGER AS overdue_invoices, oldest_days::INTEGER AS oldest_days,
    money_days / nullif(overdue, 0)::DOUBLE AS average_days, last_paid
FROM owed o LEFT JOIN paid USING (dealer_id)
