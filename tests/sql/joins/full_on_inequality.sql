-- A full join on an inequality alone.
SELECT a.x, b.y FROM (VALUES (1), (2), (5)) AS a(x) FULL JOIN (VALUES (0), (3)) AS b(y) ON a.x < b.y;
