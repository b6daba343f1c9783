-- A column name twice in the output.
SELECT x AS a, x + 1 AS a FROM (VALUES (1)) AS t(x);
