-- A bare NULL has no type here.
SELECT NULL AS r;
