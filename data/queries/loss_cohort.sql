-- What invoices due at least $horizon days before the as-of day (and at most $span days more) came to: their value when
-- issued, what was open on the first day of each bucket up to $horizon, and what was still open $horizon days past due.
WITH cohort AS (
    SELECT i.invoice_id, i.due_date,
        coalesce(sum(b.balance) FILTER (b.valid_from <= i.invoice_date AND b.valid_to > i.invoice_date), 0) AS in_term,
        coalesce(sum(b.balance) FILTER (b.valid_from <= i.due_date + 1 AND b.valid_to > i.due_date + 1), 0) AS d1_30,
        coalesce(sum(b.balance) FILTER (b.valid_from <= i.due_date + 31 AND b.valid_to > i.due_date + 31), 0) AS d31_60,
        coalesce(sum(b.balance) FILTER (b.valid_from <= i.due_date + 61 AND b.valid_to > i.due_date + 61), 0) AS d61_90,
        coalesce(sum(b.balance) FILTER (b.valid_from <= i.due_date + 91 AND b.valid_to > i.due_date + 91), 0) AS d91_120,
        coalesce(sum(b.balance) FILTER (b.valid_from <= i.due_date + 121 AND b.valid_to > i.due_date + 121), 0) AS d121,
        coalesce(sum(b.balance) FILTER (b.valid_from <= i.due_date + $horizon AND b.valid_to > i.due_date + $horizon), 0)
            AS lost
    FROM fact_receivable i
    LEFT JOIN receivable_balance b ON b.invoice_id = i.invoice_id AND b.balance > 0
    WHERE i.amount > 0 AND i.due_date + $horizon <= $as_of AND i.due_date + $horizon + $span > $as_of
    GROUP BY ALL
)
SELECT count(*) AS invoices, count(*) FILTER (lost > 0) AS lost_invoices, min(due_date) AS first_due,
    max(due_date) AS last_due, sum(in_term)::DOUBLE AS in_term, sum(d1_30)::DOUBLE AS d1_30,
    sum(d31_60)::DOUBLE AS d31_60, sum(d61_90)::DOUBLE AS d61_90, sum(d91_120)::DOUBLE AS d91_120,
    sum(d121)::DOUBLE AS d121, sum(lost)::DOUBLE AS never_paid
FROM cohort
