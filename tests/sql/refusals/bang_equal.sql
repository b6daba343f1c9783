-- Unequal is <>, not !=.
SELECT x != 1 AS e FROM (VALUES (1)) AS t(x);
