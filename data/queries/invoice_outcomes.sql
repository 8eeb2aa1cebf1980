-- How each invoice up to the as-of day was paid: the day it was settled (NULL: open), what was open when its due day
-- ended and $late_after days later (NULL: that day is still to come), and what is open on the as-of day.
SELECT i.invoice_id, i.dealer_id::VARCHAR AS dealer_id, i.invoice_date, i.due_date, i.amount::DOUBLE AS amount,
    CASE WHEN coalesce(max(b.valid_to), i.invoice_date) <= $as_of THEN coalesce(max(b.valid_to), i.invoice_date) END
        AS settled,
    CASE WHEN i.due_date <= $as_of
        THEN coalesce(sum(b.balance) FILTER (b.valid_from <= i.due_date AND b.valid_to > i.due_date), 0)::DOUBLE END
        AS open_due,
    CASE WHEN i.due_date + $late_after <= $as_of
        THEN coalesce(sum(b.balance) FILTER (b.valid_from <= i.due_date + $late_after
            AND b.valid_to > i.due_date + $late_after), 0)::DOUBLE END AS open_late,
    coalesce(sum(b.balance) FILTER (b.valid_to > $as_of), 0)::DOUBLE AS balance
FROM fact_receivable i
LEFT JOIN receivable_balance b ON b.invoice_id = i.invoice_id AND b.balance > 0 AND b.valid_from <= $as_of
WHERE i.amount > 0 AND i.invoice_date <= $as_of AND i.due_date IS NOT NULL
GROUP BY i.invoice_id, i.dealer_id, i.invoice_date, i.due_date, i.amount
ORDER BY i.invoice_date, i.invoice_id
