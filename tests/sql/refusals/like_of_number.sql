-- LIKE over a number.
SELECT 1 LIKE '1';
