-- Net sales by day of the period, up to the as-of day.
SELECT sales_date AS day, sum(net_amount)::DOUBLE AS net_sales
FROM sales_day
WHERE line_type IN ('sale', 'return') AND sales_date BETWEEN $start AND least($end, $as_of)
GROUP BY 1
