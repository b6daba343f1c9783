-- ROUND, FLOOR, CEIL, TRUNCATE, SIGN on decimals and doubles.
SELECT x, ROUND(x, 1) AS r, ROUND(x) AS r0, FLOOR(x) AS f, CEIL(x) AS c, TRUNCATE(x, 1) AS t, SIGN(x) AS s, ABS(x) AS a FROM (VALUES (1.25), (-1.25), (2.50), (-0.04), (0.00)) AS t(x);
