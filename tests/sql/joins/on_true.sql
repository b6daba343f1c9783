-- A join whose condition is always true.
SELECT a.x, b.y FROM (VALUES (1), (2)) AS a(x) LEFT JOIN (VALUES ('p')) AS b(y) ON TRUE;
