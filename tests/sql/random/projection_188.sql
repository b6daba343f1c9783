-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((CAST(DATE '1969-12-31' AS TIMESTAMP(3))) <= (FLOOR(ts3 TO HOUR))) AS e0, b AS e1, (COALESCE((ABS(-2.750)), 1.25)) AS e2, dt AS e3, (2 IN (1, 2, 3)) AS e4
FROM types;
