-- A text where a boolean belongs.
CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json', 'json.ignore-parse-errors' = 'maybe');
SELECT * FROM t;
