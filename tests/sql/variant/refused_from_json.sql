-- No format of Flink's carries a VARIANT.
CREATE TABLE t (v VARIANT) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT JSON_STRING(v) AS v FROM t;
