-- With comments, blanks in front of a line are passed over.
CREATE TABLE t (id STRING, s STRING) WITH ('connector' = 'filesystem', 'path' = 'data/csv_blanks.csv', 'format' = 'csv', 'csv.allow-comments' = 'true', 'csv.ignore-parse-errors' = 'true');
SELECT * FROM t;
