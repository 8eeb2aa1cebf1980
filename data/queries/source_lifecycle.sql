-- Dealers by when they bought, up to the as-of day: their first sale ever, whether they bought in the period and in the
-- compared one ($then_start, $then_end; NULL for none), and whether a sale of the period came back after a long gap.
WITH sold AS (
    SELECT dealer_id, sales_date AS day FROM sales_day WHERE line_type = 'sale' AND sales_date <= $as_of
),
steps AS (
    SELECT dealer_id, day, day - lag(day) OVER (PARTITION BY dealer_id ORDER BY day) AS gap
    FROM (
        SELECT dealer_id, day FROM sold WHERE day BETWEEN $start AND $end
        UNION SELECT dealer_id, max(day) FROM sold WHERE day < $start GROUP BY 1
    )
),
back AS (
    SELECT DISTINCT dealer_id FROM steps WHERE gap >= $reactivation_gap
)
SELECT dealer_id, min(day) AS first_day,
    bool_or(day BETWEEN $start AND $end) AS active,
    bool_or(day BETWEEN $then_start::DATE AND $then_end::DATE) AS active_before,
    dealer_id IN (SELECT dealer_id FROM back) AS came_back
FROM sold
GROUP BY dealer_id
