-- What is no gzip but is called so.
CREATE TABLE t (n INT) WITH ('connector' = 'filesystem', 'path' = 'data/broken.json.gz', 'format' = 'json');
SELECT n FROM t;
