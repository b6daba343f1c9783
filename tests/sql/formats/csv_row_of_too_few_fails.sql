-- A row in a field, with too few fields.
CREATE TABLE t (id INT, r ROW<a INT, b STRING>) WITH ('connector' = 'filesystem', 'path' = 'data/csv_short_row.csv', 'format' = 'csv');
SELECT * FROM t;
