-- Credit limit and payment term of each dealer.
SELECT dealer_id::VARCHAR AS dealer_id, credit_limit::DOUBLE AS credit_limit, payment_term_days::DOUBLE AS payment_term_days
FROM dim_dealer
