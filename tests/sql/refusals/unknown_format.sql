-- A format that does not exist.
CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'jsonl');
SELECT * FROM t;
