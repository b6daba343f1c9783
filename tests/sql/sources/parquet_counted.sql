-- Rows are counted without reading a column.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (a INT, b STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'parquet');
INSERT INTO o VALUES (1, 'x'), (2, 'y'), (3, 'z');
SELECT COUNT(*) AS n, SUM(a) AS total FROM o;
