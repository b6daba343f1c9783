-- A bare NULL has no type here.
SELECT NULL IS TRUE AS r;
