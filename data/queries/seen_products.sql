-- The products that a viewer may see, with their categories.
SELECT product_id::VARCHAR AS id, category::VARCHAR AS category FROM dim_product
