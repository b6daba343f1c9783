-- INSERT INTO t VALUES.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (a INT, b STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'csv');
INSERT INTO o VALUES (1, 'x, "y"'), (2, ''), (3, CAST(NULL AS STRING));
SELECT * FROM o;
