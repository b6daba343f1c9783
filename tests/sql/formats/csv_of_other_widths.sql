-- Lines with too few and too many fields; comments; fields over lines.
CREATE TABLE t (id STRING, s STRING, u STRING) WITH ('connector' = 'filesystem', 'path' = 'data/csv_shapes.csv', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true', 'csv.allow-comments' = 'true');
SELECT * FROM t;
