-- A table without a connector is refused where it is used.
CREATE TABLE t (a INT);
SELECT * FROM t;
