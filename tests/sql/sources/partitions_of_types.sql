-- Partition columns of several types, read back and filtered.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v INT, i INT, bi BIGINT, s STRING, b BOOLEAN) PARTITIONED BY (i, bi, s, b) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o VALUES (1, 10, -7, 'a', TRUE), (2, 20, 8, 'b/c', FALSE), (3, 3, 9, 'd', FALSE);
SELECT * FROM o WHERE i > 5;
