-- Invoices of each dealer that fell due in the year up to $late_after days before the as-of day: how many, how much
-- money, and how much of it was still open $late_after days past due. All of it is known on the as-of day.
SELECT i.dealer_id::VARCHAR AS dealer_id, count(*)::INTEGER AS invoices, sum(i.amount)::DOUBLE AS due,
    coalesce(sum(b.balance), 0)::DOUBLE AS late
FROM fact_receivable i
LEFT JOIN receivable_balance b ON b.invoice_id = i.invoice_id AND b.balance > 0
    AND b.valid_from <= i.due_date + $late_after AND b.valid_to > i.due_date + $late_after
WHERE i.amount > 0 AND i.due_date + $late_after <= $as_of AND i.due_date + $late_after > $as_of - 365
GROUP BY 1
