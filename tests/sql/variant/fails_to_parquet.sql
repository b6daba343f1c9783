-- No format of Flink's carries a VARIANT: parquet.
CREATE TABLE t (v VARIANT) WITH ('connector' = 'filesystem', 'path' = 'out/variants', 'format' = 'parquet');
INSERT INTO t SELECT PARSE_JSON('1');
