-- Sales lines of the period, up to the as-of day.
SELECT *, date_trunc('month', sales_date)::DATE AS month
FROM fact_sales
WHERE sales_date BETWEEN $start AND least($end, $as_of)
