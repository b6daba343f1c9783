-- A line with too few fields fails.
CREATE TABLE t (id STRING, s STRING, u STRING) WITH ('connector' = 'filesystem', 'path' = 'data/csv_shapes.csv', 'format' = 'csv', 'csv.allow-comments' = 'true');
SELECT * FROM t;
