-- Aggregates of NULLs only.
SELECT k, COUNT(v) AS c, SUM(v) AS s, AVG(v) AS a, MIN(v) AS m FROM (VALUES ('a', CAST(NULL AS INT)), ('a', CAST(NULL AS INT)), ('b', 1)) AS t(k, v) GROUP BY k;
