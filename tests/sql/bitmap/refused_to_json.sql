-- No format of Flink's carries a BITMAP: json.
CREATE TABLE t (v BITMAP) WITH ('connector' = 'filesystem', 'path' = 'out/sets', 'format' = 'json');
INSERT INTO t SELECT BITMAP_BUILD(ARRAY[1]);
