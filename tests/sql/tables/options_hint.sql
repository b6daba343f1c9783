-- OPTIONS overrides the table's options for one use.
CREATE TABLE t (id INT, n INT) WITH ('connector' = 'filesystem', 'path' = 'data/broken.jsonl', 'format' = 'json');
SELECT * FROM t /*+ OPTIONS('json.ignore-parse-errors' = 'true') */;
