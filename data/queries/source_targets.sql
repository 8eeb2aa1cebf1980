-- Targets of one measure by month of the period. share: the part of the target that falls on the month and the period,
-- by selling days (by days where a span has no selling day); share_to_date: the same up to the as-of day.
WITH months AS (
    SELECT month_start, last_day(month_start) AS month_end FROM dim_date GROUP BY ALL
),
spans AS (
    SELECT p.period_start, p.period_end, m.month_start AS month,
        greatest(p.period_start, m.month_start, $start) AS lo,
        least(p.period_end, m.month_end, $end) AS hi,
        least(p.period_end, m.month_end, $end, $as_of) AS hi_to_date
    FROM (SELECT DISTINCT period_start, period_end FROM fact_target) p
    JOIN months m ON m.month_start <= p.period_end AND m.month_end >= p.period_start
),
counted AS (
    SELECT s.*,
        (SELECT count(*) FILTER (is_selling_day) FROM dim_date WHERE date BETWEEN period_start AND period_end) AS total,
        (SELECT count(*) FILTER (is_selling_day) FROM dim_date WHERE date BETWEEN lo AND hi) AS part,
        (SELECT count(*) FILTER (is_selling_day) FROM dim_date WHERE date BETWEEN lo AND hi_to_date) AS part_to_date
    FROM spans s
    WHERE hi >= lo
)
SELECT t.*, c.month,
    CASE WHEN total > 0 THEN part / total ELSE (hi - lo + 1) / (t.period_end - t.period_start + 1) END AS share,
    CASE WHEN total > 0 THEN part_to_date / total
        ELSE greatest(hi_to_date - lo + 1, 0) / (t.period_end - t.period_start + 1) END AS share_to_date
FROM fact_target t
JOIN counted c USING (period_start, period_end)
WHERE t.scenario = 'plan' AND t.measure = $target_measure
