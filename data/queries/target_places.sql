-- Where dealers, sales people and products belong: what a target of theirs is a part of.
SELECT 'dealer' AS thing, dealer_id::VARCHAR AS id, region_id::VARCHAR AS region, channel_id::VARCHAR AS channel,
    employee_id::VARCHAR AS employee, NULL::VARCHAR AS category
FROM dim_dealer
UNION ALL
SELECT 'employee', employee_id::VARCHAR, region_id::VARCHAR, NULL, NULL, NULL FROM dim_employee
UNION ALL
SELECT 'product', product_id::VARCHAR, NULL, NULL, NULL, category::VARCHAR FROM dim_product
