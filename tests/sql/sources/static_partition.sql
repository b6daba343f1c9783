-- A static partition, read back with its folder's name.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (a INT, p STRING, q INT) PARTITIONED BY (p, q) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'parquet');
INSERT INTO o PARTITION (p = 'x', q = 7) SELECT n FROM (VALUES (1), (2)) AS t(n);
SELECT p, q, SUM(a) AS total FROM o GROUP BY p, q;
