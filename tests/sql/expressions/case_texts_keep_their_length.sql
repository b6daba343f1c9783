-- Literals of different length in CASE are not padded.
SELECT x, CASE WHEN x = 1 THEN 'a' WHEN x = 2 THEN 'longer' ELSE '' END || '|' AS s FROM (VALUES (1), (2), (3)) AS t(x);
