-- A line that is no JSON fails the job.
CREATE TABLE t (id INT, n INT) WITH ('connector' = 'filesystem', 'path' = 'data/broken.jsonl', 'format' = 'json');
SELECT * FROM t;
