-- Who each dealer is: place (office: the region above it at the depth asked for), channel, owner (where none is recorded: who sold to it last), tier, terms and dates.
SELECT d.dealer_id::VARCHAR AS dealer_id, d.region_id::VARCHAR AS region_id,
    coalesce(p.ancestor_id, d.region_id)::VARCHAR AS office_id,
    coalesce(d.territory_id, d.region_id)::VARCHAR AS territory_id, d.channel_id::VARCHAR AS channel_id,
    coalesce(d.employee_id, s.employee_id)::VARCHAR AS owner_id, d.tier,
    d.credit_limit::DOUBLE AS credit_limit, d.payment_term_days::DOUBLE AS payment_term_days,
    d.opened_date, d.closed_date
FROM dim_dealer d
LEFT JOIN (
    SELECT dealer_id, arg_max(employee_id, sales_date) AS employee_id FROM sales_day
    WHERE employee_id IS NOT NULL AND sales_date <= $as_of
        AND dealer_id IN (SELECT dealer_id FROM dim_dealer WHERE employee_id IS NULL)
    GROUP BY 1
) s USING (dealer_id)
LEFT JOIN region_path p ON p.region_id = d.region_id AND p.depth = $depth
