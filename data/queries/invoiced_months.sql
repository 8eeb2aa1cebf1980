-- Invoices less credit notes by month, up to the as-of day.
SELECT date_trunc('month', invoice_date)::DATE AS month, sum(amount)::DOUBLE AS amount
FROM fact_receivable
WHERE invoice_date <= $as_of
GROUP BY 1
ORDER BY 1
