-- What each dealer bought and brought back a day, up to the as-of day: net amount, and the margin of lines whose cost is
-- known. Sales and returns are rows of their own: a return is no order.
SELECT dealer_id::VARCHAR AS dealer_id, sales_date AS order_date, sum(net_amount)::DOUBLE AS net_amount,
    coalesce(sum(net_amount - cost_amount), 0)::DOUBLE AS margin
FROM sales_day
WHERE line_type IN ('sale', 'return') AND dealer_id IS NOT NULL AND sales_date <= $as_of
GROUP BY dealer_id, sales_date, line_type
