-- What was overdue on $before and on the as-of day, what became overdue between (with the balance of its first overdue
-- day), and how much of either was paid since.
WITH invoices AS (
    SELECT invoice_id, due_date, invoice_date,
        coalesce(sum(balance) FILTER (valid_from <= $before AND valid_to > $before AND due_date < $before), 0) AS opening,
        coalesce(sum(balance) FILTER (valid_from <= $as_of AND valid_to > $as_of AND due_date < $as_of), 0) AS closing,
        coalesce(sum(balance) FILTER (
            greatest(due_date + 1, invoice_date) BETWEEN $before + 1 AND $as_of
            AND valid_from <= greatest(due_date + 1, invoice_date) AND valid_to > greatest(due_date + 1, invoice_date)
        ), 0) AS newly
    FROM receivable_balance
    WHERE balance > 0 AND valid_to > $before AND valid_from <= $as_of GROUP BY ALL
)
SELECT coalesce(sum(opening), 0)::DOUBLE AS opening, coalesce(sum(newly), 0)::DOUBLE AS newly,
    coalesce(sum(opening - closing) FILTER (greatest(due_date + 1, invoice_date) <= $before), 0)::DOUBLE AS paid_old,
    coalesce(sum(newly - closing) FILTER (greatest(due_date + 1, invoice_date) > $before), 0)::DOUBLE AS paid_new,
    coalesce(sum(closing), 0)::DOUBLE AS closing
FROM invoices
