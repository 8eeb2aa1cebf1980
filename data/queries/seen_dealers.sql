-- The dealers that a viewer may see.
SELECT dealer_id::VARCHAR AS id FROM dim_dealer
