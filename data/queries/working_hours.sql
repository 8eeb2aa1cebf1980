-- Hours and visits done by sales person and activity, with the region that the person works in and the one above it at
-- the depth asked for. Time without an activity is left out.
SELECT v.employee_id::VARCHAR AS employee_id, e.region_id::VARCHAR AS home_id,
    coalesce(p.ancestor_id, e.region_id)::VARCHAR AS region_id, v.activity,
    coalesce(sum(v.hours), 0)::DOUBLE AS hours, count(*) AS visits
FROM fact_visit v
LEFT JOIN dim_employee e USING (employee_id)
LEFT JOIN region_path p ON p.region_id = e.region_id AND p.depth = $depth
WHERE v.visit_date BETWEEN $start AND least($end, $as_of) AND v.activity IS NOT NULL
GROUP BY ALL
