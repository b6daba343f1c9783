-- A table's columns: computed, metadata, watermark, key.
CREATE TABLE t (id BIGINT NOT NULL, ts TIMESTAMP(3), n INT COMMENT 'a number', twice AS n * 2, p AS PROCTIME(), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
DESCRIBE t;
