-- A bare NULL has no type here.
SELECT COUNT(NULL) AS r;
