-- A field that the JSON lacks is NULL; one that the table lacks is skipped.
CREATE TABLE t (id STRING, nothing INT, price DOUBLE) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT id, nothing, price FROM t;
