-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (TRUNCATE(`dec`, 1)) AS e0, (CASE WHEN (TIMESTAMP '1999-12-31 23:59:59.500' <= TIMESTAMP '2024-02-29 12:00:00') THEN ts3 ELSE (ts3 + INTERVAL '1' MONTH) END) AS e1, `dec` AS e2, (CAST((COALESCE(`dec`, `dec`)) AS DOUBLE)) AS e3, (FLOOR(ts3 TO HOUR)) AS e4
FROM types;
