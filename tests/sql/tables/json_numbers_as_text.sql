-- Any JSON value reads as STRING.
CREATE TABLE t (id STRING, who STRING, tags STRING) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT * FROM t;
