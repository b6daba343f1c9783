-- An empty CSV field is no number and no NULL.
CREATE TABLE t (id INT, s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'data/empty_number.csv', 'format' = 'csv');
SELECT * FROM t;
