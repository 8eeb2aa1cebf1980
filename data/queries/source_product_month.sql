-- Sales by product, region and month of a period of whole months, up to the as-of day.
SELECT * FROM product_month
WHERE month BETWEEN date_trunc('month', $start::DATE) AND least($end, $as_of)
