-- By dealer and complete week (its Monday) up to the as-of day: the value ordered and the visits done, over the last
-- $weeks weeks. A line without an order date counts on its sales date.
WITH ordered AS (
    SELECT dealer_id, date_trunc('week', coalesce(order_date, sales_date))::DATE AS period,
        sum(net_amount)::DOUBLE AS outcome, 0 AS visits
    FROM fact_sales WHERE line_type = 'sale' GROUP BY ALL
),
visited AS (
    SELECT dealer_id, date_trunc('week', visit_date)::DATE AS period, 0.0::DOUBLE AS outcome, count(*) AS visits
    FROM fact_visit WHERE visit_date IS NOT NULL AND dealer_id IS NOT NULL GROUP BY ALL
)
SELECT dealer_id::VARCHAR AS dealer_id, period, sum(outcome) AS outcome, sum(visits)::BIGINT AS visits
FROM (FROM ordered UNION ALL FROM visited)
WHERE period + 6 <= $as_of AND period > $as_of::DATE - 7 * ($weeks + 1)
GROUP BY ALL
