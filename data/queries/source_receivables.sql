-- Open balances on each day asked for; dpd = days past due.
SELECT b.*, d.day, d.day AS month, (d.day - b.due_date)::INTEGER AS dpd
FROM (SELECT unnest($days::DATE[]) AS day) d
JOIN receivable_balance b ON b.valid_from <= d.day AND b.valid_to > d.day
