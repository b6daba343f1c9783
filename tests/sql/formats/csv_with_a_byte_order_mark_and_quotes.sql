-- A byte order mark in front of a quoted field of two lines.
CREATE TABLE t (s STRING, id INT) WITH ('connector' = 'filesystem', 'path' = 'data/csv_mark_quoted.csv', 'format' = 'csv');
SELECT * FROM t;
