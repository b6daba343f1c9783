-- Equal rows on both sides of a full join.
SELECT a.x, b.y FROM (VALUES (1), (1), (2), (2)) AS a(x) FULL JOIN (VALUES (1), (1), (1), (3)) AS b(y) ON a.x = b.y;
