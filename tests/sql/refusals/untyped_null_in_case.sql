-- A bare NULL has no type here.
SELECT CASE WHEN TRUE THEN NULL END AS r;
