-- The JSON text of odd characters and numbers.
SET 'table.dml-sync' = 'true';
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE TABLE o (s STRING, d DOUBLE, f FLOAT)
WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o VALUES (U&'a\0001\0009\000a"\005c/', 1E300, CAST(1E-5 AS FLOAT)), (U&'\00e9\d83c\df0a\007f', 0.001, CAST(1234567 AS FLOAT)), ('<>&', 1E7, CAST(0.5 AS FLOAT));
CREATE TABLE text_of_o (line STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'raw');
SELECT * FROM text_of_o;
