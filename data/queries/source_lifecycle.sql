-- Dealers by when they bought, up to the as-of day: their first sale ever, whether they bought in the period and in the
-- compared one ($then_start, $then_end; NULL for none), and whether a sale of the period came back after a long gap.
SELECT dealer_id, min(day) AS first_day,
    bool_or(day BETWEEN $start AND $end) AS active,
    bool_or(day BETWEEN $then_start::DATE AND $then_end::DATE) AS active_before,
    bool_or(day BETWEEN $start AND $end AND day - previous >= $reactivation_gap) AS came_back
FROM (
    SELECT dealer_id, sales_date AS day, lag(sales_date) OVER (PARTITION BY dealer_id ORDER BY sales_date) AS previous
    FROM (SELECT DISTINCT dealer_id, sales_date FROM fact_sales WHERE line_type = 'sale' AND sales_date <= $as_of)
)
GROUP BY dealer_id
