-- A file that begins with a byte order mark.
CREATE TABLE t (id INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'data/csv_mark.csv', 'format' = 'csv');
SELECT * FROM t;
