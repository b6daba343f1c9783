-- A partition column that is not there.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v INT) PARTITIONED BY (p) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
SELECT * FROM o;
