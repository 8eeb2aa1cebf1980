-- Executions of promotions with a planned cost over the year up to $day, by dealer: how many, and how many of them were
-- carried out for no more than a tenth above it.
SELECT dealer_id::VARCHAR AS dealer_id, count(*) AS planned,
    count(*) FILTER (cost_amount <= planned_cost * 1.1) AS within
FROM fact_promotion_cost
WHERE dealer_id IS NOT NULL AND planned_cost > 0 AND cost_amount IS NOT NULL AND end_date > $day::DATE - 365
    AND end_date <= $day
GROUP BY 1
