-- A compressed file that holds nothing.
CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'data/empty.json.gz', 'format' = 'json');
SELECT COUNT(*) AS c FROM t GROUP BY n;
