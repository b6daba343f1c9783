-- A bare NULL has no type here.
SELECT NULL AND TRUE AS r;
