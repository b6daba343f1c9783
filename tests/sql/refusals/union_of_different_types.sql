-- UNION ALL of a number and a date.
SELECT 1 UNION ALL SELECT DATE '2024-01-01';
