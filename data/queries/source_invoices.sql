-- Invoices and credit notes of the 90 days that end on each day asked for.
SELECT r.*, d.day, d.day AS month
FROM (SELECT unnest($days::DATE[]) AS day) d
JOIN fact_receivable r ON r.invoice_date > d.day - 90 AND r.invoice_date <= d.day
