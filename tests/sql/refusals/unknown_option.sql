-- An option that the connector lacks.
CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json', 'jsn.ignore' = 'true');
SELECT * FROM t;
