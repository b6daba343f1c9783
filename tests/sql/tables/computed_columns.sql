-- Computed columns, also from one another's source.
CREATE TABLE t (id STRING, price DECIMAL(10, 2), cents AS CAST(price * 100 AS BIGINT), tag AS UPPER(id) || '!')
WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT id, cents, tag FROM t;
