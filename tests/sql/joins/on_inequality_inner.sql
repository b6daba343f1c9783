-- An inner join on an inequality alone.
SELECT a.x, b.y FROM (VALUES (1), (2), (3)) AS a(x) JOIN (VALUES (2), (3)) AS b(y) ON a.x < b.y;
