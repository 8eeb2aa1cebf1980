-- How each dealer paid over the year up to $day: money due, days past due that it waited (by amount, up to the day), its
-- credit limit, and how many days the oldest tenth of its open balance is past due at least: one small invoice in dispute
-- does not speak for the rest. since: when it became a dealer: opened, else its first sale; missing where that is not
-- after $known_from, when it may have been one for long.
WITH due AS (
    SELECT dealer_id, sum(amount)::DOUBLE AS due FROM fact_receivable
    WHERE due_date > $day::DATE - 365 AND due_date <= $day AND amount > 0 GROUP BY 1
),
waited AS (
    SELECT dealer_id,
        sum(balance * (least(valid_to, $day::DATE) - greatest(valid_from, due_date)))::DOUBLE AS money_days
    FROM receivable_balance
    WHERE due_date > $day::DATE - 365 AND due_date <= $day AND balance > 0 AND valid_to > due_date
        AND valid_from <= $day
    GROUP BY 1
),
aged AS (
    SELECT dealer_id, $day::DATE - due_date AS days, sum(balance) OVER (PARTITION BY dealer_id ORDER BY due_date) AS older,
        sum(balance) OVER (PARTITION BY dealer_id) AS whole
    FROM receivable_balance WHERE balance > 0 AND valid_from <= $day AND valid_to > $day
),
oldest AS (SELECT dealer_id, max(days) FILTER (older >= 0.1 * whole) AS days FROM aged GROUP BY 1),
first AS (
    SELECT dealer_id, min(sales_date) AS day FROM fact_sales WHERE line_type = 'sale' GROUP BY 1
    HAVING min(sales_date) > $known_from
)
SELECT d.dealer_id::VARCHAR AS dealer_id, due.due,
    CASE WHEN due.due > 0 THEN coalesce(money_days, 0) / due.due END AS days_late,
    greatest(oldest.days, 0)::DOUBLE AS longest_overdue,
    coalesce(d.opened_date, first.day) AS since, d.credit_limit::DOUBLE AS credit_limit
FROM dim_dealer d LEFT JOIN due USING (dealer_id) LEFT JOIN waited USING (dealer_id) LEFT JOIN first USING (dealer_id)
LEFT JOIN oldest USING (dealer_id)
