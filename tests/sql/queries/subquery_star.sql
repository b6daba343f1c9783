-- SELECT * over a subquery with renamed columns.
SELECT * FROM (SELECT x AS a, y AS b, x + y AS c FROM (VALUES (1, 2), (3, 4)) AS t(x, y)) AS s WHERE s.c > 3;
