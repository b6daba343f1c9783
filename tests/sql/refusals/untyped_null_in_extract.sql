-- A bare NULL has no type here.
SELECT EXTRACT(YEAR FROM NULL) AS r;
