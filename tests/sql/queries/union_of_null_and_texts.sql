-- UNION ALL of literals of different length.
SELECT 'a' AS s, 1 AS n UNION ALL SELECT 'bcd', CAST(NULL AS INT);
