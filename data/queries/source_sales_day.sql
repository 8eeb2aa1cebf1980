-- Sales of the period by dealer and day, up to the as-of day.
SELECT *, date_trunc('month', sales_date)::DATE AS month
FROM sales_day
WHERE sales_date BETWEEN $start AND least($end, $as_of)
