-- Where the open balances of each bucket (0 in term, 1 = 1-30 days overdue ... 5 = 121 and more) of a day `before` stood
-- on the day: what of them is open in the same, the next, a later bucket; the rest was paid.
WITH pairs AS (
    SELECT unnest($days::DATE[]) AS day, unnest($before::DATE[]) AS before
),
moved AS (
    SELECT p.day, b.balance AS before_balance, CASE WHEN n.balance > 0 THEN least(n.balance, b.balance) END AS now,
        least(greatest((p.before - b.due_date + 29) // 30, 0), 5) AS bucket,
        least(greatest((p.day - b.due_date + 29) // 30, 0), 5) AS bucket_now
    FROM pairs p
    JOIN receivable_balance b ON b.valid_from <= p.before AND b.valid_to > p.before AND b.balance > 0
    LEFT JOIN receivable_balance n
        ON n.invoice_id = b.invoice_id AND n.valid_from <= p.day AND n.valid_to > p.day AND n.balance > 0
)
SELECT day, bucket::INTEGER AS bucket, sum(before_balance)::DOUBLE AS "then",
    coalesce(sum(now) FILTER (bucket_now = bucket), 0)::DOUBLE AS same,
    coalesce(sum(now) FILTER (bucket_now = bucket + 1), 0)::DOUBLE AS next,
    coalesce(sum(now) FILTER (bucket_now > bucket + 1), 0)::DOUBLE AS further
FROM moved
GROUP BY ALL
ORDER BY day, bucket
