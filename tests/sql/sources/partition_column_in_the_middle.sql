-- A partition column that stands between the others; files have the others in their order.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (a INT, p STRING, b INT) PARTITIONED BY (p) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'csv');
INSERT INTO o VALUES (1, 'x', 2), (3, 'y', 4);
SELECT b, p, a FROM o;
