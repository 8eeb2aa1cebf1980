-- The imported register of permissions to sell outside the territory.
SELECT exception_id::VARCHAR AS exception_id, dealer_id::VARCHAR AS dealer_id, region_id::VARCHAR AS region_id,
    notified_date, agreed_by_id::VARCHAR AS agreed_by_id, valid_from, valid_to
FROM territory_exception
