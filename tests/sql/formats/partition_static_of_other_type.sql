-- A static partition value of another type.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v INT, p STRING) PARTITIONED BY (p) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o PARTITION (p = 5) VALUES (1);
SELECT * FROM o;
