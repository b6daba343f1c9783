-- A cast that does not exist.
SELECT CAST(DATE '2024-01-01' AS INT);
