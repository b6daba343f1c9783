-- A fraction into INT.
CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'data/fraction.jsonl', 'format' = 'json');
SELECT * FROM t;
