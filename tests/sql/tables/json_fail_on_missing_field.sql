-- With json.fail-on-missing-field a missing field fails the job.
CREATE TABLE t (id STRING, nothing INT) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json', 'json.fail-on-missing-field' = 'true');
SELECT * FROM t;
