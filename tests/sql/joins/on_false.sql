-- A left join whose condition is never true.
SELECT a.x, b.y FROM (VALUES (1), (2)) AS a(x) LEFT JOIN (VALUES ('p')) AS b(y) ON 1 = 2;
