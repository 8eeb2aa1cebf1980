-- Cost of the promotions that ended in the period against their plan, by promotion and dealer.
SELECT p.promotion_id::VARCHAR AS promotion_id, p.promotion_name, p.name_en AS promotion_name_en,
    p.owner_id::VARCHAR AS owner_id, c.dealer_id::VARCHAR AS dealer_id,
    sum(c.planned_cost)::DOUBLE AS planned, sum(c.cost_amount)::DOUBLE AS spent
FROM fact_promotion_cost c JOIN dim_promotion p USING (promotion_id)
WHERE c.end_date BETWEEN $start AND least($end, $as_of) AND c.planned_cost > 0 AND c.cost_amount IS NOT NULL
GROUP BY ALL
