-- Invoices with an open balance on the as-of day, credit notes and overpayments too (negative): oldest due first.
SELECT b.invoice_id::VARCHAR AS invoice_id, b.dealer_id::VARCHAR AS dealer_id, b.invoice_date, b.due_date,
    ($as_of - b.due_date)::INTEGER AS dpd, i.amount::DOUBLE AS amount, (i.amount - b.balance)::DOUBLE AS paid,
    b.balance::DOUBLE AS balance
FROM receivable_balance b JOIN fact_receivable i USING (invoice_id)
WHERE b.valid_from <= $as_of AND b.valid_to > $as_of
ORDER BY b.due_date, b.invoice_id
