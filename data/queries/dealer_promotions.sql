-- Executions of promotions by the dealers in scope that touch the period, newest first: when, at what cost.
SELECT c.execution_id, c.promotion_id::VARCHAR AS promotion_id, coalesce(p.promotion_name, c.promotion_id::VARCHAR)
    AS promotion_name, p.name_en AS promotion_name_en, p.promotion_type, c.category, c.start_date, c.end_date,
    c.planned_cost::DOUBLE AS planned_cost, c.cost_amount::DOUBLE AS cost_amount
FROM fact_promotion_cost c LEFT JOIN dim_promotion p USING (promotion_id)
WHERE c.dealer_id IS NOT NULL AND c.start_date <= least($end, $as_of) AND c.end_date >= $start
ORDER BY c.start_date DESC, c.execution_id
