-- No format of Flink's carries a BITMAP: raw.
CREATE TABLE t (v BITMAP) WITH ('connector' = 'filesystem', 'path' = 'out/sets', 'format' = 'raw');
INSERT INTO t SELECT BITMAP_BUILD(ARRAY[1]);
