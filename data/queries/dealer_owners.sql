-- Each open dealer with its owner (where none is recorded: who sold to it last), its region at the depth asked for, and
-- the manager of that region.
SELECT d.dealer_id::VARCHAR AS dealer_id, coalesce(d.employee_id, s.employee_id)::VARCHAR AS owner_id,
    g.region_id::VARCHAR AS region_id, g.manager_id::VARCHAR AS manager_id
FROM dim_dealer d
LEFT JOIN (
    SELECT dealer_id, arg_max(employee_id, sales_date) AS employee_id FROM sales_day
    WHERE employee_id IS NOT NULL AND sales_date <= $as_of
        AND dealer_id IN (SELECT dealer_id FROM dim_dealer WHERE employee_id IS NULL)
    GROUP BY 1
) s USING (dealer_id)
LEFT JOIN region_path p ON p.region_id = d.region_id AND p.depth = $depth
LEFT JOIN dim_region g ON g.region_id = coalesce(p.ancestor_id, d.region_id)
WHERE d.closed_date IS NULL OR d.closed_date > $as_of
