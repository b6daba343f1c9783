-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (TIMESTAMPDIFF(DAY, ts3, ts3)) AS e0, `dec` AS e1, (ABS(1.25)) AS e2, ((CAST(`dec` AS DOUBLE)) + (SQRT(ABS((SQRT(ABS(-1.5E3))))))) AS e3, (NOT ((MINUTE(TIMESTAMP '1999-12-31 23:59:59.500')) = ti)) AS e4
FROM types;
