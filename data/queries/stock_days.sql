-- Days of cover at dealers by region and month: stock at the last count of the month / sell-out a day in that month.
-- value: the stock at list price.
WITH place AS (
    SELECT d.dealer_id, coalesce(p.ancestor_id, d.region_id) AS region_id
    FROM dim_dealer d LEFT JOIN region_path p ON p.region_id = d.region_id AND p.depth = $depth
),
counted AS (
    SELECT dealer_id, product_id, date_trunc('month', stock_date)::DATE AS month,
        arg_max(quantity, stock_date) AS quantity
    FROM fact_stock WHERE stock_date <= $as_of GROUP BY ALL
),
stock AS (
    SELECT region_id, month, sum(c.quantity)::DOUBLE AS quantity, sum(c.quantity * p.list_price)::DOUBLE AS value
    FROM counted c JOIN place USING (dealer_id) LEFT JOIN dim_product p USING (product_id) GROUP BY ALL
),
sold AS (
    SELECT region_id, date_trunc('month', sell_out_date)::DATE AS month, sum(s.quantity)::DOUBLE AS quantity
    FROM fact_sell_out s JOIN place USING (dealer_id)
    WHERE sell_out_date <= $as_of
        AND dealer_id IN (SELECT dealer_id FROM fact_stock)
    GROUP BY ALL
)
SELECT region_id::VARCHAR AS region_id, month, stock.value,
    stock.quantity / nullif(sold.quantity, 0) * day(last_day(month)) AS days
FROM stock JOIN sold USING (region_id, month)
ORDER BY region_id, month
