-- Sales whose destination is known, by dealer: those to the territory in one row (place, day, document empty), those
-- elsewhere by document, with the batch numbers of their goods (at most five). A delivery is a document; a line without
-- one counts as a delivery of its own. assigned: the dealer has a territory; without one its own region counts as such.
WITH lines AS (
    SELECT s.dealer_id, s.ship_to_region_id AS place, s.sales_date, s.net_amount, s.quantity, s.batch_no,
        coalesce(s.document_id, s.line_id) AS document, coalesce(d.territory_id, d.region_id) AS territory,
        d.territory_id IS NOT NULL AS assigned
    FROM fact_sales s JOIN reachable_dealer d USING (dealer_id)
    WHERE s.sales_date BETWEEN $start AND least($end, $as_of) AND s.line_type = 'sale' AND s.ship_to_region_id IS NOT NULL
        AND coalesce(d.territory_id, d.region_id) IS NOT NULL
),
related AS (
    SELECT region_id AS territory, ancestor_id AS place FROM region_path
    UNION SELECT ancestor_id, region_id FROM region_path
),
placed AS (
    SELECT l.*, r.place IS NULL AS away FROM lines l LEFT JOIN related r USING (territory, place)
)
SELECT dealer_id::VARCHAR AS dealer_id, any_value(territory)::VARCHAR AS territory_id,
    (CASE WHEN away THEN place END)::VARCHAR AS place_id, CASE WHEN away THEN sales_date END AS day,
    (CASE WHEN away THEN document END)::VARCHAR AS document_id, count(DISTINCT document) AS deliveries,
    count(*) AS lines, sum(quantity)::DOUBLE AS quantity, sum(net_amount)::DOUBLE AS amount,
    array_to_string(list_sort(list(DISTINCT batch_no) FILTER (away))[:5], ' ') AS batches,
    any_value(assigned) AS assigned
FROM placed GROUP BY dealer_id, 3, 4, 5
