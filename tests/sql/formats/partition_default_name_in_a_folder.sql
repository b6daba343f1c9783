-- Another name of the partition of NULL.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v INT, p INT) PARTITIONED BY (p) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'csv', 'partition.default-name' = 'none');
INSERT INTO o VALUES (1, 1), (2, CAST(NULL AS INT));
CREATE TABLE n (v INT) WITH ('connector' = 'filesystem', 'path' = 'out/o/p=none', 'format' = 'csv');
SELECT * FROM n;
