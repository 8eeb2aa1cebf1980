-- Sales of each dealer by whether the goods went to its territory. A sale elsewhere is cleared by an exception that
-- was notified no later than the sale, agreed by the local dealer, and valid on its date.
WITH lines AS (
    SELECT s.dealer_id, s.net_amount, s.sales_date, s.ship_to_region_id AS place,
        coalesce(d.territory_id, d.region_id) AS territory
    FROM fact_sales s JOIN reachable_dealer d USING (dealer_id)
    WHERE s.sales_date BETWEEN $start AND least($end, $as_of) AND s.line_type = 'sale' AND s.ship_to_region_id IS NOT NULL
        AND coalesce(d.territory_id, d.region_id) IS NOT NULL
),
away AS (
    SELECT l.* FROM lines l
    WHERE NOT EXISTS (FROM region_path p WHERE p.region_id = l.place AND p.ancestor_id = l.territory)
        AND NOT EXISTS (FROM region_path p WHERE p.region_id = l.territory AND p.ancestor_id = l.place)
),
suspect AS (
    SELECT a.* FROM away a
    WHERE NOT EXISTS (
        FROM territory_exception e JOIN region_path p ON p.ancestor_id = e.region_id
        WHERE e.dealer_id = a.dealer_id AND p.region_id = a.place AND e.notified_date <= a.sales_date
            AND e.agreed_by_id IS NOT NULL AND a.sales_date BETWEEN e.valid_from AND e.valid_to)
)
SELECT t.dealer_id::VARCHAR AS dealer_id, t.lines, coalesce(s.lines, 0) AS away_lines,
    t.net_amount, coalesce(s.net_amount, 0) AS away_amount
FROM (SELECT dealer_id, count(*) AS lines, sum(net_amount)::DOUBLE AS net_amount FROM lines GROUP BY 1) t
LEFT JOIN (SELECT dealer_id, count(*) AS lines, sum(net_amount)::DOUBLE AS net_amount FROM suspect GROUP BY 1) s
    USING (dealer_id)
