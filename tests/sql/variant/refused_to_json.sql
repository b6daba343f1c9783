-- No format of Flink's carries a VARIANT: json.
CREATE TABLE t (v VARIANT) WITH ('connector' = 'filesystem', 'path' = 'out/variants', 'format' = 'json');
INSERT INTO t SELECT PARSE_JSON('1');
