-- Executions of promotions by the dealers and in the categories in scope that began by the as-of day: where (the region
-- at the depth asked for: of the execution, else of the dealer), of which promotion, in which weeks (start_week to
-- end_week, Mondays, the last one exclusive), at what cost, planned and spent.
WITH executed AS (
    SELECT c.*, p.promotion_name, p.name_en, p.promotion_type, p.owner_id,
        coalesce(c.category, p.category, d.category) AS its_category
    FROM fact_promotion_cost c
    LEFT JOIN dim_promotion p USING (promotion_id)
    LEFT JOIN dim_product d ON c.category IS NULL AND p.category IS NULL
        AND d.product_id::VARCHAR = split_part(c.product_ids, '|', 1)
    WHERE c.start_date <= $as_of
)
SELECT e.execution_id, e.promotion_id::VARCHAR AS promotion_id,
    coalesce(e.promotion_name, e.promotion_id::VARCHAR) AS promotion_name, e.name_en AS promotion_name_en,
    coalesce(e.promotion_type, '') AS promotion_type, e.owner_id::VARCHAR AS owner_id,
    e.dealer_id::VARCHAR AS dealer_id, coalesce(a.ancestor_id, e.region_id, d.region_id)::VARCHAR AS region_id,
    e.its_category AS category, coalesce(e.product_ids, '') AS product_ids, e.start_date, e.end_date,
    date_trunc('week', e.start_date)::DATE AS start_week,
    (date_trunc('week', e.end_date) + INTERVAL 7 DAY)::DATE AS end_week,
    e.planned_cost::DOUBLE AS planned_cost, e.cost_amount::DOUBLE AS spend
FROM executed e
LEFT JOIN dim_dealer d USING (dealer_id)
LEFT JOIN region_path a ON a.region_id = coalesce(e.region_id, d.region_id) AND a.depth = $depth
WHERE e.its_category IN (SELECT category FROM dim_product)
ORDER BY e.start_date, e.execution_id
