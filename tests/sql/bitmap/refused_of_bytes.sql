-- No other value goes into a column of BITMAP.
CREATE TABLE t (v BITMAP) WITH ('connector' = 'blackhole');
INSERT INTO t SELECT X'00';
