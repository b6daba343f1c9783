-- A static and a dynamic partition in one INSERT.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v INT, p STRING, q INT) PARTITIONED BY (p, q) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o PARTITION (p = 'a') VALUES (1, 10), (2, 20);
INSERT INTO o PARTITION (p = 'b', q = 7) VALUES (3);
SELECT * FROM o;
