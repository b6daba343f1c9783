-- A bare NULL has no type here.
SELECT 'a' LIKE NULL AS r;
