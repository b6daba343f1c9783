-- Two columns of a view can not have one name.
CREATE VIEW v1 AS SELECT 1 AS a, 2 AS a; SELECT * FROM v1;
