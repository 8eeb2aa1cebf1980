-- What the cost of promotions consists of, by promotion and item; unit prices are those of all units of an item together.
SELECT promotion_id::VARCHAR AS promotion_id, item, max(item_en) AS item_en,
    sum(planned_quantity)::DOUBLE AS planned_quantity, sum(planned_unit_price * planned_quantity)::DOUBLE AS planned,
    sum(quantity)::DOUBLE AS quantity, sum(unit_price * quantity)::DOUBLE AS spent
FROM fact_promotion_cost_line
GROUP BY 1, 2
