-- A file that begins with a byte order mark.
CREATE TABLE t (id INT) WITH ('connector' = 'filesystem', 'path' = 'data/json_mark.jsonl', 'format' = 'json');
SELECT * FROM t;
