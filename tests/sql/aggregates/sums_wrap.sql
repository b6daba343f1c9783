-- SUM(INT) stays INT and wraps; AVG(BIGINT) is cut off.
SELECT SUM(x) AS s, AVG(x) AS a, AVG(CAST(x AS BIGINT)) AS ab, AVG(CAST(x AS DOUBLE)) AS ad FROM (VALUES (2147483647), (1), (2)) AS t(x);
