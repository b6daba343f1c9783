-- No other value goes into a column of VARIANT.
CREATE TABLE t (v VARIANT) WITH ('connector' = 'blackhole');
INSERT INTO t SELECT 1;
