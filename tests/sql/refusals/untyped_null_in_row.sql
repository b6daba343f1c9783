-- A bare NULL has no type here.
SELECT ROW(1, NULL) AS r;
