-- The same on doubles.
SELECT x, ROUND(x, 1) AS r, FLOOR(x) AS f, CEIL(x) AS c, TRUNCATE(x, 1) AS t, SIGN(x) AS s, ABS(x) AS a FROM (VALUES (1.25E0), (-1.25E0), (2.5E0), (0.35E0), (123456.789E0)) AS t(x);
