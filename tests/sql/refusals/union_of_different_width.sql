-- UNION ALL of one and two columns.
SELECT 1 UNION ALL SELECT 1, 2;
