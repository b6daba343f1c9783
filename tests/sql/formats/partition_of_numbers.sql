-- Partition columns that are small whole numbers and doubles.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v INT, n SMALLINT, x DOUBLE) PARTITIONED BY (n, x) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o VALUES (1, CAST(-1 AS SMALLINT), 2.5E0), (2, CAST(7 AS SMALLINT), 1E10);
SELECT * FROM o;
