-- Comments behind blanks.
CREATE TABLE t (id STRING, s STRING) WITH ('connector' = 'filesystem', 'path' = 'data/csv_comments.csv', 'format' = 'csv', 'csv.allow-comments' = 'true', 'csv.ignore-parse-errors' = 'true');
SELECT * FROM t;
