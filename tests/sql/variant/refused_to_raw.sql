-- No format of Flink's carries a VARIANT: raw.
CREATE TABLE t (v VARIANT) WITH ('connector' = 'filesystem', 'path' = 'out/variants', 'format' = 'raw');
INSERT INTO t SELECT PARSE_JSON('1');
