-- Dealers with overdue invoices on the as-of day: how much, how late it is on average (by amount), and how far over the limit they are.
SELECT b.dealer_id::VARCHAR AS dealer_id,
    sum(b.balance) FILTER (b.due_date < $as_of)::DOUBLE AS overdue,
    (sum(b.balance * ($as_of - b.due_date)) FILTER (b.due_date < $as_of)
        / nullif(sum(b.balance) FILTER (b.due_date < $as_of), 0))::DOUBLE AS average_dpd,
    (sum(b.balance) / nullif(max(d.credit_limit), 0))::DOUBLE AS of_limit
FROM receivable_balance b
JOIN dim_dealer d USING (dealer_id)
WHERE b.valid_from <= $as_of AND b.valid_to > $as_of AND b.balance > 0
GROUP BY 1
HAVING overdue > 0 AND (average_dpd > 60 OR of_limit > 1)
