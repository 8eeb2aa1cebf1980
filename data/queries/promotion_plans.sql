-- What was expected of promotions, by promotion and region (empty: all).
SELECT promotion_id::VARCHAR AS promotion_id, region_id::VARCHAR AS region_id, planned_cost::DOUBLE AS planned_cost,
    planned_uplift, planned_net_amount::DOUBLE AS planned_net_amount
FROM fact_promotion_plan
