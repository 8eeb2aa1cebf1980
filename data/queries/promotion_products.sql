-- Products with list price and cost of a unit: of the product, else what its sale lines had on average.
SELECT p.product_id::VARCHAR AS product_id, p.category, coalesce(p.list_price, s.list_price)::DOUBLE AS list_price,
    coalesce(p.unit_cost, s.unit_cost)::DOUBLE AS unit_cost
FROM dim_product p LEFT JOIN (
    SELECT product_id, sum(list_amount) / nullif(sum(quantity) FILTER (list_amount IS NOT NULL), 0) AS list_price,
        sum(cost_amount) / nullif(sum(quantity) FILTER (cost_amount IS NOT NULL), 0) AS unit_cost
    FROM fact_sales WHERE line_type = 'sale' GROUP BY 1
) s USING (product_id)
