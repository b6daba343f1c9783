-- No format of Flink's carries a BITMAP: parquet.
CREATE TABLE t (v BITMAP) WITH ('connector' = 'filesystem', 'path' = 'out/sets', 'format' = 'parquet');
INSERT INTO t SELECT BITMAP_BUILD(ARRAY[1]);
