-- A bare NULL has no type here.
SELECT UPPER(NULL) AS r;
