-- Format raw: each line is one value.
CREATE TABLE t (line STRING) WITH ('connector' = 'filesystem', 'path' = 'data/broken.jsonl', 'format' = 'raw');
SELECT line, CHAR_LENGTH(line) AS n FROM t;
