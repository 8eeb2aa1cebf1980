-- Visits planned for, or (unplanned) done on, a day of the period, up to the as-of day; with_order: the dealer
-- ordered on the day of the visit.
SELECT v.*, date_trunc('month', coalesce(v.planned_date, v.visit_date))::DATE AS month,
    v.document_id IS NOT NULL OR o.dealer_id IS NOT NULL AS with_order
FROM fact_visit v
LEFT JOIN visit_order o ON o.dealer_id = v.dealer_id AND o.order_date = v.visit_date
WHERE coalesce(v.planned_date, v.visit_date) BETWEEN $start AND least($end, $as_of)
