-- COALESCE without a common type.
SELECT COALESCE(1, DATE '2024-01-01');
