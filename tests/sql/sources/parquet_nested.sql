-- Rows, arrays and maps through a Parquet file and back.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (n INT, r ROW<x INT, y STRING>, a ARRAY<INT>, m MAP<STRING, INT>, l ARRAY<ROW<k STRING, v INT>>)
WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'parquet');
INSERT INTO o VALUES (1, ROW(1, 'a'), ARRAY[1, 2], MAP['k', 3], ARRAY[ROW('p', 1), ROW('q', 2)]), (2, ROW(2, 'b'), ARRAY[3], MAP['l', 4], ARRAY[ROW('r', 3)]);
SELECT * FROM o;
