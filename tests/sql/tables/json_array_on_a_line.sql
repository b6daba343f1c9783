-- An array of objects on one line is one row each.
CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'data/array.jsonl', 'format' = 'json');
SELECT * FROM t;
