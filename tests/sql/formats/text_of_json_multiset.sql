-- The JSON text of maps, rows and arrays of times and bytes.
SET 'table.dml-sync' = 'true';
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE TABLE o (m MAP<STRING, TIMESTAMP(3)>, a ARRAY<BYTES>, r ROW<`x y` DECIMAL(5, 2), n ROW<d DATE>>, l ARRAY<DOUBLE>)
WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o VALUES (MAP['k', TIMESTAMP '2024-01-02 03:04:05.6'], ARRAY[X'0102', CAST(NULL AS BYTES)], ROW(1.50, ROW(DATE '2024-01-02')), ARRAY[1.0E0, 1E22]);
CREATE TABLE text_of_o (line STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'raw');
SELECT * FROM text_of_o;
