-- Unless the empty text is the NULL literal.
CREATE TABLE t (id INT, s STRING, n INT) WITH ('connector' = 'filesystem', 'path' = 'data/empty_number.csv', 'format' = 'csv', 'csv.null-literal' = '');
SELECT * FROM t;
