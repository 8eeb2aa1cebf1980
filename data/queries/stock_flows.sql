-- What dealers who report their stock bought, sold on and held, by month, valued at list price (without one: at the
-- average net price). sell_in_last, sell_in_first: of the last and first $push days of the month; gifts count, they are
-- stock; order_days: days with a sale. A missing stock or sell_out was not reported.
WITH price AS (
    SELECT p.product_id, coalesce(p.list_price::DOUBLE, s.price) AS price
    FROM dim_product p LEFT JOIN (
        SELECT product_id, (sum(net_amount) / nullif(sum(quantity), 0))::DOUBLE AS price FROM fact_sales
        WHERE line_type = 'sale' AND product_id IN (SELECT product_id FROM dim_product WHERE list_price IS NULL)
        GROUP BY 1
    ) s USING (product_id)
),
counted AS (
    SELECT dealer_id, product_id, date_trunc('month', stock_date)::DATE AS month,
        arg_max(quantity, stock_date) AS quantity
    FROM fact_stock WHERE stock_date <= $as_of GROUP BY ALL
),
stock AS (
    SELECT dealer_id, month, sum(quantity * price)::DOUBLE AS stock FROM counted JOIN price USING (product_id) GROUP BY ALL
),
sold AS (
    SELECT dealer_id, date_trunc('month', sell_out_date)::DATE AS month, sum(quantity * price)::DOUBLE AS sell_out
    FROM fact_sell_out JOIN price USING (product_id) WHERE sell_out_date <= $as_of GROUP BY ALL
),
days AS (
    SELECT s.dealer_id, sales_date AS day, sum(quantity * price)::DOUBLE AS sell_in, bool_or(line_type = 'sale') AS ordered
    FROM fact_sales s JOIN price USING (product_id)
    WHERE line_type IN ('sale', 'return', 'gift') AND sales_date <= $as_of
        AND s.dealer_id IN (SELECT dealer_id FROM fact_stock)
    GROUP BY ALL
),
bought AS (
    SELECT dealer_id, date_trunc('month', day)::DATE AS month, sum(sell_in)::DOUBLE AS sell_in,
        coalesce(sum(sell_in) FILTER (day > last_day(day) - $push::INTEGER), 0)::DOUBLE AS sell_in_last,
        coalesce(sum(sell_in) FILTER (day(day) <= $push), 0)::DOUBLE AS sell_in_first,
        count(*) FILTER (ordered) AS order_days
    FROM days GROUP BY ALL
)
SELECT dealer_id::VARCHAR AS dealer_id, month, sell_in, sell_in_last, sell_in_first, order_days, sell_out, stock
FROM bought FULL JOIN sold USING (dealer_id, month) FULL JOIN stock USING (dealer_id, month)
WHERE dealer_id IN (SELECT dealer_id FROM fact_stock)
