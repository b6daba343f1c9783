-- The CSV text of each type.
SET 'table.dml-sync' = 'true';
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE TABLE o (id INT, b BOOLEAN, ti TINYINT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3), c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES)
WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'csv');
INSERT INTO o SELECT id, b, ti, bi, f, d, `dec`, c, s, dt, tm, ts3, ts9, ltz, bin FROM types WHERE id <> 4;
CREATE TABLE text_of_o (line STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'raw');
SELECT * FROM text_of_o;
