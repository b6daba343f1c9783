-- A decimal beyond precision 38 becomes NULL.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, CAST(bi AS DECIMAL(38, 0)) * CAST(bi AS DECIMAL(38, 0)) * 1000000 AS big, CAST(bi AS DECIMAL(5, 2)) AS narrow, CAST(`dec` AS DECIMAL(4, 2)) AS tight FROM types;
