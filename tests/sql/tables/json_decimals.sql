-- A decimal of greater scale or precision than its column.
CREATE TABLE t (n DECIMAL(6, 2)) WITH ('connector' = 'filesystem', 'path' = 'data/decimals.jsonl', 'format' = 'json');
SELECT * FROM t;
