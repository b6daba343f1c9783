-- A watermark on a column that does not exist.
CREATE TABLE t (a TIMESTAMP(3), WATERMARK FOR b AS b) WITH ('connector' = 'blackhole');
