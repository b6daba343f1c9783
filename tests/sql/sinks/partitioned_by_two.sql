-- Two partition columns; characters that paths cannot hold.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v INT, p STRING, q INT) PARTITIONED BY (p, q) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o SELECT v, p, q FROM (VALUES (1, 'a', 1), (2, 'a/b c=d', 2)) AS t(v, p, q);
SELECT * FROM o;
