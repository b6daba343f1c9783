-- A text that is no boolean.
CREATE TABLE t (n BOOLEAN) WITH ('connector' = 'filesystem', 'path' = 'data/not_boolean.jsonl', 'format' = 'json');
SELECT * FROM t;
