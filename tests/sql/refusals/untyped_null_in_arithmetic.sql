-- A bare NULL has no type here.
SELECT 1 + NULL AS r;
