-- A bare NULL has no type here.
SELECT COALESCE(NULL, NULL) AS r;
