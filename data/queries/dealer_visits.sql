-- Visits of the dealers in scope from $since on, newest first: planned, done, by whom, with what result. Those planned
-- for a day after the as-of day are still to come.
SELECT v.dealer_id::VARCHAR AS dealer_id, v.planned_date, v.visit_date, v.employee_id::VARCHAR AS employee_id,
    v.activity, v.result, v.document_id IS NOT NULL AS with_order
FROM fact_visit v
WHERE v.dealer_id IS NOT NULL AND coalesce(v.planned_date, v.visit_date) >= $since
    AND (v.planned_date > $as_of OR coalesce(v.visit_date, v.planned_date) <= $as_of)
ORDER BY coalesce(v.visit_date, v.planned_date) DESC, v.visit_id DESC
