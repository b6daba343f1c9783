-- A metadata key that the connector lacks.
CREATE TABLE t (a INT, o BIGINT METADATA FROM 'offset') WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT * FROM t;
