-- Each open dealer on $day: net sales since $sales_from, first and last order, visits since $visits_from, the last visit
-- and the next one that is planned.
WITH sold AS (
    SELECT dealer_id, min(sales_date) AS first_order, max(sales_date) FILTER (line_type = 'sale') AS last_order,
        sum(net_amount) FILTER (sales_date >= $sales_from AND line_type IN ('sale', 'return'))::DOUBLE AS sales
    FROM sales_day WHERE sales_date <= $day GROUP BY 1
),
seen AS (
    SELECT dealer_id, count(*) FILTER (visit_date BETWEEN $visits_from AND $day) AS visits,
        max(visit_date) FILTER (visit_date <= $day) AS last_visit,
        min(planned_date) FILTER (planned_date > $day AND (visit_date IS NULL OR visit_date > $day)) AS next_planned
    FROM fact_visit WHERE dealer_id IS NOT NULL GROUP BY 1
)
SELECT d.dealer_id::VARCHAR AS dealer_id, coalesce(sold.sales, 0) AS sales, sold.first_order, sold.last_order,
    coalesce(seen.visits, 0) AS visits, seen.last_visit, seen.next_planned
FROM dim_dealer d LEFT JOIN sold USING (dealer_id) LEFT JOIN seen USING (dealer_id)
WHERE d.closed_date IS NULL OR d.closed_date > $day
