-- Sales lines of the period.
SELECT *, date_trunc('month', sales_date)::DATE AS month
FROM fact_sales
WHERE sales_date BETWEEN $start AND $end
