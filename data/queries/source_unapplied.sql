-- Receipts not applied on each day asked for.
SELECT u.*, d.day, d.day AS month
FROM (SELECT unnest($days::DATE[]) AS day) d
JOIN unapplied_balance u ON u.valid_from <= d.day AND u.valid_to > d.day
