-- A file that does not exist.
CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'data/nothing.jsonl', 'format' = 'json');
SELECT * FROM t;
