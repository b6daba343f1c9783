-- Blanks in base64.
CREATE TABLE t (id INT, bin BYTES) WITH ('connector' = 'filesystem', 'path' = 'data/json_bytes.jsonl', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
SELECT * FROM t;
