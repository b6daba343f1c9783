-- A decimal of precision 39.
CREATE TABLE t (a DECIMAL(39, 0)) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
DESCRIBE t;
