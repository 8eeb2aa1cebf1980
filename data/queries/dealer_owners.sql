-- Each open dealer with its owner, its region at the depth asked for, and the manager of that region.
SELECT d.dealer_id::VARCHAR AS dealer_id, d.employee_id::VARCHAR AS owner_id, g.region_id::VARCHAR AS region_id,
    g.manager_id::VARCHAR AS manager_id
FROM dim_dealer d
LEFT JOIN region_path p ON p.region_id = d.region_id AND p.depth = $depth
LEFT JOIN dim_region g ON g.region_id = coalesce(p.ancestor_id, d.region_id)
WHERE d.closed_date IS NULL OR d.closed_date > $as_of
