-- A number where a text belongs.
SELECT UPPER(DATE '2024-01-01');
