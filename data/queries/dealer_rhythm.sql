-- How often each dealer orders: days with a sale up to the as-of day, the last of them, and the median gap between two.
WITH days AS (
    SELECT DISTINCT dealer_id, sales_date AS day FROM sales_day WHERE line_type = 'sale' AND sales_date <= $as_of
),
gaps AS (
    SELECT dealer_id, day, day - lag(day) OVER (PARTITION BY dealer_id ORDER BY day) AS gap FROM days
)
SELECT dealer_id::VARCHAR AS dealer_id, max(day) AS last_order, count(*) AS order_days, median(gap)::DOUBLE AS median_gap
FROM gaps GROUP BY 1
