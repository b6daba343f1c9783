-- The order of arrival counts.
-- An order within an aggregate has no effect.
SET 'execution.runtime-mode' = 'batch';
SELECT k, ARRAY_AGG(x ORDER BY x DESC) AS a FROM (VALUES (1, 20), (1, 10), (1, 40), (2, 7)) AS t(k, x) GROUP BY k;
