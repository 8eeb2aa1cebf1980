-- Units, value at list price and cost of goods a week (its Monday), dealer and product: sale and return lines of the categories that
-- promotions ran in, by the day they were ordered, over the weeks that are whole by the as-of day. Goods given away are
-- no sales.
WITH ran AS (
    SELECT coalesce(c.category, p.category) AS category, c.product_ids
    FROM fact_promotion_cost c LEFT JOIN dim_promotion p USING (promotion_id)
),
categories AS (
    SELECT category FROM ran WHERE category IS NOT NULL
    UNION
    SELECT d.category FROM (SELECT unnest(string_split(product_ids, '|')) AS id FROM ran WHERE category IS NULL) n
    JOIN dim_product d ON d.product_id::VARCHAR = n.id
)
SELECT date_trunc('week', coalesce(s.order_date, s.sales_date))::DATE AS week, s.dealer_id, s.product_id,
    sum(s.quantity)::DOUBLE AS units, sum(coalesce(s.list_amount, s.net_amount))::DOUBLE AS revenue,
    CASE WHEN count(s.cost_amount) = count(*) THEN sum(s.cost_amount)::DOUBLE END AS cost
FROM fact_sales s JOIN dim_product p USING (product_id)
WHERE s.line_type IN ('sale', 'return') AND s.dealer_id IS NOT NULL AND p.category IN (SELECT category FROM categories)
    AND date_trunc('week', coalesce(s.order_date, s.sales_date)) + INTERVAL 6 DAY <= $as_of::DATE
GROUP BY ALL
