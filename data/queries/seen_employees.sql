-- The sales people whom a viewer may see: who looks after a dealer, or sold to one.
SELECT employee_id::VARCHAR AS id FROM dim_dealer WHERE employee_id IS NOT NULL
UNION
SELECT DISTINCT employee_id::VARCHAR AS id FROM fact_sales WHERE employee_id IS NOT NULL
