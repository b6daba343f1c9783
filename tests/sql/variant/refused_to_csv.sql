-- No format of Flink's carries a VARIANT: csv.
CREATE TABLE t (v VARIANT) WITH ('connector' = 'filesystem', 'path' = 'out/variants', 'format' = 'csv');
INSERT INTO t SELECT PARSE_JSON('1');
