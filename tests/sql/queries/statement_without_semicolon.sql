-- The last statement needs no semicolon.
SELECT 1 AS a
