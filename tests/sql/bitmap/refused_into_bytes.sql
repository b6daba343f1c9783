-- A BITMAP goes into no other column.
CREATE TABLE t (v BYTES) WITH ('connector' = 'blackhole');
INSERT INTO t SELECT BITMAP_BUILD(ARRAY[1]);
