-- Each dealer, closed ones too: credit limit, term, open orders taken up to the as-of day, region at the depth asked
-- for, and who answers for it (where nobody is recorded: who sold to it last, else the region's manager).
SELECT d.dealer_id::VARCHAR AS dealer_id, d.credit_limit::DOUBLE AS credit_limit,
    d.payment_term_days::DOUBLE AS payment_term_days, coalesce(o.amount, 0)::DOUBLE AS open_orders,
    g.region_id::VARCHAR AS region_id, coalesce(d.employee_id, s.employee_id, g.manager_id)::VARCHAR AS owner_id
FROM dim_dealer d
LEFT JOIN (
    SELECT dealer_id, sum(amount) AS amount FROM open_order WHERE order_date <= $as_of OR order_date IS NULL GROUP BY 1
) o USING (dealer_id)
LEFT JOIN (
    SELECT dealer_id, arg_max(employee_id, sales_date) AS employee_id FROM fact_sales
    WHERE employee_id IS NOT NULL AND sales_date <= $as_of
        AND dealer_id IN (SELECT dealer_id FROM dim_dealer WHERE employee_id IS NULL)
    GROUP BY 1
) s USING (dealer_id)
LEFT JOIN region_path p ON p.region_id = d.region_id AND p.depth = $depth
LEFT JOIN dim_region g ON g.region_id = coalesce(p.ancestor_id, d.region_id)
