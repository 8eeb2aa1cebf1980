-- What each dealer that had bought by $day was like. Over the year up to the day: net sales, orders (documents with a sale
-- line), products bought and visits. Over the days of that year that have a year before them since the first order
-- (compared_days): net sales now and a year earlier. Over the year up to the last order (style_): how it buys when it
-- buys. promoted: lines that carry a promotion. A sale without a document is an order of its day.
WITH lines AS (
    SELECT dealer_id, sales_date, coalesce(document_id, sales_date::VARCHAR) AS document, product_id, line_type,
        promotion_id IS NOT NULL AS promoted, net_amount, cost_amount, list_amount
    FROM fact_sales WHERE line_type IN ('sale', 'return') AND dealer_id IS NOT NULL AND sales_date <= $day
),
rhythm AS (
    SELECT dealer_id, min(sales_date) AS first_order, max(sales_date) AS last_order FROM lines
    WHERE line_type = 'sale' GROUP BY 1
),
style AS (
    SELECT dealer_id, sum(net_amount)::DOUBLE AS style_net_sales,
        sum(net_amount - cost_amount)::DOUBLE AS style_margin,
        sum(net_amount) FILTER (cost_amount IS NOT NULL)::DOUBLE AS style_costed,
        count(DISTINCT document) FILTER (line_type = 'sale') AS style_orders,
        count(DISTINCT product_id) FILTER (line_type = 'sale') AS style_products,
        coalesce(sum(net_amount) FILTER (promoted), 0)::DOUBLE AS style_promoted,
        sum(list_amount - net_amount)::DOUBLE AS style_discounts,
        sum(list_amount) FILTER (list_amount IS NOT NULL)::DOUBLE AS style_list_sales
    FROM rhythm JOIN lines USING (dealer_id) WHERE sales_date > last_order - 365 AND sales_date <= last_order
    GROUP BY 1
),
year AS (
    SELECT dealer_id, sum(net_amount) FILTER (sales_date > $day::DATE - 365)::DOUBLE AS net_sales,
        sum(net_amount) FILTER (sales_date >= greatest($day::DATE - 364, first_order + 365))::DOUBLE AS compared_now,
        sum(net_amount) FILTER (sales_date BETWEEN greatest($day::DATE - 729, first_order) AND $day::DATE - 365)::DOUBLE
            AS compared_before,
        sum(net_amount - cost_amount) FILTER (sales_date > $day::DATE - 365)::DOUBLE AS gross_margin,
        sum(net_amount) FILTER (sales_date > $day::DATE - 365 AND cost_amount IS NOT NULL)::DOUBLE AS costed_sales,
        coalesce(sum(net_amount) FILTER (sales_date > $day::DATE - 365 AND promoted), 0)::DOUBLE AS promoted,
        count(DISTINCT document) FILTER (sales_date > $day::DATE - 365 AND line_type = 'sale') AS orders,
        count(DISTINCT product_id) FILTER (sales_date > $day::DATE - 365 AND line_type = 'sale') AS products
    FROM rhythm JOIN lines USING (dealer_id) WHERE sales_date > $day::DATE - 730
    GROUP BY 1
),
seen AS (
    SELECT dealer_id, count(*) AS visits FROM fact_visit
    WHERE visit_date > $day::DATE - 365 AND visit_date <= $day AND dealer_id IS NOT NULL GROUP BY 1
)
SELECT $day::DATE AS day, dealer_id::VARCHAR AS dealer_id, d.region_id::VARCHAR AS region_id, d.tier, first_order,
    last_order, coalesce(net_sales, 0) AS net_sales, coalesce(compared_now, 0) AS compared_now,
    coalesce(compared_before, 0) AS compared_before,
    greatest(least(365, $day::DATE - first_order - 364), 0) AS compared_days, gross_margin, costed_sales,
    coalesce(promoted, 0) AS promoted, coalesce(orders, 0) AS orders, coalesce(products, 0) AS products,
    coalesce(visits, 0) AS visits, least(365, last_order - first_order + 1) AS style_days, style_net_sales, style_margin,
    style_costed, style_orders, style_products, style_promoted, style_discounts, style_list_sales
FROM rhythm JOIN dim_dealer d USING (dealer_id) LEFT JOIN style USING (dealer_id) LEFT JOIN year USING (dealer_id)
LEFT JOIN seen USING (dealer_id)
