-- Rows in a field, behind such that are NULL.
CREATE TABLE t (id INT, r ROW<a INT, b STRING>) WITH ('connector' = 'filesystem', 'path' = 'data/csv_rows.csv', 'format' = 'csv', 'csv.null-literal' = 'null');
SELECT * FROM t;
