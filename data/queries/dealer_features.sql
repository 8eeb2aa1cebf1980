-- What each dealer that ever bought was like on each of $days. Over the year up to the day: net sales, orders (documents
-- with a sale line), products bought, visits, money due and the days past due that it waited, weighted by amount. Over
-- the days of that year that have a year before them since the first order (compared_days): net sales now and a year
-- earlier. Over the year up to the last order (style_): how it buys when it buys; promoted: lines that carry a promotion.
WITH ends AS (SELECT DISTINCT unnest($days::DATE[]) AS day),
lines AS (
    SELECT dealer_id, sales_date, document_id, product_id, line_type, promotion_id IS NOT NULL AS promoted, net_amount,
        cost_amount, list_amount
    FROM fact_sales WHERE line_type IN ('sale', 'return') AND dealer_id IS NOT NULL
),
sale_days AS (SELECT DISTINCT dealer_id, sales_date FROM lines WHERE line_type = 'sale'),
rhythm AS (
    SELECT e.day, d.dealer_id, min(d.sales_date) AS first_order, max(d.sales_date) AS last_order
    FROM ends e JOIN sale_days d ON d.sales_date <= e.day GROUP BY ALL
),
style AS (
    SELECT r.day, r.dealer_id, sum(net_amount)::DOUBLE AS style_net_sales,
        sum(net_amount - cost_amount)::DOUBLE AS style_margin,
        sum(net_amount) FILTER (cost_amount IS NOT NULL)::DOUBLE AS style_costed,
        count(DISTINCT document_id) FILTER (line_type = 'sale') AS style_orders,
        count(DISTINCT product_id) FILTER (line_type = 'sale') AS style_products,
        coalesce(sum(net_amount) FILTER (promoted), 0)::DOUBLE AS style_promoted,
        sum(list_amount - net_amount)::DOUBLE AS style_discounts,
        sum(list_amount) FILTER (list_amount IS NOT NULL)::DOUBLE AS style_list_sales
    FROM rhythm r JOIN lines l ON l.dealer_id = r.dealer_id AND l.sales_date > r.last_order - 365
        AND l.sales_date <= r.last_order
    GROUP BY ALL
),
year AS (
    SELECT r.day, r.dealer_id,
        sum(net_amount) FILTER (sales_date > r.day - 365)::DOUBLE AS net_sales,
        sum(net_amount) FILTER (sales_date <= r.day - 365)::DOUBLE AS net_sales_before,
        sum(net_amount) FILTER (sales_date >= greatest(r.day - 364, r.first_order + 365))::DOUBLE AS compared_now,
        sum(net_amount) FILTER (sales_date BETWEEN greatest(r.day - 729, r.first_order) AND r.day - 365)::DOUBLE
            AS compared_before,
        sum(net_amount - cost_amount) FILTER (sales_date > r.day - 365)::DOUBLE AS gross_margin,
        sum(net_amount) FILTER (sales_date > r.day - 365 AND cost_amount IS NOT NULL)::DOUBLE AS costed_sales,
        coalesce(sum(net_amount) FILTER (sales_date > r.day - 365 AND promoted), 0)::DOUBLE AS promoted,
        count(DISTINCT document_id) FILTER (sales_date > r.day - 365 AND line_type = 'sale') AS orders,
        count(DISTINCT product_id) FILTER (sales_date > r.day - 365 AND line_type = 'sale') AS products
    FROM rhythm r JOIN lines l ON l.dealer_id = r.dealer_id AND l.sales_date > r.day - 730 AND l.sales_date <= r.day
    GROUP BY ALL
),
due AS (
    SELECT e.day, i.dealer_id, sum(i.amount)::DOUBLE AS due
    FROM ends e JOIN fact_receivable i ON i.due_date > e.day - 365 AND i.due_date <= e.day AND i.amount > 0
    GROUP BY ALL
),
waited AS (
    SELECT e.day, b.dealer_id,
        sum(b.balance * (least(b.valid_to, e.day) - greatest(b.valid_from, b.due_date)))::DOUBLE AS money_days
    FROM ends e JOIN receivable_balance b ON b.due_date > e.day - 365 AND b.due_date <= e.day AND b.balance > 0
        AND b.valid_to > b.due_date AND b.valid_from <= e.day
    GROUP BY ALL
),
seen AS (
    SELECT e.day, v.dealer_id, count(*) AS visits
    FROM ends e JOIN fact_visit v ON v.visit_date > e.day - 365 AND v.visit_date <= e.day
    WHERE v.dealer_id IS NOT NULL GROUP BY ALL
)
SELECT r.day, dealer_id::VARCHAR AS dealer_id, d.region_id::VARCHAR AS region_id, d.tier, d.opened_date, r.first_order, r.last_order,
    coalesce(net_sales, 0) AS net_sales, coalesce(net_sales_before, 0) AS net_sales_before, coalesce(compared_now, 0) AS compared_now,
    coalesce(compared_before, 0) AS compared_before,
    greatest(least(365, r.day - r.first_order - 364), 0) AS compared_days,
    gross_margin, costed_sales, coalesce(promoted, 0) AS promoted, coalesce(orders, 0) AS orders,
    coalesce(products, 0) AS products, due, CASE WHEN due > 0 THEN coalesce(money_days, 0) / due END AS days_late,
    coalesce(visits, 0) AS visits, least(365, r.last_order - r.first_order + 1) AS style_days,
    style_net_sales, style_margin, style_costed, style_orders, style_products, style_promoted, style_discounts,
    style_list_sales
FROM rhythm r JOIN dim_dealer d USING (dealer_id) LEFT JOIN style USING (day, dealer_id)
LEFT JOIN year USING (day, dealer_id) LEFT JOIN due USING (day, dealer_id) LEFT JOIN waited USING (day, dealer_id) LEFT JOIN seen USING (day, dealer_id)
