-- SUM and AVG of doubles and floats.
SELECT k, SUM(x) AS s, AVG(x) AS a, MIN(x) AS mi, MAX(x) AS ma, SUM(CAST(x AS FLOAT)) AS sf FROM (VALUES ('a', 1.5E0), ('a', 2.25E0), ('b', -1E0)) AS t(k, x) GROUP BY k;
