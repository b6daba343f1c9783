-- A bare NULL has no type here.
SELECT ARRAY[NULL] AS r;
