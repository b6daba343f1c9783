-- Timestamps of CSV: two digits each, a day beyond its month's end is its last.
CREATE TABLE t (id INT, t TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = 'data/csv_timestamps.csv', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true');
SELECT * FROM t;
