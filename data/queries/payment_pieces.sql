-- Invoices in the pieces in which they were paid, up to the as-of day: value, its share of the invoice, and the day it
-- was paid (NULL: still open). What was paid on the day of the invoice or before was never outside and is left out.
WITH runs AS (
    SELECT b.*, i.amount,
        CASE WHEN lead(valid_from) OVER w = valid_to THEN lead(balance) OVER w ELSE 0 END AS after
    FROM receivable_balance b JOIN fact_receivable i USING (invoice_id)
    WHERE i.amount > 0 AND b.valid_from <= $as_of
    WINDOW w AS (PARTITION BY b.invoice_id ORDER BY valid_from)
)
SELECT dealer_id::VARCHAR AS dealer_id, invoice_date, due_date, CASE WHEN valid_to <= $as_of THEN valid_to END AS paid,
    (balance - CASE WHEN valid_to <= $as_of THEN greatest(after, 0) ELSE 0 END)::DOUBLE AS value,
    (value / amount::DOUBLE)::DOUBLE AS share
FROM runs
WHERE balance > 0 AND (valid_to > $as_of OR balance > after)
ORDER BY due_date
