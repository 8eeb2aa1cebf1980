-- Units and money by where the price lies against the band of the price list: what was sold to dealers (flow `bought`)
-- and what they sold on (`resold`). side: low, in, high, or none without a band. Breaches come by dealer, product and
-- day; the rest by dealer. gap: money to the nearer end of the band. promoted: units of lines that carry a promotion.
-- The band of a line is the price list's row for its product that holds on its day, for its channel or for all, and for
-- the dealer's region, a region above it, or all. Several: the deepest region, then the channel, then the newest.
-- A breach exceeds what rounding an amount to the cent can do: half a cent a line.
WITH lines AS (
    SELECT 'bought' AS flow, s.dealer_id, s.product_id, coalesce(s.channel_id, d.channel_id) AS channel_id, d.region_id,
        s.sales_date AS day, s.quantity, s.net_amount AS amount, s.promotion_id IS NOT NULL AS promoted
    FROM fact_sales s JOIN reachable_dealer d USING (dealer_id)
    WHERE s.line_type = 'sale' AND s.quantity > 0 AND s.sales_date BETWEEN $start AND least($end, $as_of)
    UNION ALL
    SELECT 'resold', o.dealer_id, o.product_id, d.channel_id, d.region_id, o.sell_out_date, o.quantity, o.amount, false
    FROM fact_sell_out o JOIN reachable_dealer d USING (dealer_id)
    WHERE o.quantity > 0 AND o.amount IS NOT NULL AND o.sell_out_date BETWEEN $start AND least($end, $as_of)
),
bands AS (
    SELECT k.product_id, k.channel_id, k.region_id, k.day,
        arg_max({'floor': l.floor_price, 'cap': l.cap_price},
            {'depth': coalesce(p.depth, 0), 'own': l.channel_id IS NOT NULL, 'since': l.valid_from}) AS band
    FROM (SELECT DISTINCT product_id, channel_id, region_id, day FROM lines) k
    JOIN price_list l ON l.product_id = k.product_id AND l.valid_from <= k.day
        AND (l.valid_to IS NULL OR l.valid_to >= k.day) AND (l.channel_id IS NULL OR l.channel_id = k.channel_id)
    LEFT JOIN region_path p ON p.region_id = k.region_id AND p.ancestor_id = l.region_id
    WHERE l.region_id IS NULL OR p.ancestor_id IS NOT NULL
    GROUP BY ALL
),
judged AS (
    SELECT l.*, b.band,
        CASE WHEN b.band.floor IS NULL AND b.band.cap IS NULL THEN 'none'
            WHEN l.amount < b.band.floor * l.quantity - 0.005 THEN 'low'
            WHEN l.amount > b.band.cap * l.quantity + 0.005 THEN 'high' ELSE 'in' END AS side
    FROM lines l LEFT JOIN bands b ON b.product_id = l.product_id AND b.day = l.day
        AND b.channel_id IS NOT DISTINCT FROM l.channel_id AND b.region_id IS NOT DISTINCT FROM l.region_id
)
SELECT flow, dealer_id::VARCHAR AS dealer_id, side,
    (CASE WHEN side IN ('low', 'high') THEN product_id END)::VARCHAR AS product_id,
    CASE WHEN side IN ('low', 'high') THEN day END AS day,
    count(*) AS lines, sum(quantity)::DOUBLE AS units, sum(amount)::DOUBLE AS amount,
    coalesce(sum(quantity) FILTER (promoted), 0)::DOUBLE AS promoted,
    coalesce(sum(CASE side WHEN 'low' THEN band.floor * quantity - amount WHEN 'high' THEN amount - band.cap * quantity
        END), 0)::DOUBLE AS gap,
    min(band.floor)::DOUBLE AS floor, max(band.cap)::DOUBLE AS cap
FROM judged GROUP BY flow, dealer_id, side, 4, 5
