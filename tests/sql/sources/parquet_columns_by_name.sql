-- Columns are found by name; one that the files don't have is NULL.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (a INT, b STRING, c DOUBLE) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'parquet');
CREATE TABLE r (c DOUBLE, missing STRING, a INT) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'parquet');
INSERT INTO o VALUES (1, 'x', 1.5), (2, 'y', 2.5);
SELECT * FROM r;
