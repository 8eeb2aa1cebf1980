-- Visits planned for, or (unplanned) done on, a day of the period, up to the as-of day; with_order: the dealer
-- ordered on the day of the visit.
SELECT v.*, date_trunc('month', coalesce(v.planned_date, v.visit_date))::DATE AS month,
    v.document_id IS NOT NULL OR o.dealer_id IS NOT NULL AS with_order
FROM fact_visit v
LEFT JOIN (
    SELECT DISTINCT dealer_id, order_date FROM fact_sales
    WHERE line_type = 'sale' AND order_date BETWEEN $start - INTERVAL 31 DAY AND $end + INTERVAL 31 DAY
) o ON o.dealer_id = v.dealer_id AND o.order_date = v.visit_date
WHERE coalesce(v.planned_date, v.visit_date) BETWEEN $start AND least($end, $as_of)
