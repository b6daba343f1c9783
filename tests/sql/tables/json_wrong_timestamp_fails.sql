-- An ISO timestamp where SQL's is expected.
CREATE TABLE t (t TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = 'data/wrong_time.jsonl', 'format' = 'json');
SELECT * FROM t;
