-- Two objects on one line.
CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'data/two_on_a_line.jsonl', 'format' = 'json');
SELECT * FROM t;
