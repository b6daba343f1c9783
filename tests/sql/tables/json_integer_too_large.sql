-- A number beyond INT.
CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'data/big_int.jsonl', 'format' = 'json');
SELECT * FROM t;
