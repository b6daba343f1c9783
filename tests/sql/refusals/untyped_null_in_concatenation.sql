-- A bare NULL has no type here.
SELECT 'a' || NULL AS r;
