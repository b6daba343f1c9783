-- SUM and AVG of decimals: precision and scale.
SELECT SUM(x) AS s, AVG(x) AS a, MIN(x) AS mi, MAX(x) AS ma, COUNT(DISTINCT x) AS c FROM (VALUES (1.10), (2.25), (CAST(NULL AS DECIMAL(3, 2))), (1.10)) AS t(x);
