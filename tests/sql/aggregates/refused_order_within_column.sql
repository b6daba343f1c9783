-- An order within an aggregate is by known columns.
SELECT k, ARRAY_AGG(x ORDER BY nope) AS a FROM (VALUES (1, 20), (1, 10), (1, 40), (2, 7)) AS t(k, x) GROUP BY k;
