-- Parquet files by partition, read back.
SET 'table.dml-sync' = 'true';
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE TABLE o (id INT, b BOOLEAN, bi BIGINT, d DOUBLE, `dec` DECIMAL(10, 3), s STRING, dt DATE, ts3 TIMESTAMP(3), p STRING) PARTITIONED BY (p)
WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'parquet');
INSERT INTO o SELECT id, b, bi, d, `dec`, s, dt, ts3, CASE WHEN MOD(id, 2) = 0 THEN 'even' ELSE 'odd' END FROM types WHERE id IN (1, 3, 5);
SELECT * FROM o;
