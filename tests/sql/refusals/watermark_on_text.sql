-- A watermark on a text column.
CREATE TABLE t (a STRING, WATERMARK FOR a AS a) WITH ('connector' = 'blackhole');
