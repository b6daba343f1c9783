-- The JSON text of decimals as plain numbers.
SET 'table.dml-sync' = 'true';
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE TABLE o (a DECIMAL(20, 10), b DECIMAL(38, 0))
WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json', 'json.encode.decimal-as-plain-number' = 'true');
INSERT INTO o VALUES (0.0000001, 1000000000000000000), (1.5, -10), (CAST(NULL AS DECIMAL(20, 10)), 0);
CREATE TABLE text_of_o (line STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'raw');
SELECT * FROM text_of_o;
