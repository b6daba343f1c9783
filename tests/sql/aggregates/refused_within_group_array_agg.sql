-- Only few aggregates take WITHIN GROUP.
SELECT k, ARRAY_AGG(x) WITHIN GROUP (ORDER BY x DESC) AS p FROM (VALUES (1, 20), (1, 10), (1, 40), (2, 7)) AS t(k, x) GROUP BY k;
