-- The order of arrival counts.
-- An order within an aggregate has no effect.
SELECT k, ARRAY_AGG(x ORDER BY x DESC) AS a, JSON_ARRAYAGG(x ORDER BY x DESC) AS j, JSON_ARRAYAGG(x) WITHIN GROUP (ORDER BY x) AS w FROM (VALUES (1, 20), (1, 10), (1, 40), (2, 7)) AS t(k, x) GROUP BY k;
