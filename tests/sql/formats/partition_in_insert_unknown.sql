-- A partition in INSERT that is no partition column.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v INT, p STRING) PARTITIONED BY (p) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o PARTITION (v = 5) SELECT 'x';
SELECT * FROM o;
