-- Each CSV field in a column of each type, with a null literal.
CREATE TABLE t (id INT, b BOOLEAN, ti TINYINT, i INT, bi BIGINT, d DOUBLE, d5 DECIMAL(5, 2), c CHAR(3), v VARCHAR(2), s STRING, bin BYTES, dt DATE, t TIME, ts3 TIMESTAMP(3), ts6 TIMESTAMP(6), l3 TIMESTAMP_LTZ(3), ls ARRAY<STRING>, li ARRAY<INT>, r ROW<a INT, b STRING>, t1 TIME(1), t3 TIME(3))
WITH ('connector' = 'filesystem', 'path' = 'data/csv_values.csv', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true', 'csv.null-literal' = 'null');
SELECT * FROM t;
