-- Parquet, `UNCOMPRESSED`.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (a INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'parquet', 'parquet.compression' = 'UNCOMPRESSED');
INSERT INTO o VALUES (1, 'x');
SELECT * FROM o;
