-- A rowtime of precision 6.
CREATE TABLE t (a TIMESTAMP(6), WATERMARK FOR a AS a) WITH ('connector' = 'filesystem', 'path' = 'data/watermarks.jsonl', 'format' = 'json');
SELECT * FROM t;
