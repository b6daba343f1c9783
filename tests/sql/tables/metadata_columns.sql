-- The file's name as a metadata column.
CREATE TABLE t (id STRING, `file.name` STRING NOT NULL METADATA, size BIGINT NOT NULL METADATA FROM 'file.size' VIRTUAL)
WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT DISTINCT `file.name`, size FROM t;
