-- A reserved word as a column name needs backticks.
SELECT x AS value FROM (VALUES (1)) AS t(x);
