-- With json.ignore-parse-errors a broken field is NULL and a broken line is skipped.
CREATE TABLE t (id INT, n INT) WITH ('connector' = 'filesystem', 'path' = 'data/broken.jsonl', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
SELECT * FROM t;
