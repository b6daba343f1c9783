-- A connector that does not exist.
CREATE TABLE t (a INT) WITH ('connector' = 'kafkaa');
SELECT * FROM t;
