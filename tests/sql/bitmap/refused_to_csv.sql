-- No format of Flink's carries a BITMAP: csv.
CREATE TABLE t (v BITMAP) WITH ('connector' = 'filesystem', 'path' = 'out/sets', 'format' = 'csv');
INSERT INTO t SELECT BITMAP_BUILD(ARRAY[1]);
