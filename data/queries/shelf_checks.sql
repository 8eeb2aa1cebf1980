-- Shelf checks from $since to $until, with the outlet's region at the depth asked for and the list price of the day: the
-- price list's row for the product that holds on that day, for the dealer's channel or for all, and for the outlet's
-- region, a region above it, or all (several: the deepest region, then the channel, then the newest); else the
-- product's own list price. launched: only products launched on or after that day.
WITH checks AS (
    SELECT c.*, coalesce(c.region_id, d.region_id) AS place, d.channel_id, p.launched_date,
        p.list_price AS own_price
    FROM fact_shelf_check c JOIN dim_product p USING (product_id) LEFT JOIN dim_dealer d USING (dealer_id)
    WHERE c.check_date BETWEEN $since AND $until AND ($launched::DATE IS NULL OR p.launched_date >= $launched::DATE)
),
listed AS (
    SELECT k.product_id, k.channel_id, k.place, k.check_date,
        arg_max(l.list_price, {'depth': coalesce(r.depth, 0), 'own': l.channel_id IS NOT NULL, 'since': l.valid_from})
            AS list_price
    FROM (SELECT DISTINCT product_id, channel_id, place, check_date FROM checks) k
    JOIN price_list l ON l.product_id = k.product_id AND l.valid_from <= k.check_date
        AND (l.valid_to IS NULL OR l.valid_to >= k.check_date)
        AND (l.channel_id IS NULL OR l.channel_id = k.channel_id) AND l.list_price IS NOT NULL
    LEFT JOIN region_path r ON r.region_id = k.place AND r.ancestor_id = l.region_id
    WHERE l.region_id IS NULL OR r.ancestor_id IS NOT NULL
    GROUP BY ALL
)
SELECT c.outlet_id, c.product_id::VARCHAR AS product_id, c.check_date,
    coalesce(g.ancestor_id, c.place)::VARCHAR AS region_id, c.launched_date, c.is_present, c.outlet_weight, c.shelf_price::DOUBLE AS shelf_price,
    coalesce(l.list_price, c.own_price)::DOUBLE AS list_price
FROM checks c
LEFT JOIN listed l ON l.product_id = c.product_id AND l.check_date = c.check_date
    AND l.channel_id IS NOT DISTINCT FROM c.channel_id AND l.place IS NOT DISTINCT FROM c.place
LEFT JOIN region_path g ON g.region_id = c.place AND g.depth = $depth
